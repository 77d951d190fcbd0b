"""The command `evaluate`, which measures relevance, search engines and the fidelity of the model.

Relevance is measured by known-item search: each query is a plot that a person wrote about one film of the catalogue,
and that film should be near the top of the answer. A file of such queries is JSON Lines: {"query", "movie_id",
"genres", "year"}.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from app.indexing.errors import IndexingError
from app.indexing.index.engines import EngineFigures, measure_engines, sample_sentences
from app.indexing.measure.charts import check_can_draw, draw_engines
from app.indexing.measure.fidelity import Fidelity, measure_fidelity
from app.indexing.measure.intervals import Figure, interval
from app.indexing.measure.query_files import read_queries
from app.indexing.measure.requests import FilmRequest, RequestFigures, measure_requests, read_requests
from app.indexing.models_folder import AddCommand, add_models_dir
from app.indexing.progress import say, with_progress
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import INDEX_FILE, MAP_FILE, MODEL_DIRECTORY, locate
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.local.map_fields import films_of_map
from app.services.model_service import ModelService
from app.services.queries import Query, Selection

DEPTH = 50
RANK_OF_MISSING = 10**6

Context = Literal["none", "genre", "full", "wrong genre"]
CONTEXTS: tuple[Context, ...] = ("none", "genre", "full", "wrong genre")


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A text about one film of the catalogue, and the film's id, genres and year."""

    query: str
    movie_id: int
    genres: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Relevance:
    """How near the top of the answers the right films are, with a kind of context."""

    context: Context
    queries: int
    recall_at_1: Figure
    recall_at_10: Figure
    recall_at_50: Figure
    mrr_at_10: Figure
    genre_precision_at_10: Figure
    years_in_first_10: Figure


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The figures of one run."""

    films: int
    relevance: tuple[Relevance, ...] = ()
    engines: tuple[EngineFigures, ...] = ()
    fidelity: Fidelity | None = None
    not_in_catalogue: int = 0
    requests: RequestFigures | None = None


def add_commands(add: AddCommand) -> None:
    """Add the command `evaluate`."""
    parser = add("evaluate", "measure relevance, search engines and fidelity of the model")
    add_models_dir(parser)
    parser.add_argument(
        "--queries",
        type=Path,
        metavar="FILE",
        help='measure relevance on plots of known films: JSON Lines {"query", "movie_id", "genres", "year"}',
    )
    parser.add_argument(
        "--requests",
        type=Path,
        metavar="FILE",
        help='measure answers to requests as people type them: JSON Lines {"query", "constraints"}',
    )
    parser.add_argument("--weights", type=Path, metavar="FILE", help="FP32 weights (model.safetensors): compare INT8")
    parser.add_argument("--no-engines", action="store_true", help="do not compare the search engines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw recall against time of the engines (PNG)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the figures and return the exit status."""
    if args.chart:
        check_can_draw(args.chart)
    report = evaluate(
        args.models_dir,
        queries=args.queries,
        requests=args.requests,
        weights=args.weights,
        with_engines=not args.no_engines,
    )
    for line in table(report):
        say(line)
    if args.json:
        args.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    if args.chart:
        draw_engines(report.engines, report.films, args.chart)
    return 0


def evaluate(
    models_dir: Path,
    *,
    queries: Path | None = None,
    requests: Path | None = None,
    weights: Path | None = None,
    with_engines: bool = True,
) -> EvaluationReport:
    """Measure relevance if there are queries or requests, and fidelity if there are FP32 weights.

    Raises IndexingError if the queries cannot be used, ModelFileError if the files in `models_dir` cannot be used.
    """
    known_items = read_known_items(queries) if queries else []
    asked = read_requests(requests) if requests else []
    records = read_movie_records(locate(models_dir, MAP_FILE))
    overviews = [str(records[position].get("overview") or "") for position in range(len(records))]
    catalogue = {int(record["tmdb_id"]) for record in records.values()}
    answerable = [item for item in known_items if item.movie_id in catalogue]
    if known_items and not answerable:
        raise IndexingError(f"No film that {queries} asks for is in {models_dir}: build the catalogue they are about.")
    return EvaluationReport(
        films=len(records),
        relevance=tuple(measure_relevance(models_dir, answerable)) if answerable else (),
        engines=tuple(_engines(models_dir, overviews)) if with_engines else (),
        fidelity=measure_fidelity(models_dir, overviews, weights) if weights else None,
        not_in_catalogue=len(known_items) - len(answerable),
        requests=_requests(models_dir, asked, records) if asked else None,
    )


def read_known_items(path: Path) -> list[KnownItem]:
    """Read a file of queries about known films; raises what `read_queries` raises."""
    return read_queries(path, _known_item, '{"query": text, "movie_id": number}')


