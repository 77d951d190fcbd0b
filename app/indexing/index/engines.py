"""Measurement of the search engines on one index: time and recall@10 of each, against brute force in FP64."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.annoy_index import AnnoyIndex
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.vector_index import VectorIndex
from app.services.vectors import Vectors

RECALL_DEPTH = 10
MIN_RECALL = 0.99
"""Recall@10 that an engine must reach to be chosen by SEARCH_ENGINE=auto."""

SEARCH_K_STEPS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
SAMPLE_QUERIES = 100
_CHUNK = 8192
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """Figures of an engine at one setting: recall@10 against brute force, median time of a search on one thread."""

    engine: str
    search_k: int | None
    recall_at_10: float
    milliseconds: float


def sample_sentences(overviews: Iterable[str], count: int = SAMPLE_QUERIES) -> list[str]:
    """Return up to `count` single sentences of overviews, evenly spread, as queries that are not in the index."""
    sentences = [found for text in overviews if (found := _second_sentence(text))]
    if len(sentences) <= count:
        return sentences
    return [sentences[place] for place in np.linspace(0, len(sentences) - 1, count).astype(int)]


def measure_engines(
    index_path: Path, queries: NDArray[np.float32], steps: Sequence[int] = SEARCH_K_STEPS
) -> list[EngineFigures]:
    """Measure the exact scan, and Annoy with increasing search_k until its recall@10 is 0.99 or it reads all films.

    `queries` are unit vectors [n, dimension]. Raises ModelFileError if the file is not an index.
    """
    with StoredVectors(index_path, queries.shape[1]) as vectors:
        truth = _tenth_cosines(vectors, queries)
        figures = [_measure(ExactIndex(vectors), "exact", None, queries, truth)]
        for search_k in steps:
            trees = AnnoyIndex(index_path, vectors, search_k)
            figures.append(_measure(trees, "annoy", search_k, queries, truth))
            if figures[-1].recall_at_10 >= MIN_RECALL or search_k >= 50 * len(vectors):
                break
    return figures


def choose_engine(figures: Sequence[EngineFigures]) -> EngineFigures:
    """Return the fastest engine with a recall@10 of at least 0.99; the exact scan always has it."""
    good = [engine for engine in figures if engine.engine == "exact" or engine.recall_at_10 >= MIN_RECALL]
    return min(good, key=lambda engine: engine.milliseconds)


def measured_search(figures: Sequence[EngineFigures]) -> dict[str, Any]:
    """Return the entries of the manifest: the engine that auto chooses, Annoy's search_k, and the figures."""
    annoy = [engine for engine in figures if engine.engine == "annoy"]
    enough = [engine for engine in annoy if engine.recall_at_10 >= MIN_RECALL] or annoy
    return {
        "engine": choose_engine(figures).engine,
        "search_k": enough[-1].search_k if enough else None,
        "engines": [asdict(engine) for engine in figures],
    }


def _second_sentence(text: str) -> str | None:
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if len(part.split()) >= 6]
    return sentences[1] if len(sentences) > 1 else None


def _tenth_cosines(vectors: Vectors, queries: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the tenth highest cosine [n] of each query over all films, in FP64."""
    best = np.empty((len(queries), 0))
    wide = queries.astype(np.float64)
    for start in range(0, len(vectors), _CHUNK):
        rows = vectors.chunk(start, min(start + _CHUNK, len(vectors))).astype(np.float64)
        lengths = np.linalg.norm(rows, axis=1)
        cosines = wide @ (rows / np.where(lengths > 0, lengths, 1)[:, None]).T
        both = np.concatenate([best, cosines], axis=1)
        depth = min(RECALL_DEPTH, both.shape[1])
        best = -np.partition(-both, depth - 1, axis=1)[:, :depth]
    return np.asarray(best.min(axis=1))


def _measure(
    index: VectorIndex,
    engine: str,
    search_k: int | None,
    queries: NDArray[np.float32],
    tenth_cosines: NDArray[np.float64],
) -> EngineFigures:
    index.search(queries[0], RECALL_DEPTH)
    seconds, found = [], 0
    for query, tenth in zip(queries, tenth_cosines, strict=True):
        started = time.perf_counter()
        _, cosines = index.search(query, RECALL_DEPTH)
        seconds.append(time.perf_counter() - started)
        found += int(np.count_nonzero(cosines >= tenth - _EQUAL))
    wanted = len(queries) * min(RECALL_DEPTH, len(index))
    return EngineFigures(
        engine, search_k, round(min(found / wanted, 1.0), 4), round(1000 * float(np.median(seconds)), 4)
    )
