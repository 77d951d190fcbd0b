"""The exact engine, which compares every film in 8 bits, and again in full those that may be the best."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.engines.highest import Mask, highest
from app.services.local.engines.int8_scan import Int8Scan, QuantizedVectors
from app.services.local.engines.vector_index import Search, VectorIndex
from app.services.vectors import Positions, Vector, Vectors

_MIN_RESCORE_LIMIT = 1024

_SCANNED_PER_COMPARED = 256
"""Minimum number of films that are scanned in the time of one comparison with a stored vector."""


class ExactIndex(VectorIndex):
    """Compares the query with every film in 8 bits, then those that may be the best with the stored vectors."""

    def __init__(self, vectors: Vectors, quantized: QuantizedVectors | None = None) -> None:
        """`close` closes `vectors`. `quantized` is computed from them if it is not given."""
        super().__init__(vectors)
        quantized = QuantizedVectors.quantize(vectors) if quantized is None else quantized
        if len(quantized) != len(vectors):
            raise ModelFileError(
                f"movies.ann has {len(vectors)} films and scan_values.npy {len(quantized)}; "
                f"make it again with: {BUILD_COMMAND}"
            )
        if quantized.dimension != vectors.dimension:
            raise ModelFileError(
                f"movies.ann has vectors of {vectors.dimension} dimensions and scan_values.npy of "
                f"{quantized.dimension}; make it again with: {BUILD_COMMAND}"
            )
        self._scan = Int8Scan(quantized)

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films to compare; see VectorIndex."""
        (found,) = self.candidates_of_each([Search(query, count, prior, allowed)])
        return found

    def candidates_of_each(self, searches: Sequence[Search]) -> list[Positions]:
        """Return films to compare for each search, reading all films once at most; see VectorIndex."""
        few = [_few_allowed(search) for search in searches]
        scanned = [search for search, films in zip(searches, few, strict=True) if films is None]
        chosen = iter(self._scanned(scanned) if scanned else ())
        return [next(chosen) if films is None else films for films in few]

    def _scanned(self, searches: Sequence[Search]) -> list[Positions]:
        cosines, rounding = self._scan.cosines(np.stack([search.query for search in searches]))
        return list(map(_chosen, searches, cosines, rounding.tolist()))

    def close(self) -> None:
        """Release the scan and the vectors."""
        self._scan.close()
        super().close()


def _few_allowed(search: Search) -> Positions | None:
    """Return the films that a search allows if they are so few that comparing each is quicker than the scan."""
    allowed = search.allowed
    if allowed is None or np.count_nonzero(allowed) * _SCANNED_PER_COMPARED > len(allowed):
        return None
    return np.flatnonzero(allowed)


def _chosen(search: Search, totals: NDArray[np.float32], rounding: float) -> Positions:
    """Return the films that may be the best of a search; `totals` [N], their rounded cosines, are overwritten."""
    if search.prior is not None:
        totals += search.prior
    if search.allowed is not None:
        np.copyto(totals, np.float32(-np.inf), where=~search.allowed)
    return highest(totals, search.count, margin=rounding, limit=max(_MIN_RESCORE_LIMIT, 2 * search.count))
