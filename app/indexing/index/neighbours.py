"""Works out the films most like each film."""

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
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.engines.vector_index import ExactIndex
from app.services.local.files.model_files import INDEX_FILE, SERVING_DIRECTORY
from app.services.local.lexical_index import LexicalIndex
from app.services.local.movie_map import MovieMap
from app.services.local.neighbours import NeighbourArrays
from app.services.ranking.ranker import Choice, Ranker
from app.services.vectors import Positions

NEIGHBOURS = 64
"""Films kept of each: as many as an answer may have, and some that a filter may leave out."""

MOST_FILMS = 60_000
"""Past this a build leaves them out, and the service searches instead: the work grows with the square of the films."""

_FEW_FILMS = 5_000
"""Up to here one process is done before others would have started."""

_PORTION = 256

Ranked = tuple[Positions, NDArray[np.float64]]


def find_neighbours(directory: Path) -> NeighbourArrays:
    """Rank all films for each film, as the service does when asked for films like it.

    `directory` holds a set of files as models/ does. The ranking is the exact one, whichever engine is to serve.
    """
    with _open_ranker(directory) as ranker:
        films = len(ranker)
        found = NeighbourArrays.empty(films, NEIGHBOURS)
        few = films <= _FEW_FILMS
        rankings = (_films_like(ranker, film) for film in range(films)) if few else _in_processes(directory, films)
        ranked = with_progress(rankings, total=films, label="Comparing", unit="films")
        for film, (positions, scores) in enumerate(ranked):
            found.put(film, positions, scores)
    return found


def _films_like(ranker: Ranker, film: int) -> Ranked:
    positions, scores = ranker.rank(ranker.wanted_like(film), Choice(NEIGHBOURS + 1))
    is_other = positions != film
    return positions[is_other], scores[is_other]


@contextmanager
def _open_ranker(directory: Path) -> Iterator[Ranker]:
    serving = directory / SERVING_DIRECTORY
    with ExitStack() as opened:
        movies = MovieMap.open(serving)
        opened.callback(movies.close)
        index = ExactIndex(StoredVectors(directory / INDEX_FILE), QuantizedVectors.open(serving))
        opened.callback(index.close)
        has_words = (serving / "lexical_offsets.npy").exists()
        yield Ranker(index, movies, LexicalIndex.open(serving) if has_words else None)


_opened = ExitStack()
_own_ranker: Ranker | None = None
"""Of a process that compares films: threads would wait for each other, since much of the work is Python's."""


def _in_processes(directory: Path, films: int) -> Iterator[Ranked]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(available_cpus(), context, _open_own_ranker, (directory,)) as processes:
        yield from processes.map(_films_like_own, range(films), chunksize=_PORTION)


def _open_own_ranker(directory: Path) -> None:
    global _own_ranker
    reuse_freed_memory()
    _own_ranker = _opened.enter_context(_open_ranker(directory))


def _films_like_own(film: int) -> Ranked:
    assert _own_ranker is not None  # noqa: S101
    return _films_like(_own_ranker, film)
