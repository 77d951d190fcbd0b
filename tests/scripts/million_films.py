"""Measurement of the service with catalogues of several sizes: start, memory, latency and throughput by request.

    python -m tests.scripts.million_films --models-dirs models /tmp/m345 /tmp/m1035 --markdown docs/BENCHMARKS.md \
        --chart docs/scale.png

`python -m tests.scripts.make_large_models` makes the folders. One server process at a time; no text comes twice, so
that nothing is answered from a cache. If CATALOGUE_URL is set, the catalogue published there is measured. Linux only.
"""

import argparse
import itertools
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.indexing.measure import texts
from app.indexing.measure.benchmark import own_service
from app.indexing.measure.benchmark_report import write_between_marks
from app.indexing.measure.charts import check_can_draw
from app.indexing.measure.load_generator import Load, get_request, measure_load, post_request
from app.indexing.measure.processes import (
    Service,
    StartedService,
    cpu_seconds,
    describe_machine,
    memory_megabytes,
    start_service,
)
from app.services.local.files.model_files import MAP_FILE, read_manifest
from app.services.local.files.pickle_reader import read_movie_records

STARTS = 3
MANY_CLIENTS = 16
WARM_UP_REQUESTS = 20
MAX_PER_SECOND = 2000
FILMS_ASKED_FOR = 34_517
"""Texts, titles and ids of requests are those of the first films, which all of the folders have."""

DECADES = ("30s", "40s", "50s", "60s", "70s", "80s", "90s", "2000s", "2010s")
GENRES = ("comedies", "thrillers", "dramas", "westerns", "horror movies", "romances", "documentaries", "war films")

Films = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of request from one client and from many."""

    name: str
    alone: Load
    many: Load
    cpu_alone: float
    cpu_many: float
    """Milliseconds of the server for a request."""


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """The figures of one folder; memory in megabytes."""

    films: int
    start_wall_seconds: float
    start_cpu_seconds: float
    memory_at_rest: float
    memory_peak: float
    memory_of_files: float
    """Part of the memory after all requests that is pages of mapped files, which the system can take back."""
    kinds: tuple[KindFigures, ...]


def recommendations(synopses: Iterator[str], **context: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Yield requests for films like a synopsis, with the same context or filters each."""
    for text in synopses:
        yield post_request("/api/v1/recommend", json.dumps({"synopsis": text, **context}).encode())


def typed_requests(films: Films) -> Iterator[bytes]:
    """Yield searches such as "80s comedies about pirates", each once."""
    subjects = dict.fromkeys(word.lower() for film in films for word in film["overview"].split() if word.isalpha())
    combined = [f"{d} {g} about {s}" for d in DECADES for g in GENRES for s in itertools.islice(subjects, 2000)]
    random.Random(1895).shuffle(combined)
    for text in ("80s comedies", *combined):
        yield get_request(f"/api/v1/search?query={quote(text)}")


def by_film(films: Films, request: Callable[[dict[str, Any]], str]) -> Iterator[bytes]:
    """Yield a request for each film, in random order."""
    for film in random.Random(1895).sample(films, len(films)):
        yield get_request(request(film))


def kinds_of_request(films: Films, synopses: Iterator[str]) -> dict[str, Iterator[bytes]]:
    """Return the kinds of request by name; they share the synopses, so that each is sent once."""
    wide = {"genres_any": ["Drama", "Comedy"], "year_min": 1960}
    narrow = {"genres_any": ["Western"], "year_min": 1960, "year_max": 1962}
    return {
        "synopsis": recommendations(synopses),
        "synopsis with genre and year": recommendations(synopses, genre="Horror, Mystery", year=1994),
        "filtered, most films pass": recommendations(synopses, filters=wide),
        "filtered, few films pass": recommendations(synopses, filters=narrow),
        "80s comedies about ...": typed_requests(films),
        "title as typed": by_film(films, lambda film: f"/api/v1/movies?query={quote(film['title'][:9])}"),
        "similar films": by_film(films, lambda film: f"/api/v1/movies/{film['tmdb_id']}/similar"),
        "film by id": by_film(films, lambda film: f"/api/v1/movies/{film['tmdb_id']}"),
    }


def measure(models_dir: Path, films: Films, seconds: float) -> SizeFigures:
    """Measure the service with one folder."""
    service = own_service(models_dir)
    starts = [_start_seconds(service) for _ in range(STARTS)]
    manifest = read_manifest(models_dir)
    with start_service(service) as started:
        process_id = started.process.pid
        at_rest = memory_megabytes(process_id, "VmRSS")
        synopses = texts.synopses([film["overview"] for film in films if film.get("overview")])
        warm_up = itertools.islice(recommendations(synopses), WARM_UP_REQUESTS)
        measure_load(started.port, warm_up, clients=2, seconds=seconds)
        kinds = tuple(_measure_kind(started, *kind, seconds) for kind in kinds_of_request(films, synopses).items())
        return SizeFigures(
            films=manifest.count if manifest else len(films),
            start_wall_seconds=statistics.median(wall for wall, _ in starts),
            start_cpu_seconds=statistics.median(cpu for _, cpu in starts),
            memory_at_rest=at_rest,
            memory_peak=memory_megabytes(process_id, "VmHWM"),
            memory_of_files=_megabytes_of_files(process_id),
            kinds=kinds,
        )


