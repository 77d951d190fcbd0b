"""Charts of measurements, drawn with matplotlib, which is imported only here."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from app.indexing.errors import IndexingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.indexing.index.engines import EngineFigures
    from app.indexing.measure.benchmark_report import BenchmarkReport


def check_can_draw(path: Path) -> None:
    """Raise IndexingError if a chart cannot be drawn to this path; called before a measurement of minutes."""
    if importlib.util.find_spec("matplotlib") is None:
        raise IndexingError("--chart needs matplotlib: pip install matplotlib")
    if not path.absolute().parent.is_dir():
        raise IndexingError(f"{path}: the folder {path.parent} does not exist; make it first")


def draw_loads(report: "BenchmarkReport", path: Path) -> None:
    """Draw requests per second and median latency by number of clients, with one line per service."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (rates, latencies) = pyplot.subplots(1, 2, figsize=(10, 3.6), constrained_layout=True)
    for service in report.services:
        loads = service.loads["synopses"]
        clients = [str(load.clients) for load in loads]
        rates.plot(clients, [load.requests_per_second for load in loads], marker="o", label=service.name)
        latencies.plot(clients, [load.median for load in loads], marker="o", label=service.name)
    rates.set(title="Requests per second", xlabel="clients", ylim=(0, None))
    latencies.set(title="Median latency, ms", xlabel="clients", yscale="log")
    for axes in (rates, latencies):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(handles=rates.lines, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def draw_engines(engines: "Sequence[EngineFigures]", films: int, path: Path) -> None:
    """Draw recall@10 against the time per search: a line for Annoy over search_k, a point for the exact scan."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.8), constrained_layout=True)
    annoy = [engine for engine in engines if engine.engine == "annoy"]
    axes.plot([e.milliseconds for e in annoy], [e.recall_at_10 for e in annoy], marker="o", label="Annoy")
    for engine in annoy:
        axes.annotate(
            f"{engine.search_k:,}",
            (engine.milliseconds, engine.recall_at_10),
            textcoords="offset points",
            xytext=(6, -10),
            fontsize=8,
        )
    exact = [engine for engine in engines if engine.engine == "exact"]
    axes.plot(
        [e.milliseconds for e in exact], [e.recall_at_10 for e in exact], "*", markersize=14, label="exact INT8 scan"
    )
    axes.set(
        title=f"Ten nearest of {films:,} films, one thread (numbers: search_k)",
        xlabel="milliseconds per search",
        ylabel="recall@10 against brute force",
        xscale="log",
        ylim=(0, 1.05),
    )
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
