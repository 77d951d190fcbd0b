"""Figures of a benchmark run, and their tables in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.indexing.errors import IndexingError
from app.indexing.measure.load_generator import Load
from app.indexing.measure.texts import TokenLengths

CLIENTS_WHILE_HEALTH_IS_PROBED = 64

Kind = Literal["synopses", "short", "long"]
KINDS: Mapping[Kind, str] = {"synopses": "synopses", "short": "short texts", "long": "long texts"}
"""The kinds of texts, and what tables call them."""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """Figures of one service; CPU in seconds, memory in megabytes."""

    name: str
    start_wall_seconds: float
    start_cpu_seconds: float
    memory_at_rest: float
    memory_peak: float
    cpu_milliseconds_per_request: float
    loads: Mapping[Kind, Sequence[Load]]
    """By number of clients."""


@dataclass(frozen=True, slots=True)
class EncoderFigures:
    """Figures of the bare encoder with texts of one kind."""

    texts: TokenLengths
    per_second: float


@dataclass(frozen=True, slots=True)
class LookupFigures:
    """Figures of the answers of this service that need no encoding."""

    repeated: Load
    similar: Load
    health_median: float
    health_longest: float
    """Milliseconds of /health while 64 clients wait for recommendations."""


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """The figures of one run; this service is the first."""

    machine: str
    films: int
    bare_encoder: Mapping[Kind, EncoderFigures]
    turns: int
    services: tuple[ServiceFigures, ...]
    lookups: LookupFigures


def markdown(report: BenchmarkReport) -> list[str]:
    """Return the figures as Markdown lines."""
    return [
        f"{report.machine}; {report.films:,} films. Every text is new; medians of {report.turns} interleaved turns.",
        *(f"{KINDS[kind].capitalize()}: {figures.texts}." for kind, figures in report.bare_encoder.items()),
        "",
        *_table(report.services),
        "",
        *_notes(report),
    ]


def write_between_marks(lines: Sequence[str], path: Path, name: str) -> None:
    """Replace what is between the lines `<!-- name -->` and `<!-- /name -->` of a Markdown file.

    Raises IndexingError if the file does not have these lines.
    """
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, opening, rest = text.partition(start)
    _, closing, after = rest.partition(end)
    if not (opening and closing):
        raise IndexingError(f"{path} has no lines {start.strip()} and {end}; add them where the figures belong.")
    path.write_text("".join([before, opening, "\n", *(f"{line}\n" for line in lines), "\n", closing, after]), "utf-8")


def _table(services: Sequence[ServiceFigures]) -> list[str]:
    def row(title: str, cell: Callable[[ServiceFigures], str]) -> list[str]:
        return [title, *(cell(service) for service in services)]

    rows = [
        row("", lambda service: service.name),
        ["---"] * (len(services) + 1),
        row("start, wall s", lambda service: f"{service.start_wall_seconds:.2f}"),
        row("start, CPU s", lambda service: f"{service.start_cpu_seconds:.2f}"),
        row("memory at rest, MB", lambda service: f"{service.memory_at_rest:.0f}"),
        row("memory, peak, MB", lambda service: f"{service.memory_peak:.0f}"),
        row("CPU ms per request", lambda service: f"{service.cpu_milliseconds_per_request:.1f}"),
        *_load_rows([service.loads["synopses"] for service in services], ""),
        *_load_rows([service.loads["short"] for service in services], ", short texts"),
        *_load_rows([service.loads["long"] for service in services], ", long texts"),
    ]
    return ["| " + " | ".join(cells) + " |" for cells in rows]


def _load_rows(loads_of_services: Sequence[Sequence[Load]], remark: str) -> list[list[str]]:
    rows = []
    for loads in zip(*loads_of_services, strict=True):
        title = f"{loads[0].clients} client{'s' if loads[0].clients > 1 else ''}{remark}"
        rows.append([f"{title}: requests/s", *(f"{load.requests_per_second:.0f}" for load in loads)])
        rows.append([f"{title}: median, p99 ms", *(f"{load.median:.1f}, {load.p99:.0f}" for load in loads)])
        if any(load.failures for load in loads):
            rows.append([f"{title}: failures", *(str(load.failures) for load in loads)])
    return rows


def _notes(report: BenchmarkReport) -> list[str]:
    own, *baselines = report.services
    busiest, lookups = own.loads["synopses"][-1], report.lookups
    lines = [
        f"The bare encoder, one text per CPU at a time, encodes {_rates(report.bare_encoder)}; this service with "
        f"{busiest.clients} clients reaches {_shares(own, report.bare_encoder)} of that. The load generator takes "
        f"{busiest.generator_milliseconds:.2f} CPU ms per request.",
        f"Without encoding: {lookups.repeated.requests_per_second:,.0f} repeated queries/s, "
        f"{lookups.similar.requests_per_second:,.0f} requests for similar films/s. /health while "
        f"{CLIENTS_WHILE_HEALTH_IS_PROBED} clients wait: median {lookups.health_median:.1f} ms, longest "
        f"{lookups.health_longest:.1f} ms.",
    ]
    lines += [_comparison(own, baseline) for baseline in reversed(baselines)]
    return [f"- {line}" for line in lines]


def _rates(bare: Mapping[Kind, EncoderFigures]) -> str:
    return ", ".join(f"{figures.per_second:.0f} {KINDS[kind]}/s" for kind, figures in bare.items())


def _shares(own: ServiceFigures, bare: Mapping[Kind, EncoderFigures]) -> str:
    return ", ".join(f"{own.loads[kind][-1].requests_per_second / bare[kind].per_second:.2f}" for kind in bare)


def _comparison(own: ServiceFigures, baseline: ServiceFigures) -> str:
    lone, busy = own.loads["synopses"][0], own.loads["synopses"][-1]
    other_lone, other_busy = baseline.loads["synopses"][0], baseline.loads["synopses"][-1]
    return (
        f"Compared with {baseline.name}: {lone.median / other_lone.median:.2f} of its median with {lone.clients} "
        f"client, {busy.requests_per_second / other_busy.requests_per_second:.2f} times its requests/s and "
        f"{busy.p99 / other_busy.p99:.2f} of its p99 with {busy.clients} clients."
    )
