"""Speed and memory of the service, and of other ways of serving the same films, measured in one run.

Machines differ and are noisy: what counts is how the services compare in the same run. Each is started as its users
start it, asked by 1, 8 and 32 clients for films like texts that never repeat, and stopped. Linux only: CPU time and
peak memory are read from /proc.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from app.core.cpu import available_cpus
from app.indexing.errors import IndexingError
from app.indexing.load_generator import Load, get_request, measure_load, post_request, probed_health
from app.indexing.progress import say
from app.services.model_files import MAP_FILE, MODEL_DIRECTORY
from app.services.movie_map import read_movie_records
from app.services.text_encoder import TextEncoder

START_SECONDS = 120
WARM_UP_REQUESTS = 20
REPEATED_QUERIES = 100
CLIENTS_WHILE_HEALTH_IS_ASKED = 64
BUILD_SAMPLE = 400
ENVIRONMENT_OF_RUN_LOCAL = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Service:
    """A way of serving: what to start."""

    name: str
    application: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What was measured of one service; CPU in seconds, memory in megabytes."""

    name: str
    start_wall_seconds: float
    start_cpu_seconds: float
    memory_at_rest: float
    memory_peak: float
    cpu_milliseconds_per_request: float
    loads: tuple[Load, ...]
    repeated: Load | None = None
    by_id: Load | None = None
    health_milliseconds: tuple[float, float] | None = None
    """Median and longest time of /health while 64 clients wait for recommendations."""


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """Everything that one run measured."""

    cpus: int
    films: int
    bare_encoder_per_second: float
    films_encoded_per_second: float
    services: tuple[ServiceFigures, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--models-dir", type=Path, default=Path("models"), metavar="DIR", help="default: models")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each load (default: 8)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32], help="clients at once (default: 1 8 32)")
    parser.add_argument("--only", action="store_true", help="measure this service alone, without the other ways")
    parser.add_argument(
        "--sentence-transformers",
        type=Path,
        metavar="DIR",
        help="folder of the PyTorch model, to compare with sentence-transformers where that is installed",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw requests per second and latency (PNG)")


def run(args: argparse.Namespace) -> int:
    """Measure and print; returns the exit status."""
    if not Path("/proc/self/stat").exists():
        raise IndexingError("The benchmark reads CPU time and memory from /proc: it runs on Linux only.")
    report = _measure(args)
    for line in table(report):
        say(line)
    if args.json:
        args.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    if args.chart:
        from app.indexing.charts import draw_loads

        draw_loads(report, args.chart)
    return 0


def table(report: BenchmarkReport) -> list[str]:
    """Return the figures as lines of a Markdown table; ratios are to the last service, the original's way."""
    rows = [["", *(service.name for service in report.services)]]
    rows.append(["start, wall s", *(f"{service.start_wall_seconds:.2f}" for service in report.services)])
    rows.append(["start, CPU s", *(f"{service.start_cpu_seconds:.2f}" for service in report.services)])
    rows.append(["memory at rest, MB", *(f"{service.memory_at_rest:.0f}" for service in report.services)])
    rows.append(["memory, peak, MB", *(f"{service.memory_peak:.0f}" for service in report.services)])
    rows.append(["CPU ms a request", *(f"{service.cpu_milliseconds_per_request:.1f}" for service in report.services)])
    for index, load in enumerate(report.services[0].loads):
        told = f"{load.clients} client{'s' if load.clients > 1 else ''}"
        rows.append([f"{told}: requests/s", *(f"{s.loads[index].requests_per_second:.0f}" for s in report.services)])
        for name in ("median", "p99"):
            rows.append([f"{told}: {name}, ms", *(f"{getattr(s.loads[index], name):.1f}" for s in report.services)])
        rows.append([f"{told}: failures", *(str(s.loads[index].failures) for s in report.services)])
    for title, name in (("cached query", "repeated"), ("similar to a film", "by_id")):
        loads = [getattr(service, name) for service in report.services]
        rows.append(
            [f"{title}: requests/s", *("" if load is None else f"{load.requests_per_second:.0f}" for load in loads)]
        )
    health = [service.health_milliseconds for service in report.services]
    told = f"/health while {CLIENTS_WHILE_HEALTH_IS_ASKED} clients wait: median, longest, ms"
    rows.append([told, *("" if times is None else f"{times[0]:.1f}, {times[1]:.1f}" for times in health)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    busiest = report.services[0].loads[-1]
    return [
        *lines,
        "",
        f"{report.cpus} CPUs, {report.films:,} films. The bare encoder, {report.cpus} texts at once: "
        f"{report.bare_encoder_per_second:.0f} texts/s; the service with {busiest.clients} clients reaches "
        f"{busiest.requests_per_second / report.bare_encoder_per_second:.2f} of that, while the load generator takes "
        f"{busiest.generator_milliseconds:.2f} ms of CPU a request on the same CPUs. "
        f"p99 is {busiest.p99 * busiest.requests_per_second / 1000 / busiest.clients:.2f} times the ideal queueing "
        f"time. Building an index encodes {report.films_encoded_per_second:.0f} films/s.",
    ]


def _measure(args: argparse.Namespace) -> BenchmarkReport:
    films = read_movie_records(args.models_dir / MAP_FILE)
    overviews = [film["overview"] for film in films.values() if film.get("overview")]
    if not overviews:
        raise IndexingError(f"{args.models_dir / MAP_FILE} has no overviews to make queries of.")
    movie_ids = [film["tmdb_id"] for film in films.values()]
    texts = _never_repeating(overviews)
    say("Measuring the bare encoder")
    bare = _encoder_rate(args.models_dir / MODEL_DIRECTORY, [next(texts) for _ in range(BUILD_SAMPLE)])
    build = _encoder_rate(args.models_dir / MODEL_DIRECTORY, overviews[:BUILD_SAMPLE])
    with tempfile.TemporaryDirectory() as scratch:
        own = {"MODEL_DIR": str(args.models_dir.resolve()), **ENVIRONMENT_OF_RUN_LOCAL}
        services = [Service("this service", "app.main:app", own)]
        if not args.only:
            services += _rivals(Path(scratch), args.models_dir, args.sentence_transformers)
        figures = tuple(_measure_service(service, texts, movie_ids, args) for service in services)
    return BenchmarkReport(available_cpus(), len(films), bare, build, figures)


def _rivals(scratch: Path, models_dir: Path, pytorch_model: Path | None) -> list[Service]:
    from app.indexing.model import make_reference_model
    from app.indexing.rival_services import prepare_rivals

    say("Preparing the other ways of serving")
    fp32_model = make_reference_model(scratch / "fp32") / "model_quantized.onnx"
    prepare_rivals(scratch / "rivals", models_dir, fp32_model)
    module, environment = "app.indexing.rival_services", {"RIVAL_DIR": str(scratch / "rivals")}
    rivals = [Service("ONNX Runtime FP32", f"{module}:plain_fp32", environment)]
    if pytorch_model is not None:
        folder = {"SENTENCE_TRANSFORMERS_MODEL": str(pytorch_model), "HF_HUB_OFFLINE": "1"}
        rivals.append(Service("sentence-transformers", f"{module}:sentence_transformers", environment | folder))
    return [*rivals, Service("the original's way", f"{module}:original_way", environment)]


def _measure_service(
    service: Service, texts: Iterator[str], movie_ids: Sequence[int], args: argparse.Namespace
) -> ServiceFigures:
    say(f"Measuring {service.name}")
    is_own = service.application == "app.main:app"
    with start_service(service) as (port, process, wall, cpu):
        at_rest = memory_megabytes(process.pid, "VmRSS")
        requests = (_recommend(text) for text in texts)
        measure_load(port, itertools.islice(requests, WARM_UP_REQUESTS), clients=1, seconds=args.seconds)
        cpu_before = cpu_seconds(process.pid)
        loads = [measure_load(port, requests, clients=clients, seconds=args.seconds) for clients in args.clients]
        cpu_used = cpu_seconds(process.pid) - cpu_before
        peak = memory_megabytes(process.pid, "VmHWM")
        repeated = by_id = health = None
        if is_own:
            again = itertools.cycle([_recommend(next(texts)) for _ in range(REPEATED_QUERIES)])
            measure_load(port, itertools.islice(again, REPEATED_QUERIES), clients=8, seconds=args.seconds)
            repeated = measure_load(port, again, clients=8, seconds=args.seconds)
            paths = itertools.cycle(get_request(f"/api/v1/movies/{movie_id}/similar") for movie_id in movie_ids)
            by_id = measure_load(port, paths, clients=8, seconds=args.seconds)
            with probed_health(port) as times:
                measure_load(port, requests, clients=CLIENTS_WHILE_HEALTH_IS_ASKED, seconds=args.seconds)
            health = (statistics.median(times), max(times))
    per_request = 1000 * cpu_used / sum(load.requests for load in loads)
    return ServiceFigures(service.name, wall, cpu, at_rest, peak, per_request, tuple(loads), repeated, by_id, health)


def _recommend(text: str) -> bytes:
    return post_request("/api/v1/recommend", json.dumps({"synopsis": text}).encode())


def _never_repeating(overviews: Sequence[str]) -> Iterator[str]:
    """Yield texts as long as overviews are, each once: the first half of one with the second half of another."""
    chance = random.Random(1895)  # noqa: S311
    seen: set[tuple[int, int]] = set()
    while True:
        pair = chance.randrange(len(overviews)), chance.randrange(len(overviews))
        if pair in seen:
            continue
        seen.add(pair)
        first, second = overviews[pair[0]].split(), overviews[pair[1]].split()
        text = " ".join([*first[: len(first) // 2], *second[len(second) // 2 :]])[:4000]
        if len(text) >= 40:
            yield text


def _encoder_rate(model_directory: Path, texts: Sequence[str]) -> float:
    """Return texts a second of the encoder alone, as many at once as there are CPUs."""
    cpus = available_cpus()
    with TextEncoder(model_directory) as encoder, ThreadPoolExecutor(cpus) as pool:
        list(pool.map(encoder.encode, texts[: 10 * cpus]))
        started = time.perf_counter()
        list(pool.map(encoder.encode, texts))
        return len(texts) / (time.perf_counter() - started)


@contextlib.contextmanager
def start_service(service: Service) -> Iterator[tuple[int, "subprocess.Popen[bytes]", float, float]]:
    """Start a service; yields its port, process, and the wall and CPU seconds until /health answered 200."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", service.application, "--port", str(port), "--log-level", "warning"]
    if not service.application.endswith(":app"):
        command.append("--factory")
    environment = {**os.environ, **service.environment, "LOG_LEVEL": "WARNING"}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 (our own words)
    try:
        _wait_until_healthy(port, process, service.name)
        yield port, process, time.perf_counter() - started, cpu_seconds(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_healthy(port: int, process: "subprocess.Popen[bytes]", name: str) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == httpx.codes.OK:
                return
        time.sleep(0.02)
    raise IndexingError(f"{name} did not start; its message stands above.")


def free_port() -> int:
    """Return a port of localhost that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(process_id: int) -> float:
    """Return user and system time of a process (proc(5): fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def memory_megabytes(process_id: int | Literal["self"], name: str) -> float:
    """Return VmRSS (now) or VmHWM (peak) of a process (proc(5), status)."""
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines()
    values = [int(line.split()[1]) for line in lines if line.startswith(f"{name}:")]
    return values[0] * 1024 / 1e6
