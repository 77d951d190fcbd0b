"""The exact engine: every film compared in 8 bits, the films that may be the best compared again in full."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.engines.highest import Mask, highest
from app.services.local.engines.int8_scan import Int8Scan, QuantizedVectors
from app.services.local.engines.vector_index import VectorIndex
from app.services.vectors import Positions, Vector, Vectors

_MIN_RESCORE_LIMIT = 1024


class ExactIndex(VectorIndex):
    """Compares the query with every film in 8 bits, then those that may be the best with the stored vectors."""

    def __init__(self, vectors: Vectors, quantized: QuantizedVectors | None = None) -> None:
        """Take over `vectors`, which `close` closes; `quantized` is computed from them if it is not given."""
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
        cosines, rounding = self._scan.cosines(query[np.newaxis])
        totals: NDArray[np.float32] = cosines[0]
        if prior is not None:
            totals += prior
        if allowed is not None:
            np.copyto(totals, np.float32(-np.inf), where=~allowed)
        return _highest(totals, count, float(rounding[0]))

    def candidates_of_each(
        self, queries: NDArray[np.float32], count: int, priors: Sequence[NDArray[np.float32] | None]
    ) -> list[Positions]:
        """Return films to compare for each query, reading the films once for all; see VectorIndex."""
        cosines, rounding = self._scan.cosines(queries)
        for totals, prior in zip(cosines, priors, strict=True):
            if prior is not None:
                totals += prior
        return [_highest(totals, count, margin) for totals, margin in zip(cosines, rounding.tolist(), strict=True)]

    def close(self) -> None:
        """Release the scan and the vectors."""
        self._scan.close()
        super().close()


def _highest(totals: NDArray[np.float32], count: int, margin: float) -> Positions:
    return highest(totals, count, margin=margin, limit=max(_MIN_RESCORE_LIMIT, 2 * count))
