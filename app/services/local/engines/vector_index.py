"""Film vectors -> nearest films: an exact INT8 scan and Annoy, both behind `VectorIndex`.

Each engine takes the final cosines from the vectors in movies.ann (annoy_file.py), where they stand once.
"""

from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.engines.annoy_file import check_trees
from app.services.local.engines.int8_scan import Int8Scan, QuantizedVectors
from app.services.local.files.model_files import BUILD_COMMAND
from app.services.vectors import DIMENSION, Positions, Vector, Vectors, unit

DEFAULT_SEARCH_K = 20_000
"""Films that Annoy looks at where nothing was measured: recall@10 of about 0.92 among 30,000 films and 50 trees."""

_REMEDY = f"make it again with: {BUILD_COMMAND}"

_RESCORE_LIMIT = 1024
_RESCORE_CHUNK = 4096

# Where Annoy cannot add a prior to its cosines, this many films of each are put together.
_LEAST_OF_EACH = 100

Cosines = NDArray[np.float32]
Score = TypeVar("Score", np.float32, np.float64)
Mask = NDArray[np.bool_]


class VectorIndex(Protocol):
    """Finds the films whose vectors have the highest cosine similarity with a query vector."""

    def __len__(self) -> int:
        """Return the number of films, N."""

    def search(self, query: Vector, count: int, allowed: Mask | None = None) -> tuple[Positions, Cosines]:
        """Return up to `count` films by cosine, best first, ties by position.

        `query` is a unit vector [384]; where a mask `allowed` [N] is given, only the films it allows are considered.
        """

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films that may be among the `count` highest by cosine + `prior` [N], in no order; often more of them.

        They still have to be compared by `cosines`: the choice is made with rounded vectors, or by Annoy.
        """

    def cosines(self, query: Vector, positions: Positions) -> Cosines:
        """Return the cosine of a unit vector [384] with each film at `positions`, in FP32."""

    def unit_vectors(self, positions: Positions) -> NDArray[np.float32]:
        """Return the films' vectors [len(positions), 384], each of length 1 (0 where the file has no direction)."""

    def close(self) -> None:
        """Release what the index holds; it finds nothing afterwards."""


class ExactIndex:
    """Compares the query with every film in 8 bits, then those that may be the best with the stored vectors."""

    def __init__(self, vectors: Vectors, quantized: QuantizedVectors | None = None) -> None:
        """Take over `vectors`, which `close` closes; where `quantized` is left out, it is computed here."""
        quantized = QuantizedVectors.quantize(vectors) if quantized is None else quantized
        if len(quantized) != len(vectors):
            raise ModelFileError(f"movies.ann has {len(vectors)} films and scan_values.npy {len(quantized)}; {_REMEDY}")
        self._vectors = vectors
        self._scan = Int8Scan(quantized)

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, query: Vector, count: int, allowed: Mask | None = None) -> tuple[Positions, Cosines]:
        """Return up to `count` films by cosine; see VectorIndex."""
        nearby = self.candidates(query, count, None, allowed)
        return best_first(nearby, self.cosines(query, nearby), count)

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films to compare; see VectorIndex."""
        totals, rounding = self._scan.cosines(query)
        if prior is not None:
            totals += prior
        if allowed is not None:
            np.copyto(totals, np.float32(-np.inf), where=~allowed)
        return highest(totals, count, margin=rounding, limit=max(_RESCORE_LIMIT, 2 * count))

    def cosines(self, query: Vector, positions: Positions) -> Cosines:
        """Return FP32 cosines of films; see VectorIndex."""
        return stored_cosines(self._vectors, query, positions)

    def unit_vectors(self, positions: Positions) -> NDArray[np.float32]:
        """Return vectors of length 1; see VectorIndex."""
        return unit(self._vectors.rows(positions))

    def close(self) -> None:
        """Release the scan and the vectors."""
        self._scan.close()
        self._vectors.close()


class AnnoyIndex:
    """Searches Annoy's trees, then compares what they give with the stored vectors.

    Exact where a filter leaves few films, or fewer than the trees find: those are then compared one and all.
    """

    def __init__(self, path: Path, vectors: Vectors, search_k: int = DEFAULT_SEARCH_K) -> None:
        """Load the trees of movies.ann; `vectors`, of the same file, are taken over: `close` closes them.

        `search_k` is the number of films that a search looks at (the build measures how many it takes). Raises
        ModelFileError where the file's trees lead out of it.
        """
        check_trees(path)
        from annoy import AnnoyIndex as Trees  # only where this engine is chosen

        self._vectors = vectors
        self._search_k = search_k
        trees = Trees(DIMENSION, "angular")
        try:
            trees.load(str(path))
        except OSError as error:
            raise ModelFileError(f"{path} cannot be read ({error}); {_REMEDY}") from error
        self._trees: Trees | None = trees

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, query: Vector, count: int, allowed: Mask | None = None) -> tuple[Positions, Cosines]:
        """Return up to `count` films by cosine; see VectorIndex."""
        nearby = self.candidates(query, count, None, allowed)
        return best_first(nearby, self.cosines(query, nearby), count)

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films to compare, those nearest and those of the highest prior; see VectorIndex."""
        if prior is not None:
            count = max(count, _LEAST_OF_EACH)
        nearby = self._nearby(query, count, self._search_k) if allowed is None else self._allowed(query, count, allowed)
        if prior is None:
            return nearby
        promising = highest(prior if allowed is None else np.where(allowed, prior, -np.inf), count, limit=2 * count)
        return np.union1d(nearby, promising)

    def cosines(self, query: Vector, positions: Positions) -> Cosines:
        """Return FP32 cosines of films; see VectorIndex."""
        return stored_cosines(self._vectors, query, positions)

    def unit_vectors(self, positions: Positions) -> NDArray[np.float32]:
        """Return vectors of length 1; see VectorIndex."""
        return unit(self._vectors.rows(positions))

    def close(self) -> None:
        """Release the trees and the vectors."""
        self._trees = None
        self._vectors.close()

    def _allowed(self, query: Vector, count: int, allowed: Mask) -> Positions:
        """Look at more nodes the fewer films are allowed, and at each allowed film where that is less."""
        passing = np.flatnonzero(allowed)
        if len(passing) > max(self._search_k, 4 * count):
            share = len(passing) / len(self)
            nearby = self._nearby(query, int(2 * count / share), int(self._search_k / share))
            nearby = nearby[allowed[nearby]]
            if len(nearby) >= count:
                return nearby
        return passing

    def _nearby(self, query: Vector, count: int, search_k: int) -> Positions:
        trees = self._trees
        if trees is None:
            raise ServiceClosedError("The vector index is closed.")
        found = trees.get_nns_by_vector(query.tolist(), min(count, len(self)), max(search_k, count))
        return np.array(found, np.int64)


