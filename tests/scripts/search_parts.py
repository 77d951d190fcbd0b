"""What one search costs in this process without its encoding, beside the scan of all vectors that it contains.

    python -m tests.scripts.search_parts [--models-dir models]

Figures are medians over texts: milliseconds of the clock and of all CPUs. No search comes twice.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from app.core.memory import return_free_memory, reuse_freed_memory
from app.indexing.measure import texts
from app.indexing.measure.benchmark import read_overviews
from app.services.catalogue import Narrowing
from app.services.interpretation import interpret, ranking_query
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.queries import MovieFilter, Query, Selection
from app.services.search import search

COUNT = 15
TOP = 10


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    args = parser.parse_args()
    reuse_freed_memory()
    overviews, movie_ids = read_overviews(args.models_dir)
    synopses = list(itertools.islice(texts.synopses(overviews[:34_517]), COUNT))
    service = load_service(args.models_dir)
    return_free_memory()
    print(f"{service.info.films:,} films")
    base: float | None = None
    for name, calls in _parts(service, synopses, movie_ids):
        wall, cpu = _milliseconds(calls)
        base = base or wall
        print(f"{name:<45} {wall:8.2f} ms {cpu:8.2f} CPU ms {wall / base:6.2f} times the scan", flush=True)


def _parts(
    service: ModelService, synopses: list[str], movie_ids: list[int]
) -> Iterator[tuple[str, Iterable[Callable[[], object]]]]:
    """Yield the parts by name, each as calls to be timed."""
    catalogue = service._catalogue
    vectors = [service._encoder.encode_query(text).vector for text in synopses]

    def best(query: Query, number: int) -> Callable[[], object]:
        """Return a search with the vector of a synopsis, whatever the query's text."""

        def call() -> object:
            ranked = ranking_query(query, interpret(query, catalogue), vectors[number], catalogue)
            return catalogue.best(ranked, Narrowing(query.selection.movie_filter), TOP)

        return call

    def filtered(**fields: object) -> list[Callable[[], object]]:
        filters = [MovieFilter(**fields, min_vote_count=number + 1) for number in range(COUNT)]  # type: ignore[arg-type]
        selections = [Selection(movie_filter=movie_filter) for movie_filter in filters]
        return [best(Query(text, selection=selections[number]), number) for number, text in enumerate(synopses)]

    scan = catalogue._index._scan  # type: ignore[attr-defined]
    yield "scan", [lambda vector=vector: scan.cosines(vector[np.newaxis]) for vector in vectors]  # type: ignore[misc]
    yield "synopsis", [best(Query(text), number) for number, text in enumerate(synopses)]
    yield (
        "synopsis with genre and year",
        [best(Query(text, genres=("Horror", "Mystery"), year=1994), number) for number, text in enumerate(synopses)],
    )
    yield "filtered, most films pass", filtered(genres_any=("Drama", "Comedy"), year_min=1960)
    yield "filtered, few films pass", filtered(genres_any=("Western",), year_min=1960, year_max=1962)
    yield "80s comedies", [best(Query("80s comedies"), number) for number in range(COUNT)]
    yield (
        "films like Alien but funny, from the 90s",
        [best(Query("films like Alien but funny, from the 90s"), number) for number in range(COUNT)],
    )
    subjects = [max(text.split(), key=len) for text in synopses]
    yield (
        "80s comedies about ...",
        [best(Query(f"80s comedies about {subject}"), number) for number, subject in enumerate(subjects)],
    )
    yield (
        "/api/v1/search, with encoding",
        [
            lambda text=f"70s dramas about {subject}": search(service, Query(text))
            for subject in subjects  # type: ignore[misc]
        ],
    )
    typed = ["star wa", "the god", "alein", "love", "harry pot", "matrx", "la", "titan", "dark knigt", "return of the"]
    yield "title as typed", [lambda title=title: service.find_titles(title, TOP) for title in typed]  # type: ignore[misc]
    yield (
        "similar films",
        [
            lambda movie_id=movie_id: catalogue.best(  # type: ignore[misc]
                _like(service, movie_id), Narrowing(exclude=(movie_id,)), TOP
            )
            for movie_id in movie_ids[:: len(movie_ids) // COUNT][:COUNT]
        ],
    )


def _like(service: ModelService, movie_id: int) -> object:
    from app.services.ranking.ranking_query import RankingQuery

    catalogue = service._catalogue
    return RankingQuery(tuple(catalogue.targets(catalogue.handles([movie_id]))))


def _milliseconds(calls: Iterable[Callable[[], object]]) -> tuple[float, float]:
    walls, cpus = [], []
    for call in calls:
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return statistics.median(walls), statistics.median(cpus)


if __name__ == "__main__":
    main()