def _known_item(fields: Any) -> KnownItem:  # noqa: ANN401 (any JSON)
    return KnownItem(
        query=str(fields["query"]),
        movie_id=int(fields["movie_id"]),
        genres=tuple(map(str, fields.get("genres") or ())),
        year=int(fields["year"]) if fields.get("year") else None,
    )


def measure_relevance(models_dir: Path, items: Sequence[KnownItem]) -> list[Relevance]:
    """Answer each query with each kind of context, with a service in this process."""
    service = load_service(models_dir)
    try:
        names = tuple(service.genres())
        return [_relevance(service, items, context, names) for context in CONTEXTS]
    finally:
        service.close()


def table(report: EvaluationReport) -> list[str]:
    """Return the report as lines to read."""
    lines = [f"{report.films:,} films"]
    if report.not_in_catalogue:
        lines.append(f"skipped: {report.not_in_catalogue} queries about films that are not in the catalogue")
    if report.relevance:
        lines += ["", f"Relevance, {report.relevance[0].queries} queries, mean (95% interval)"]
        names = (
            "recall_at_1",
            "recall_at_10",
            "recall_at_50",
            "mrr_at_10",
            "genre_precision_at_10",
            "years_in_first_10",
        )
        lines.append(f"{'context':<12}" + "".join(f"{name.replace('_', ' '):>23}" for name in names))
        for row in report.relevance:
            lines.append(f"{row.context:<12}" + "".join(f"{getattr(row, name)!s:>23}" for name in names))
    if report.requests:
        lines += report.requests.lines()
    if report.engines:
        lines += ["", "Search, ten films, one thread", f"{'engine':<10}{'search_k':>10}{'recall@10':>11}{'ms':>9}"]
        for engine in report.engines:
            lines.append(
                f"{engine.engine:<10}{engine.search_k or '':>10}{engine.recall_at_10:>11.4f}{engine.milliseconds:>9.3f}"
            )
    if report.fidelity:
        found = report.fidelity
        lines += ["", f"INT8 against FP32, {found.texts} texts: cosine {found.mean:.4f}, lowest {found.lowest:.4f}"]
    return lines


def _requests(
    models_dir: Path, asked: Sequence[FilmRequest], records: Mapping[int, Mapping[str, Any]]
) -> RequestFigures:
    films = {film.movie_id: film for film in films_of_map(records)}
    service = load_service(models_dir)
    try:
        return measure_requests(service, asked, films)
    finally:
        service.close()


def _relevance(
    service: ModelService, items: Sequence[KnownItem], context: Context, genre_names: Sequence[str]
) -> Relevance:
    ranks, genre_hits, years = [], [], []
    for number, item in enumerate(with_progress(items, total=len(items), label=f"Context: {context}", unit="queries")):
        films = [found.movie for found in service.answer(_query(item, context, genre_names, number)).recommendations]
        ids = [film.movie_id for film in films]
        ranks.append(ids.index(item.movie_id) if item.movie_id in ids else RANK_OF_MISSING)
        first = films[:10]
        genre_hits.append(float(np.mean([bool(set(film.genres) & set(item.genres)) for film in first] or [False])))
        years.append(len({film.year for film in first}))
    rank = np.array(ranks, np.float64)
    return Relevance(
        context=context,
        queries=len(items),
        recall_at_1=interval((rank < 1).astype(np.float64)),
        recall_at_10=interval((rank < 10).astype(np.float64)),
        recall_at_50=interval((rank < DEPTH).astype(np.float64)),
        mrr_at_10=interval(np.where(rank < 10, 1 / (rank + 1), 0.0)),
        genre_precision_at_10=interval(np.array(genre_hits)),
        years_in_first_10=interval(np.array(years, np.float64)),
    )


def _query(item: KnownItem, context: Context, genre_names: Sequence[str], number: int) -> Query:
    genres: tuple[str, ...] = ()
    if context in ("genre", "full"):
        genres = item.genres
    if context == "wrong genre":
        others = [name for name in genre_names[:20] if name not in item.genres]
        genres = (others[number % len(others)],) if others else ()
    return Query(
        synopsis=item.query,
        genres=genres,
        year=item.year if context == "full" else None,
        selection=Selection(top_k=DEPTH),
    )


def _engines(models_dir: Path, overviews: Sequence[str]) -> list[EngineFigures]:
    sentences = sample_sentences(overviews)
    if not sentences:
        return []
    with TextEncoder.from_directory(models_dir / MODEL_DIRECTORY) as encoder:
        queries: list[Any] = [encoder.encode_query(text).vector for text in sentences]
    return measure_engines(locate(models_dir, INDEX_FILE), np.stack(queries))
