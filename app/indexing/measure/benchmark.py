"""The command `benchmark`, which measures speed and memory of this service and of baselines over the same films.

Machines differ and are noisy, so only services that are measured in the same run can be compared. All services run
during the whole benchmark. For turns of a few seconds, 1, 8 and 32 clients send texts that never repeat to one
service after another; the bare encoder takes turns with them.
"""

import argparse
import contextlib
import importlib.util
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from app.core.cpu import available_cpus
from app.indexing.errors import IndexingError
from app.indexing.measure import texts
from app.indexing.measure.benchmark_report import (
    CLIENTS_WHILE_HEALTH_IS_PROBED,
    KINDS,
    BenchmarkReport,
    EncoderFigures,
    Kind,
    LookupFigures,
    ServiceFigures,
    markdown,
    write_between_marks,
)
from app.indexing.measure.charts import check_can_draw, draw_loads
from app.indexing.measure.load_generator import (
    Load,
    get_request,
    measure_load,
    median_load,
    post_request,
    probed_health,
)
from app.indexing.measure.processes import (
    ENVIRONMENT_OF_RUN_LOCAL,
    Service,
    StartedService,
    cpu_seconds,
    describe_machine,
    memory_megabytes,
    require_proc,
    start_service,
)
from app.indexing.models_folder import AddCommand, add_models_dir
from app.indexing.progress import say
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MAP_FILE, MODEL_DIRECTORY
from app.services.local.files.pickle_reader import read_movie_records

WARM_UP_REQUESTS = 20
STARTS = 5
TURNS = 3
REPEATED_QUERIES = 100
ENCODED_PER_TURN = 200
MAX_ENCODED_PER_SECOND = 1000
"""Upper bound on the requests that are made before a turn."""


def add_commands(add: AddCommand) -> None:
    """Add the command `benchmark`."""
    parser = add("benchmark", "measure speed and memory of this service and of baselines")
    add_models_dir(parser)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each turn (default: 4)")
    parser.add_argument("--turns", type=int, default=TURNS, help=f"turns of each service and load (default: {TURNS})")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32], help="clients at once (default: 1 8 32)")
    parser.add_argument("--only", action="store_true", help="measure this service without the baselines")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="model.safetensors on disk, for the baselines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw requests per second and latency (PNG)")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table between the <!-- benchmark --> lines of FILE"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the figures and return the exit status."""
    require_proc()
    if args.chart:
        check_can_draw(args.chart)
    report = _measure(args)
    lines = markdown(report)
    for line in lines:
        say(line)
    if args.json:
        args.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    if args.chart:
        draw_loads(report, args.chart)
    if args.markdown:
        write_between_marks(lines, args.markdown, "benchmark")
    return 0


def own_service(models_dir: Path) -> Service:
    """Return this service over a models folder, started as run_local.sh starts it."""
    return Service("this service", "app.main:app", {"MODEL_DIR": str(models_dir.resolve()), **ENVIRONMENT_OF_RUN_LOCAL})


def recommend_request(text: str) -> bytes:
    """Return a request for films similar to a synopsis, as bytes on the wire."""
    return post_request("/api/v1/recommend", json.dumps({"synopsis": text}).encode())


def read_overviews(models_dir: Path) -> tuple[list[str], list[int]]:
    """Return the overviews of the catalogue, and the ids of its films. Raises IndexingError if there is no overview."""
    films = read_movie_records(models_dir / MAP_FILE).values()
    overviews = [str(film["overview"]) for film in films if film.get("overview")]
    if not overviews:
        raise IndexingError(f"{models_dir / MAP_FILE} has no overviews to make queries from: build another catalogue.")
    return overviews, [int(film["tmdb_id"]) for film in films]


def _measure(args: argparse.Namespace) -> BenchmarkReport:
    overviews, movie_ids = read_overviews(args.models_dir)
    synopses, short, long = texts.synopses(overviews), texts.short_texts(overviews), texts.long_texts(overviews)
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as running:
        services = [own_service(args.models_dir)]
        if not args.only:
            services += _baselines(Path(scratch) / "baselines", args.models_dir, args.weights)
        starts = _measure_starts(services)
        contestants = [
            _Contestant(service.name, running.enter_context(start_service(service)), start)
            for service, start in zip(services, starts, strict=True)
        ]
        encoder = _BareEncoder(running.enter_context(TextEncoder.from_directory(args.models_dir / MODEL_DIRECTORY)))
        _warm_up(contestants, synopses, args.seconds)
        for clients in args.clients:
            _take_turns(contestants, encoder, clients, "synopses", synopses, args)
        for clients in sorted({args.clients[0], args.clients[-1]}):
            _take_turns(contestants, encoder, clients, "short", short, args)
        _take_turns(contestants, encoder, args.clients[-1], "long", long, args)
        lookups = _measure_lookups(contestants[0].port, synopses, movie_ids, args.seconds)
        figures = tuple(contestant.figures() for contestant in contestants)
        return BenchmarkReport(
            machine=describe_machine(),
            films=len(movie_ids),
            bare_encoder=encoder.figures(),
            turns=args.turns,
            services=figures,
            lookups=lookups,
        )


