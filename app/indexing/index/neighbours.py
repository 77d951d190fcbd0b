"""The films most similar to each film, computed by the build."""

import itertools
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.cpu import available_cpus
from app.core.memory import reuse_freed_memory
from app.indexing.progress import with_progress
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.files.model_files import INDEX_FILE, SERVING_DIRECTORY
from app.services.local.lexical_index import LexicalIndex
from app.services.local.movie_map import MovieMap
from app.services.local.neighbours import NeighbourArrays
from app.services.local.raw_scorer import RawScorer
from app.services.ranking.ranking_query import RankingQuery
from app.services.ranking.scores import score
from app.services.vectors import Positions, VectorsInMemory

NEIGHBOURS = 64
"""Number of neighbours that are stored for each film: those of the longest answer, and more for filters to exclude."""

MAX_FILMS = 60_000
"""For larger catalogues no neighbours are stored, because the work grows with the square of the number of films."""

_FEW_FILMS = 5_000
"""Up to this number of films, one process finishes before others would have started."""

_FILMS_AT_ONCE = 16
"""Number of films whose vectors are compared with all others in one product; larger numbers are not faster."""

_FILMS_PER_TASK = 256

Scored = tuple[Positions, NDArray[np.float64]]


def find_neighbours(directory: Path, dimension: int) -> NeighbourArrays:
    """Rank all films for each film, as the service does for similar films.

    `directory` has a set of files like models/, with vectors of this dimension. The ranking is exact, with any engine.
    """
    with _open_scorer(directory, dimension) as scorer:
        films = len(scorer)
        found = NeighbourArrays.empty(films, NEIGHBOURS)
        tasks = [range(start, min(start + _FILMS_PER_TASK, films)) for start in range(0, films, _FILMS_PER_TASK)]
        if films <= _FEW_FILMS:
            results: Iterator[list[Scored]] = (_films_like(scorer, task) for task in tasks)
        else:
            results = _in_processes(directory, tasks, dimension)
        ranked = with_progress(itertools.chain.from_iterable(results), total=films, label="Comparing", unit="films")
        for film, (positions, scores) in enumerate(ranked):
            found.put(film, positions, scores)
    return found


def _films_like(scorer: RawScorer, films: range) -> list[Scored]:
    similar = []
    for start in range(0, len(films), _FILMS_AT_ONCE):
        together = films[start : start + _FILMS_AT_ONCE]
        queries = [RankingQuery((scorer.target(film),)) for film in together]
        ranked = scorer.best_of_each(queries, [NEIGHBOURS + 1] * len(queries), [None] * len(queries))
        for film, (positions, raw_scores) in zip(together, ranked, strict=True):
            is_other = positions != film
            similar.append((positions[is_other], score(raw_scores[is_other])))
    return similar


@contextmanager
def _open_scorer(directory: Path, dimension: int) -> Iterator[RawScorer]:
    serving = directory / SERVING_DIRECTORY
    with ExitStack() as opened:
        movies = MovieMap.open(serving)
        opened.callback(movies.close)
        index = ExactIndex(
            VectorsInMemory(open_vectors(directory / INDEX_FILE, dimension)), QuantizedVectors.open(serving)
        )
        opened.callback(index.close)
        has_words = (serving / "lexical_offsets.npy").exists()
        yield RawScorer(index, movies, LexicalIndex.open(serving) if has_words else None)


_opened = ExitStack()
_own_scorer: RawScorer | None = None
"""The scorer of a worker process. Processes, because threads would wait for the GIL in much of the work."""


def _in_processes(directory: Path, tasks: Sequence[range], dimension: int) -> Iterator[list[Scored]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(available_cpus(), context, _open_own_scorer, (directory, dimension)) as processes:
        yield from processes.map(_films_like_own, tasks)


def _open_own_scorer(directory: Path, dimension: int) -> None:
    global _own_scorer
    reuse_freed_memory()
    _own_scorer = _opened.enter_context(_open_scorer(directory, dimension))


def _films_like_own(films: range) -> list[Scored]:
    assert _own_scorer is not None  # noqa: S101
    return _films_like(_own_scorer, films)
