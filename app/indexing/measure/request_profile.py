"""The command `profile`, which measures the CPU time of a request by part, with one client and with many.

The service runs in this process, with its functions wrapped by PartClock, and another process sends the requests.
The clock takes time itself, so turns with it alternate with turns without it, from which the sums come. The time that
a thread spends outside the wrapped functions is shown separately. Threads that Python did not start belong to ONNX
Runtime.
"""

import argparse
import contextlib
import itertools
import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.indexing.errors import IndexingError
from app.indexing.measure import texts
from app.indexing.measure.benchmark import read_overviews, recommend_request
from app.indexing.measure.benchmark_report import write_between_marks
from app.indexing.measure.load_generator import Load, measure_load
from app.indexing.measure.part_clock import PartClock
from app.indexing.measure.processes import describe_machine, free_port, require_proc
from app.indexing.models_folder import AddCommand, add_models_dir
from app.indexing.progress import say

if TYPE_CHECKING:
    from fastapi import FastAPI

CLIENTS = (1, 32)
TURNS = 3
WARM_UP_REQUESTS = 50
MAX_REQUESTS_PER_SECOND = 1000
START_SECONDS = 60

LOOP_REST = "event loop: polling, callbacks, sockets"
WORKER_REST = "worker threads: waiting, waking"
NATIVE = "ONNX Runtime's own threads"
ENCODER = "encoder"
PARTS = (
    "HTTP parsing",
    "middleware",
    "routing",
    "validation",
    "response writing",
    LOOP_REST,
    "hand-over",
    WORKER_REST,
    "understanding",
    "tokenizing, pooling",
    ENCODER,
    NATIVE,
    "words",
    "scan",
    "choosing candidates, genres, years",
    "rescoring",
    "service, caches",
    "assembling",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """CPU milliseconds per request by part, under one load; medians of several turns."""

    clients: int
    parts: dict[str, float]
    total: float
    """CPU milliseconds per request without the clock."""
    requests_per_second: float
    median: float
    """Milliseconds of a request without the clock."""

    @property
    def around_encoder(self) -> float:
        """CPU milliseconds per request without the encoder and its threads."""
        return self.total - self.parts.get(ENCODER, 0.0) - self.parts.get(NATIVE, 0.0)


def add_commands(add: AddCommand) -> None:
    """Add the command `profile`."""
    parser = add("profile", "measure the CPU time of a request by part")
    add_models_dir(parser)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each turn (default: 5)")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table between the <!-- profile --> lines of FILE"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Profile, print the figures and return the exit status."""
    require_proc()
    overviews, _ = read_overviews(args.models_dir)
    queries = texts.synopses(overviews)
    clock = PartClock()
    with served(args.models_dir, clock) as (port, loop_thread):
        profiles = [profile(port, loop_thread, clock, queries, clients, args.seconds) for clients in CLIENTS]
    lines = [f"{describe_machine()}. CPU milliseconds per request.", "", *table(profiles)]
    for line in lines:
        say(line)
    if args.markdown:
        write_between_marks(lines, args.markdown, "profile")
    return 0


def table(profiles: list[Profile]) -> list[str]:
    """Return the profiles as lines of a Markdown table."""
    clients = [f"{profile.clients} client{'s' if profile.clients > 1 else ''}" for profile in profiles]
    rows = [["part", *clients], ["---"] * (len(profiles) + 1)]
    rows += [[part, *(f"{profile.parts.get(part, 0.0):.2f}" for profile in profiles)] for part in PARTS]
    rows.append(
        ["less the clock's own time", *(f"{profile.total - sum(profile.parts.values()):.2f}" for profile in profiles)]
    )
    rows.append(["**in all**", *(f"**{profile.total:.2f}**" for profile in profiles)])
    rows.append(["**around the encoder**", *(f"**{profile.around_encoder:.2f}**" for profile in profiles)])
    rows.append(["requests/s", *(f"{profile.requests_per_second:.0f}" for profile in profiles)])
    rows.append(["median, ms", *(f"{profile.median:.1f}" for profile in profiles)])
    return ["| " + " | ".join(cells) + " |" for cells in rows]


@contextlib.contextmanager
def served(models_dir: Path, clock: PartClock) -> Iterator[tuple[int, threading.Thread]]:
    """Serve `models_dir` in a thread with timed functions; yield the port and the event loop's thread."""
    import uvicorn

    from app.core.config import Settings
    from app.core.http_server import TimeoutHTTPProtocol
    from app.main import create_app

    wrap_parts(clock)
    app = create_app(Settings(model_dir=models_dir, log_level="WARNING"))
    _wrap_middleware(clock, app)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, http=TimeoutHTTPProtocol, log_level="warning"))
    thread = threading.Thread(target=server.run, name="event loop")
    thread.start()
    try:
        _wait(lambda: server.started, thread)
        yield port, thread
    finally:
        server.should_exit = True
        thread.join()