class _Contestant:
    """A running service and its measurements."""

    def __init__(self, name: str, started: StartedService, start: tuple[float, float]) -> None:
        self.name = name
        self.port = started.port
        self._process_id = started.process.pid
        self._start = start
        self._at_rest = memory_megabytes(self._process_id, "VmRSS")
        self._cpu = 0.0
        self._turns: dict[tuple[Kind, int], list[Load]] = {}

    def take_turn(self, requests: Iterable[bytes], kind: Kind, clients: int, seconds: float) -> None:
        before = cpu_seconds(self._process_id)
        load = measure_load(self.port, requests, clients=clients, seconds=seconds)
        if kind == "synopses":
            self._cpu += cpu_seconds(self._process_id) - before
        self._turns.setdefault((kind, clients), []).append(load)

    def figures(self) -> ServiceFigures:
        loads: dict[Kind, list[Load]] = {}
        for (kind, _), turns in self._turns.items():
            loads.setdefault(kind, []).append(median_load(turns))
        return ServiceFigures(
            name=self.name,
            start_wall_seconds=self._start[0],
            start_cpu_seconds=self._start[1],
            memory_at_rest=self._at_rest,
            memory_peak=memory_megabytes(self._process_id, "VmHWM"),
            cpu_milliseconds_per_request=1000 * self._cpu / sum(load.requests for load in loads["synopses"]),
            loads=loads,
        )


class _BareEncoder:
    """The encoder without a service, which encodes as many texts at once as there are CPUs."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._rates: dict[Kind, list[float]] = {}
        self._tokens: dict[Kind, list[int]] = {}

    def take_turn(self, kind: Kind, queries: Iterator[str]) -> None:
        prepared = list(itertools.islice(queries, ENCODED_PER_TURN))
        started = time.perf_counter()
        with ThreadPoolExecutor(available_cpus()) as pool:
            tokens = [encoding.tokens for encoding in pool.map(self._encoder.encode, prepared)]
        self._rates.setdefault(kind, []).append(len(prepared) / (time.perf_counter() - started))
        self._tokens.setdefault(kind, []).extend(tokens)

    def figures(self) -> dict[Kind, EncoderFigures]:
        return {
            kind: EncoderFigures(texts.token_lengths(self._tokens[kind]), statistics.median(rates))
            for kind, rates in self._rates.items()
        }


def _baselines(directory: Path, models_dir: Path, weights: Path | None) -> list[Service]:
    from app.indexing.measure.baselines import DIRECTORY_VARIABLE, prepare_baselines
    from app.indexing.model.weights import find_model_source

    say("Preparing the baselines")
    prepare_baselines(directory, models_dir, find_model_source(weights))
    # As many threads as numpy uses by default; this package limits numpy to one.
    environment = {DIRECTORY_VARIABLE: str(directory), "OPENBLAS_NUM_THREADS": str(available_cpus())}
    factories = {
        "ONNX Runtime FP32": "onnx_fp32",
        "the original, unpadded": "unpadded_original",
        "the original as published": "original",
    }
    if importlib.util.find_spec("sentence_transformers"):
        factories = {"sentence-transformers": "sentence_transformers", **factories}
    return [
        Service(name, f"app.indexing.measure.baselines:{factory}", environment, is_factory=True)
        for name, factory in factories.items()
    ]


def _measure_starts(services: Sequence[Service]) -> list[tuple[float, float]]:
    """Start each service several times, in turns; return the medians of wall and CPU seconds."""
    say("Measuring starts")
    seconds: dict[str, list[tuple[float, float]]] = {service.name: [] for service in services}
    for _ in range(STARTS):
        for service in services:
            with start_service(service) as started:
                seconds[service.name].append((started.wall_seconds, started.cpu_seconds))
    return [
        (statistics.median(wall for wall, _ in starts), statistics.median(cpu for _, cpu in starts))
        for starts in seconds.values()
    ]


def _warm_up(contestants: Sequence[_Contestant], queries: Iterator[str], seconds: float) -> None:
    for contestant in contestants:
        say(f"Warming up {contestant.name}")
        requests = map(recommend_request, itertools.islice(queries, WARM_UP_REQUESTS))
        measure_load(contestant.port, requests, clients=1, seconds=seconds)


def _take_turns(
    contestants: Sequence[_Contestant],
    encoder: _BareEncoder,
    clients: int,
    kind: Kind,
    queries: Iterator[str],
    args: argparse.Namespace,
) -> None:
    """Measure the services one after another with the same requests, and the bare encoder, several times."""
    say(f"Measuring {clients} client{'s' if clients > 1 else ''}, {KINDS[kind]}")
    for _ in range(args.turns):
        requests = [recommend_request(text) for text in _texts_for(queries, args.seconds)]
        for contestant in contestants:
            contestant.take_turn(requests, kind, clients, args.seconds)
        encoder.take_turn(kind, queries)


def _texts_for(queries: Iterator[str], seconds: float) -> Iterator[str]:
    return itertools.islice(queries, int(seconds * MAX_ENCODED_PER_SECOND))


def _measure_lookups(port: int, queries: Iterator[str], movie_ids: Sequence[int], seconds: float) -> LookupFigures:
    """Measure answers without encoding (repeated queries, films by id), and /health while many clients wait."""
    say("Measuring answers without encoding")
    repeated = [recommend_request(text) for text in itertools.islice(queries, REPEATED_QUERIES)]
    measure_load(port, repeated, clients=8, seconds=seconds)
    repeated_load = measure_load(port, itertools.cycle(repeated), clients=8, seconds=seconds)
    by_id = itertools.cycle([get_request(f"/api/v1/movies/{movie_id}/similar") for movie_id in movie_ids])
    similar_load = measure_load(port, by_id, clients=8, seconds=seconds)
    requests = [recommend_request(text) for text in _texts_for(queries, seconds)]
    with probed_health(port) as times:
        measure_load(port, requests, clients=CLIENTS_WHILE_HEALTH_IS_PROBED, seconds=seconds)
    return LookupFigures(repeated_load, similar_load, statistics.median(times), max(times))
