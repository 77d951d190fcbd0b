"""Measurement of a search without encoding, compared with the scan of all vectors that it contains.

    python -m tests.scripts.search_parts [--models-dir models]

Figures are medians over texts, in milliseconds of wall time and of CPU time. No search is repeated.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app.core.memory import return_free_memory, reuse_freed_memory
from app.indexing.measure import texts
from app.indexing.measure.benchmark import read_overviews
from app.services.catalogue import Catalogue, Narrowing, Ranked
from app.services.interpretation import interpret, ranking_query
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.queries import MovieFilter, Query, Selection, SimilarQuery
from app.services.search import search
from app.services.vectors import Vector

COUNT = 15
TOP = 10
TYPED = ("star wa", "the god", "alein", "love", "harry pot", "matrx", "la", "titan", "dark knigt", "return of the")

Part = tuple[str, Sequence[Callable[[], object]]]


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
    base = 0.0
    for name, calls in _parts(service, synopses, movie_ids[:: len(movie_ids) // COUNT][:COUNT]):
        wall, cpu = _milliseconds(calls)
        base = base or cpu
        print(f"{name:<42}{wall:8.2f} ms {cpu:8.2f} CPU ms {cpu / base:6.2f} times the scan", flush=True)


def _parts(service: ModelService, synopses: Sequence[str], movie_ids: Sequence[int]) -> Iterator[Part]:
    """Yield the parts by name, each as calls to be timed."""
    catalogue: Any = service._catalogue
    vectors = [service._encoder.encode_query(text).vector for text in synopses]

    def searches(queries: Sequence[Query]) -> list[Callable[[], object]]:
        """Return searches with the vectors of the synopses, whatever the queries' texts."""
        return [partial(_best, catalogue, query, vector) for query, vector in zip(queries, vectors, strict=True)]

    def filtered(**fields: Any) -> list[Query]:  # noqa: ANN401
        """Return queries with filters, each a little different, because the last mask is kept."""
        filters = [MovieFilter(**fields, min_vote_count=number + 1) for number in range(COUNT)]
        return [
            Query(text, selection=Selection(movie_filter=each)) for text, each in zip(synopses, filters, strict=True)
        ]

    subjects = [max(text.split(), key=len) for text in synopses]
    typed = [Query(f"80s comedies about {subject}") for subject in subjects]
    yield "scan", [partial(catalogue._index._scan.cosines, vector[np.newaxis]) for vector in vectors]
    yield "synopsis", searches([Query(text) for text in synopses])
    yield (
        "synopsis with genre and year",
        searches([Query(text, genres=("Horror", "Mystery"), year=1994) for text in synopses]),
    )
    yield "filtered, most films pass", searches(filtered(genres_any=("Drama", "Comedy"), year_min=1960))
    yield "filtered, few films pass", searches(filtered(genres_any=("Western",), year_min=1960, year_max=1962))
    yield "80s comedies", searches([Query("80s comedies")] * COUNT)
    yield "80s comedies about ...", searches(typed)
    yield "films like Alien but funny", searches([Query("films like Alien but funny")] * COUNT)
    yield "/api/v1/search with encoding", [partial(search, service, query) for query in typed]
    yield "title as typed", [partial(service.find_titles, title, TOP) for title in TYPED]
    yield "similar films", [partial(service.answer, SimilarQuery(movie_id)) for movie_id in movie_ids]


def _best(catalogue: Catalogue, query: Query, vector: Vector) -> Ranked:
    ranked = ranking_query(query, interpret(query, catalogue), vector, catalogue)
    return catalogue.best(ranked, Narrowing(query.selection.movie_filter), TOP)


def _milliseconds(calls: Sequence[Callable[[], object]]) -> tuple[float, float]:
    walls, cpus = [], []
    for call in calls:
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return statistics.median(walls), statistics.median(cpus)


if __name__ == "__main__":
    main()