def wrap_parts(clock: PartClock) -> None:
    """Wrap the functions that a request passes."""
    import fastapi.routing
    import starlette.routing
    from uvicorn.protocols.http import httptools_impl

    from app.api import routes
    from app.api.dependencies import ServiceRunner
    from app.core.work_queue import WorkQueue
    from app.services import embedded_query
    from app.services.encoder.onnx_session import OnnxSession
    from app.services.encoder.text_encoder import TextEncoder
    from app.services.local.catalogue import LocalCatalogue
    from app.services.local.engines.int8_scan import Int8Scan
    from app.services.local.engines.vector_index import VectorIndex
    from app.services.local.lexical_index import LexicalIndex
    from app.services.model_service import ModelService

    wrapped: tuple[tuple[object, str, str], ...] = (
        (httptools_impl.HttpToolsProtocol, "data_received", "HTTP parsing"),
        (httptools_impl.RequestResponseCycle, "send", "response writing"),
        (starlette.routing.Router, "__call__", "routing"),
        (fastapi.routing, "solve_dependencies", "validation"),
        (ServiceRunner, "answer", "hand-over"),
        (WorkQueue, "_settle", "hand-over"),
        (ModelService, "answer_cached", "service, caches"),
        (ModelService, "answer_together", "service, caches"),
        (embedded_query, "interpret", "understanding"),
        (embedded_query, "ranking_query", "understanding"),
        (TextEncoder, "encode", "tokenizing, pooling"),
        (OnnxSession, "run", ENCODER),
        (LocalCatalogue, "best_of_each", "choosing candidates, genres, years"),
        (LexicalIndex, "scores", "words"),
        (Int8Scan, "cosines", "scan"),
        (VectorIndex, "cosines", "rescoring"),
        (LocalCatalogue, "records_json", "assembling"),
        (routes, "answer_response", "assembling"),
    )
    for owner, name, part in wrapped:
        clock.wrap(owner, name, part)


def _wrap_middleware(clock: PartClock, app: "FastAPI") -> None:
    from starlette.middleware.errors import ServerErrorMiddleware
    from starlette.middleware.exceptions import ExceptionMiddleware
    from starlette.responses import Response

    classes = {middleware.cls for middleware in app.user_middleware}
    for layer in [*classes, ServerErrorMiddleware, ExceptionMiddleware]:
        clock.wrap(layer, "__call__", "middleware")
    clock.wrap(Response, "__call__", "middleware")  # sends the answer through the middleware


def profile(
    port: int,
    loop_thread: threading.Thread,
    clock: PartClock,
    queries: Iterator[str],
    clients: int,
    seconds: float,
) -> Profile:
    """Measure one load, sent by another process, in turns without and with the clock."""
    say(f"Profiling {clients} client{'s' if clients > 1 else ''}")
    loads: list[Load] = []
    parts: dict[bool, list[dict[str, float]]] = {False: [], True: []}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as sender:

        def send(count: int) -> Load:
            requests = [recommend_request(text) for text in itertools.islice(queries, count)]
            return sender.submit(measure_load, port, requests, clients=clients, seconds=seconds).result()

        send(WARM_UP_REQUESTS)
        for is_running in (False, True) * TURNS:
            clock.is_running = is_running
            before = _Snapshot(clock)
            load = send(int(seconds * MAX_REQUESTS_PER_SECOND))
            parts[is_running].append(_per_request(before, _Snapshot(clock), loop_thread, load.requests))
            if not is_running:
                loads.append(load)
    return Profile(
        clients=clients,
        parts={part: statistics.median(turn.get(part, 0.0) for turn in parts[True]) for part in PARTS},
        total=statistics.median(sum(turn.values()) for turn in parts[False]),
        requests_per_second=statistics.median(load.requests_per_second for load in loads),
        median=statistics.median(load.median for load in loads),
    )


class _Snapshot:
    """CPU nanoseconds used so far: by the process, by each of its Python threads, and by each thread's parts."""

    def __init__(self, clock: PartClock) -> None:
        self.process = time.process_time_ns()
        self.threads = {
            thread.ident: time.clock_gettime_ns(time.pthread_getcpuclockid(thread.ident))
            for thread in threading.enumerate()
            if thread.ident is not None
        }
        self.parts = clock.nanoseconds()


def _per_request(before: _Snapshot, after: _Snapshot, loop_thread: threading.Thread, requests: int) -> dict[str, float]:
    """Return the milliseconds per request by part; threads without wrapped calls belong to this script."""
    parts: Counter[str] = Counter()
    used = {identifier: now - before.threads.get(identifier, 0) for identifier, now in after.threads.items()}
    for identifier, counted in after.parts.items():
        own = counted - before.parts.get(identifier, Counter())
        parts += own
        rest = LOOP_REST if identifier == loop_thread.ident else WORKER_REST
        parts[rest] += max(used.get(identifier, 0) - own.total(), 0)
    parts[NATIVE] = max(after.process - before.process - sum(used.values()), 0)
    return {part: nanoseconds / 1e6 / requests for part, nanoseconds in parts.items()}


def _wait(is_ready: Callable[[], bool], thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if not thread.is_alive() or time.monotonic() > deadline:
            raise IndexingError("The service did not start; its error message is above.")
        time.sleep(0.05)