def _start_seconds(service: Service) -> tuple[float, float]:
    with start_service(service) as started:
        return started.wall_seconds, started.cpu_seconds


def _measure_kind(started: StartedService, name: str, requests: Iterator[bytes], seconds: float) -> KindFigures:
    ready = iter(list(itertools.islice(requests, int(2 * seconds * MAX_PER_SECOND))))
    alone, cpu_alone = _measure_load(started, ready, 1, seconds)
    many, cpu_many = _measure_load(started, ready, MANY_CLIENTS, seconds)
    print(f"{name}: {alone.median:.1f}, {alone.p95:.1f} ms, {cpu_alone:.1f} CPU ms", flush=True)
    return KindFigures(name, alone, many, cpu_alone, cpu_many)


def _measure_load(
    started: StartedService, requests: Iterator[bytes], clients: int, seconds: float
) -> tuple[Load, float]:
    """Return a load and the CPU milliseconds of the server for a request."""
    before = cpu_seconds(started.process.pid)
    load = measure_load(started.port, requests, clients=clients, seconds=seconds)
    return load, 1000 * (cpu_seconds(started.process.pid) - before) / load.requests


def _megabytes_of_files(process_id: int) -> float:
    """Return the memory that is pages of mapped files (proc(5), smaps_rollup)."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return (kilobytes["Rss"] - kilobytes["Anonymous"]) * 1024 / 1e6


def markdown(sizes: Sequence[SizeFigures]) -> list[str]:
    """Return the figures as lines of Markdown."""
    rows = [
        ["films", *(f"{size.films:,}" for size in sizes)],
        ["---"] * (len(sizes) + 1),
        ["start, wall s", *(f"{size.start_wall_seconds:.2f}" for size in sizes)],
        ["start, CPU s", *(f"{size.start_cpu_seconds:.2f}" for size in sizes)],
        ["memory at rest, MB", *(f"{size.memory_at_rest:.0f}" for size in sizes)],
        ["memory, peak, MB", *(f"{size.memory_peak:.0f}" for size in sizes)],
        ["of it pages of mapped files, MB", *(f"{size.memory_of_files:.0f}" for size in sizes)],
    ]
    for kinds in zip(*(size.kinds for size in sizes), strict=True):
        rows.append([f"{kinds[0].name}: median, p95 ms (CPU ms)", *map(_latency_cell, kinds)])
        rows.append([f"{MANY_CLIENTS} clients: requests/s (CPU ms)", *map(_rate_cell, kinds)])
    return ["| " + " | ".join(cells) + " |" for cells in rows]


def _latency_cell(kind: KindFigures) -> str:
    return f"{kind.alone.median:.1f}, {kind.alone.p95:.1f} ({kind.cpu_alone:.1f})"


def _rate_cell(kind: KindFigures) -> str:
    return f"{kind.many.requests_per_second:,.0f} ({kind.cpu_many:.1f})"


def draw(sizes: Sequence[SizeFigures], path: Path) -> None:
    """Draw median latency, CPU time and memory by number of films."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (latencies, times, memory) = pyplot.subplots(1, 3, figsize=(13, 4), constrained_layout=True)
    films = [size.films for size in sizes]
    for kinds in zip(*(size.kinds for size in sizes), strict=True):
        latencies.plot(films, [kind.alone.median for kind in kinds], marker="o", label=kinds[0].name)
        times.plot(films, [kind.cpu_alone for kind in kinds], marker="o", label=kinds[0].name)
    memory.plot(films, [size.memory_at_rest for size in sizes], marker="o", label="at rest")
    memory.plot(films, [size.memory_peak for size in sizes], marker="o", label="peak")
    latencies.set(title="Median latency with 1 client, ms", xscale="log", yscale="log")
    times.set(title="CPU time of such a request, ms", xscale="log", yscale="log")
    memory.set(title="Memory, MB", ylim=(0, None))
    memory.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for axes in (latencies, times, memory):
        axes.set(xlabel="films")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    latencies.legend(frameon=False, fontsize=7)
    memory.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    """Run the measurement, print it and write the files of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dirs", type=Path, nargs="+", default=[Path("models")], help="smallest first")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each kind of request and number of clients")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw latency and memory (PNG)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write between the <!-- scale --> lines of FILE")
    args = parser.parse_args()
    if args.chart:
        check_can_draw(args.chart)
    films = list(itertools.islice(read_movie_records(args.models_dirs[0] / MAP_FILE).values(), FILMS_ASKED_FOR))
    sizes = [measure(models_dir, films, args.seconds) for models_dir in args.models_dirs]
    lines = [f"{describe_machine()}. One server process, {args.seconds:.0f} s of each load.", "", *markdown(sizes)]
    print("\n".join(lines))
    if args.json:
        args.json.write_text(json.dumps([asdict(size) for size in sizes], indent=2) + "\n", encoding="utf-8")
    if args.chart:
        draw(sizes, args.chart)
    if args.markdown:
        write_between_marks(lines, args.markdown, "scale")


if __name__ == "__main__":
    main()
