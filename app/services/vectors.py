"""Film vectors: the interface that reads them, vectors in memory, and normalization."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Vector = NDArray[np.float32]


class Vectors(Protocol):
    """The vectors [N, dimension] of N films, not normalized."""

    def __len__(self) -> int:
        """Return the number of films, N."""

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""

    def rows(self, positions: Positions) -> NDArray[np.float32]:
        """Return the vectors at `positions` as [len(positions), dimension]."""

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors from `start` to before `stop`."""

    def close(self) -> None:
        """Release what the vectors are read from. Idempotent."""


class VectorsInMemory:
    """Vectors [N, dimension] in an array, as a build has them."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self._vectors.shape[1])

    def rows(self, positions: Positions) -> NDArray[np.float32]:
        """Return the vectors at `positions`; see Vectors."""
        return self._vectors[positions]

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors from `start` to before `stop`; see Vectors."""
        return self._vectors[start:stop]

    def close(self) -> None:
        """Do nothing: the caller owns the array."""


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows of [n, dimension] scaled to length 1; a row that is zero or not finite becomes zero."""
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32))[:, None]
        usable = np.isfinite(lengths) & (lengths > 0)
        scaled: NDArray[np.float32] = np.where(usable, vectors / lengths, np.float32(0))
    return scaled


def products(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the products [n, m] of the rows of [n, dimension] with those of [m, dimension].

    Summed in FP64 and rounded to FP32, so that they do not depend on the order in which a CPU adds.
    """
    return (left.astype(np.float64) @ right.astype(np.float64).T).astype(np.float32)
