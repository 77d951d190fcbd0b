"""Speed and memory of the service, and of other ways of serving the same films, measured in one run.

Machines differ and are noisy: what counts is how the services compare in the same run. Each is started as its users
start it; then they take turns, a second or two each, to be asked by 1, 8 and 32 clients for films like texts that never
repeat, and so does the bare encoder. Linux only: CPU time and peak memory are read from /proc.
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
from app.indexing.measure.charts import check_can_draw, draw_loads
from app.indexing.measure.load_generator import (
    Burst,
    Load,
    get_request,
    measure_load,
    post_request,
    probed_health,
    send_burst,
    summarize,
)
from app.indexing.models_folder import add_models_dir
from app.indexing.progress import say
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MAP_FILE, MODEL_DIRECTORY
from app.services.local.movie_map import read_movie_records

START_SECONDS = 120
WARM_UP_REQUESTS = 20
STARTS = 5
TURNS = 4
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
    add_models_dir(parser)
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
    if args.chart:
        check_can_draw(args.chart)
    report = _measure(args)
    for line in table(report):
        say(line)
    if args.json:
        args.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    if args.chart:
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
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as running:
        own = {"MODEL_DIR": str(args.models_dir.resolve()), **ENVIRONMENT_OF_RUN_LOCAL}
        services = [Service("this service", "app.main:app", own)]
        if not args.only:
            services += _rivals(Path(scratch), args.models_dir, args.sentence_transformers)
        starts = _measure_starts(services)
        started = []
        for service, start in zip(services, starts, strict=True):
            port, process, *_ = running.enter_context(start_service(service))
            started.append(_Running(service.name, port, process.pid, start))
        encoder = running.enter_context(TextEncoder(args.models_dir / MODEL_DIRECTORY))
        rates = _take_turns(started, encoder, texts, args)
        answered_at_once = _measure_at_once(started[0], texts, movie_ids, args.seconds)
        figures = (started[0].figures(*answered_at_once), *(service.figures() for service in started[1:]))
        build_rate = _encoder_rate(encoder, overviews[:BUILD_SAMPLE])
    return BenchmarkReport(available_cpus(), len(films), statistics.median(rates), build_rate, figures)


class _Running:
    """A service that runs, and what has been measured of it."""

    def __init__(self, name: str, port: int, process_id: int, start: tuple[float, float]) -> None:
        self.name = name
        self.port = port
        self.process_id = process_id
        self._start = start
        self._at_rest = memory_megabytes(process_id, "VmRSS")
        self._peak = 0.0
        self._cpu = 0.0
        self._bursts: dict[int, list[Burst]] = {}

    def take_turn(self, requests: Iterator[bytes], clients: int, seconds: float) -> None:
        """Answer for a while."""
        before = cpu_seconds(self.process_id)
        burst = send_burst(self.port, requests, clients=clients, seconds=seconds)
        self._cpu += cpu_seconds(self.process_id) - before
        self._bursts.setdefault(clients, []).append(burst)
        self._peak = memory_megabytes(self.process_id, "VmHWM")

    def figures(
        self,
        repeated: Load | None = None,
        by_id: Load | None = None,
        health_milliseconds: tuple[float, float] | None = None,
    ) -> ServiceFigures:
        """Return what was measured."""
        loads = tuple(summarize(clients, bursts) for clients, bursts in self._bursts.items())
        per_request = 1000 * self._cpu / sum(load.requests for load in loads)
        return ServiceFigures(
            self.name,
            *self._start,
            self._at_rest,
            self._peak,
            per_request,
            loads,
            repeated,
            by_id,
            health_milliseconds,
        )


def _measure_starts(services: Sequence[Service]) -> list[tuple[float, float]]:
    """Start each service several times, in turns; returns the medians of wall and CPU seconds."""
    say("Measuring starts")
    seconds: dict[str, list[tuple[float, float]]] = {service.name: [] for service in services}
    for _ in range(STARTS):
        for service in services:
            with start_service(service) as (_, _, wall, cpu):
                seconds[service.name].append((wall, cpu))
    return [
        (statistics.median(wall for wall, _ in starts), statistics.median(cpu for _, cpu in starts))
        for starts in seconds.values()
    ]


def _take_turns(
    services: Sequence[_Running], encoder: TextEncoder, texts: Iterator[str], args: argparse.Namespace
) -> list[float]:
    """Let the services and the bare encoder take turns; returns the encoder's texts a second in each of its turns."""
    requests = (_recommend(text) for text in texts)
    for service in services:
        say(f"Warming up {service.name}")
        measure_load(service.port, itertools.islice(requests, WARM_UP_REQUESTS), clients=1, seconds=args.seconds)
    rates = []
    for clients in args.clients:
        say(f"Measuring {clients} client{'s' if clients > 1 else ''}")
        for _ in range(TURNS):
            for service in services:
                service.take_turn(requests, clients, args.seconds / TURNS)
            rates.append(_encoder_rate(encoder, list(itertools.islice(texts, BUILD_SAMPLE // TURNS))))
    return rates


def _measure_at_once(
    own: _Running, texts: Iterator[str], movie_ids: Sequence[int], seconds: float
) -> tuple[Load, Load, tuple[float, float]]:
    """Measure what needs no encoding (queries that repeat, films by id), and /health while many wait."""
    say("Measuring what is answered at once")
    again = itertools.cycle([_recommend(next(texts)) for _ in range(REPEATED_QUERIES)])
    measure_load(own.port, itertools.islice(again, REPEATED_QUERIES), clients=8, seconds=seconds)
    repeated = measure_load(own.port, again, clients=8, seconds=seconds)
    paths = itertools.cycle(get_request(f"/api/v1/movies/{movie_id}/similar") for movie_id in movie_ids)
    by_id = measure_load(own.port, paths, clients=8, seconds=seconds)
    with probed_health(own.port) as times:
        requests = (_recommend(text) for text in texts)
        measure_load(own.port, requests, clients=CLIENTS_WHILE_HEALTH_IS_ASKED, seconds=seconds)
    return repeated, by_id, (statistics.median(times), max(times))


def _rivals(scratch: Path, models_dir: Path, pytorch_model: Path | None) -> list[Service]:
    from app.indexing.measure.baselines import prepare_rivals
    from app.indexing.model.make import make_reference_model

    say("Preparing the other ways of serving")
    fp32_model = make_reference_model(scratch / "fp32") / "model_quantized.onnx"
    prepare_rivals(scratch / "rivals", models_dir, fp32_model)
    module = "app.indexing.measure.baselines"
    # As many threads as numpy takes by itself; this package allows it one.
    environment = {"RIVAL_DIR": str(scratch / "rivals"), "OPENBLAS_NUM_THREADS": str(available_cpus())}
    rivals = [Service("ONNX Runtime FP32", f"{module}:plain_fp32", environment)]
    if pytorch_model is not None:
        folder = {"SENTENCE_TRANSFORMERS_MODEL": str(pytorch_model), "HF_HUB_OFFLINE": "1"}
        rivals.append(Service("sentence-transformers", f"{module}:sentence_transformers", environment | folder))
    return [*rivals, Service("the original's way", f"{module}:original_way", environment)]


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


def _encoder_rate(encoder: TextEncoder, texts: Sequence[str]) -> float:
    """Return texts a second of the encoder alone, as many at once as there are CPUs."""
    with ThreadPoolExecutor(available_cpus()) as pool:
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
