"""The films most similar to each film, computed by the build."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.cpu import available_cpus
from app.core.memory import reuse_freed_memory
from app.indexing.progress import with_progress
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.files.model_files import INDEX_FILE, SERVING_DIRECTORY
from app.services.local.lexical_index import LexicalIndex
from app.services.local.movie_map import MovieMap
from app.services.local.neighbours import NeighbourArrays
from app.services.local.raw_scorer import RawScorer
from app.services.ranking.ranking_query import RankingQuery
from app.services.ranking.scores import score
from app.services.vectors import Positions

NEIGHBOURS = 64
"""Neighbours stored of each film: as many as an answer may have, and some more that a filter may exclude."""

MAX_FILMS = 60_000
"""A larger catalogue gets none, and the service searches instead: the work grows with the square of the films."""

_FEW_FILMS = 5_000
"""Up to here one process finishes before others would have started."""

_PORTION = 256

Scored = tuple[Positions, NDArray[np.float64]]


def find_neighbours(directory: Path, dimension: int) -> NeighbourArrays:
    """Rank all films for each film, as the service does for similar films.

    `directory` holds a set of files as models/ does, with vectors of this dimension. The ranking is the exact one,
    whichever engine serves.
    """
    with _open_scorer(directory, dimension) as scorer:
        films = len(scorer)
        found = NeighbourArrays.empty(films, NEIGHBOURS)
        few = films <= _FEW_FILMS
        rankings = (
            (_films_like(scorer, film) for film in range(films)) if few else _in_processes(directory, films, dimension)
        )
        ranked = with_progress(rankings, total=films, label="Comparing", unit="films")
        for film, (positions, scores) in enumerate(ranked):
            found.put(film, positions, scores)
    return found


def _films_like(scorer: RawScorer, film: int) -> Scored:
    positions, raw_scores = scorer.best(RankingQuery((scorer.target(film),)), NEIGHBOURS + 1)
    is_other = positions != film
    return positions[is_other], score(raw_scores[is_other])


@contextmanager
def _open_scorer(directory: Path, dimension: int) -> Iterator[RawScorer]:
    serving = directory / SERVING_DIRECTORY
    with ExitStack() as opened:
        movies = MovieMap.open(serving)
        opened.callback(movies.close)
        index = ExactIndex(StoredVectors(directory / INDEX_FILE, dimension), QuantizedVectors.open(serving))
        opened.callback(index.close)
        has_words = (serving / "lexical_offsets.npy").exists()
        yield RawScorer(index, movies, LexicalIndex.open(serving) if has_words else None)


_opened = ExitStack()
_own_scorer: RawScorer | None = None
"""The scorer of a worker process. Processes, because threads would wait for the GIL in much of the work."""


def _in_processes(directory: Path, films: int, dimension: int) -> Iterator[Scored]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(available_cpus(), context, _open_own_scorer, (directory, dimension)) as processes:
        yield from processes.map(_films_like_own, range(films), chunksize=_PORTION)


def _open_own_scorer(directory: Path, dimension: int) -> None:
    global _own_scorer
    reuse_freed_memory()
    _own_scorer = _opened.enter_context(_open_scorer(directory, dimension))


def _films_like_own(film: int) -> Scored:
    assert _own_scorer is not None  # noqa: S101
    return _films_like(_own_scorer, film)