def highest(scores: NDArray[np.float32], count: int, *, margin: float = 0.0, limit: int | None = None) -> Positions:
    """Return the positions of the `count` highest scores [N], ascending, and of all within `margin` below them.

    At most `limit` come back, the highest. -inf stands for "not allowed" and never comes back. One pass over the
    scores: they are laid out as columns, and a film can be among the first `count` only where its column's maximum
    reaches the count-th highest maximum.
    """
    if count < 1 or not len(scores):
        return np.empty(0, np.int64)
    rows = 64
    columns = len(scores) // rows
    candidates: Positions
    if columns < 4 * count:
        candidates = np.flatnonzero(scores > -np.inf)
    else:
        maxima = scores[: rows * columns].reshape(rows, columns).max(axis=0)
        threshold = np.partition(maxima, columns - count)[columns - count] - np.float32(margin)
        picked = np.flatnonzero((maxima >= threshold) & (maxima > -np.inf))
        inside = (np.arange(rows)[:, None] * columns + picked).ravel()
        candidates = np.concatenate([inside, np.arange(rows * columns, len(scores))])
        candidates = candidates[(scores[candidates] >= threshold) & (scores[candidates] > -np.inf)]
    if len(candidates) > count:
        values = scores[candidates]
        last = np.partition(values, len(values) - count)[len(values) - count]
        candidates = candidates[values >= last - np.float32(margin)]
    if limit is not None and len(candidates) > limit:
        candidates = candidates[np.lexsort((candidates, -scores[candidates]))[:limit]]
    return np.sort(candidates)


def best_first(positions: Positions, scores: NDArray[Score], count: int) -> tuple[Positions, NDArray[Score]]:
    """Return the `count` highest of `scores` and their positions, best first, ties by position."""
    order = np.lexsort((positions, -scores))[:count]
    return positions[order], scores[order]


def stored_cosines(vectors: Vectors, query: Vector, positions: Positions) -> Cosines:
    """Return the cosines of a unit vector [384] with the vectors at `positions`; 0 where one has no direction.

    Summed in FP64 and rounded to FP32, so that they do not depend on the order in which a CPU's BLAS adds.
    """
    cosines = np.empty(len(positions), np.float32)
    wanted = query.astype(np.float64)
    for start in range(0, len(positions), _RESCORE_CHUNK):
        rows = vectors.rows(positions[start : start + _RESCORE_CHUNK]).astype(np.float64)
        with np.errstate(all="ignore"):
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            found = (rows @ wanted) / lengths
        cosines[start : start + len(rows)] = np.where(np.isfinite(found), found, 0.0)
    return cosines
