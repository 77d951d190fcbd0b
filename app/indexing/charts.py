"""Charts for the README, drawn with matplotlib, which nothing else needs."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.indexing.benchmark import BenchmarkReport


def draw_loads(report: "BenchmarkReport", path: Path) -> None:
    """Draw requests per second and median latency by number of clients, a line for each service."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (rates, latencies) = pyplot.subplots(1, 2, figsize=(10, 3.6), constrained_layout=True)
    for service in report.services:
        clients = [str(load.clients) for load in service.loads]
        rates.plot(clients, [load.requests_per_second for load in service.loads], marker="o", label=service.name)
        latencies.plot(clients, [load.median for load in service.loads], marker="o", label=service.name)
    rates.set(title="Requests per second", xlabel="clients", ylim=(0, None))
    latencies.set(title="Median latency, ms", xlabel="clients", yscale="log")
    for axes in (rates, latencies):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    rates.legend(frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
