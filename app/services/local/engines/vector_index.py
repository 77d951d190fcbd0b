"""The base class of the search engines of the embedded catalogue, which find the films nearest to a vector.

Every engine computes the final cosines with the vectors in movies.ann (annoy_file.py).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.local.engines.highest import Mask, best_first
from app.services.vectors import Positions, Vector, Vectors, unit

_RESCORE_CHUNK = 4096

Cosines = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Search:
    """Arguments of `VectorIndex.candidates`."""

    query: Vector
    count: int
    prior: NDArray[np.float32] | None = None
    allowed: Mask | None = None


class VectorIndex(ABC):
    """Finds the films whose vectors have the highest cosine similarity with a query vector."""

    def __init__(self, vectors: Vectors) -> None:
        """`close` closes `vectors`."""
        self._vectors = vectors

    def __len__(self) -> int:
        """Return the number of films, N."""
        return len(self._vectors)

    @abstractmethod
    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films that may be among the `count` highest by cosine + `prior` [N], unordered, often more than that.

        `query` is a unit vector [dimension]. If a mask `allowed` [N] is given, only films that it allows are returned.
        The films must still be compared by `cosines`, because they are chosen with rounded vectors, or by Annoy.
        """

    def candidates_of_each(self, searches: Sequence[Search]) -> list[Positions]:
        """Return `candidates` for each of several searches."""
        return [self.candidates(each.query, each.count, each.prior, each.allowed) for each in searches]

    def search(self, query: Vector, count: int, allowed: Mask | None = None) -> tuple[Positions, Cosines]:
        """Return up to `count` films by cosine, best first, ties by position; arguments as for `candidates`."""
        nearby = self.candidates(query, count, None, allowed)
        return best_first(nearby, self.cosines(query, nearby), count)

    def cosines(self, query: Vector, positions: Positions) -> Cosines:
        """Return the cosine of a unit vector [dimension] with each film at `positions`; 0 if one has no direction.

        Summed in FP64 and rounded to FP32, so that it does not depend on the order in which a CPU's BLAS adds.
        """
        cosines = np.empty(len(positions), np.float32)
        wide_query = query.astype(np.float64)
        for start in range(0, len(positions), _RESCORE_CHUNK):
            rows = self._vectors.rows(positions[start : start + _RESCORE_CHUNK]).astype(np.float64)
            with np.errstate(all="ignore"):
                lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
                found = (rows @ wide_query) / lengths
            cosines[start : start + len(rows)] = np.where(np.isfinite(found), found, 0.0)
        return cosines

    def unit_vectors(self, positions: Positions) -> NDArray[np.float32]:
        """Return the films' vectors [len(positions), dimension] scaled to length 1 (0 if one has no direction)."""
        return unit(self._vectors.rows(positions))

    def close(self) -> None:
        """Release what the index holds; it finds nothing afterwards. Idempotent."""
        self._vectors.close()
