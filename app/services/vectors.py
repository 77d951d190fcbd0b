"""Film vectors, wherever they are read from."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Vector = NDArray[np.float32]


class Vectors(Protocol):
    """The films' vectors, N of any length; StoredVectors reads them from movies.ann."""

    def __len__(self) -> int:
        """Return the number of films, N."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    def rows(self, positions: Positions) -> NDArray[np.float32]:
        """Return the vectors at `positions` as [len(positions), dimension]."""

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors from `start` to before `stop`."""

    def close(self) -> None:
        """Release what the vectors are read from."""


class VectorsInMemory:
    """Vectors [N, dimension] that are in memory already, as a build has them."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._vectors.shape[1])

    def rows(self, positions: Positions) -> NDArray[np.float32]:
        """Return the vectors at `positions`; see Vectors."""
        return self._vectors[positions]

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return a part; see Vectors."""
        return self._vectors[start:stop]

    def close(self) -> None:
        """Do nothing: the array belongs to whoever made it."""


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows scaled to length 1; a row that is zero, infinite or not a number becomes 0."""
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32))[:, None]
        usable = np.isfinite(lengths) & (lengths > 0)
        scaled: NDArray[np.float32] = np.where(usable, vectors / lengths, np.float32(0))
    return scaled
