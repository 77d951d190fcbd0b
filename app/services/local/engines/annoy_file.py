"""The file movies.ann: reading of its film vectors, and a check of its trees.

The vectors are stored only in movies.ann. All nodes of Annoy have one size and the films are its first nodes, so that a
film's vector can be read from a known position.
"""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.files.array_files import FileReader, forget_pages

_REMEDY = f"make it again with: {BUILD_COMMAND}"

# Annoy's node for "angular" (annoylib.h): int32 n_descendants, int32 children[2], float v[dimension]. In a leaf, the
# children run over into the vector's place. The films come first; the file ends with copies of the trees' roots, which
# have all films as descendants.
_HEAD_WORDS = 3
_WORD_BYTES = 4


class StoredVectors:
    """The film vectors [N, dimension] of a movies.ann, read from the file row by row.

    The file is read and not mapped, because a query compares few rows: each is copied from the system's cache, while a
    mapped row would add 64 KB to this process's memory.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        """Open and check the file; raises what `open_vectors` raises."""
        self._count = len(open_vectors(path, dimension))
        self._file = FileReader(path)
        self._node_words = _HEAD_WORDS + dimension
        self._node_bytes = _WORD_BYTES * self._node_words

    def __len__(self) -> int:
        return self._count

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._node_words - _HEAD_WORDS

    def rows(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors at `positions` as [len(positions), dimension]; ModelFileError if the file was cut."""
        size = self._node_bytes
        return self._vectors_of(b"".join(self._file.read(position * size, size) for position in positions.tolist()))

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors from `start` to before `stop`; as `rows`."""
        return self._vectors_of(self._file.read(start * self._node_bytes, (stop - start) * self._node_bytes))

    def _vectors_of(self, nodes: bytes) -> NDArray[np.float32]:
        return np.frombuffer(nodes, np.float32).reshape(-1, self._node_words)[:, _HEAD_WORDS:]

    def close(self) -> None:
        """Close the file; idempotent."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_vectors(path: Path, dimension: int) -> NDArray[np.float32]:
    """Map the film vectors of a movies.ann: a read-only view [N, dimension] of the file, in the order of the films.

    Raises ModelFileError if the file is missing or truncated, or is not an "angular" Annoy index of this dimension.
    """
    nodes = _open_nodes(path, dimension)
    count = int(nodes[-1, 0])
    if not 0 < count < len(nodes):
        raise ModelFileError(f"{path} is not an Annoy index of {dimension} dimensions; {_REMEDY}")
    sample = nodes[np.unique(np.linspace(0, count - 1, 64).astype(np.int64))]
    lengths = np.linalg.norm(sample[:, _HEAD_WORDS:].view(np.float32).astype(np.float64), axis=1)
    if not ((sample[:, 0] == 1).all() and np.isfinite(lengths).all() and (lengths < 1e6).all() and lengths.any()):
        raise ModelFileError(f"{path} is damaged, or an Annoy index of other dimensions than {dimension}; {_REMEDY}")
    roots = count + np.flatnonzero(nodes[count:, 0] == count)
    copies = roots[len(roots) // 2 :]
    forget_pages(nodes)
    if len(roots) % 2 or copies.tolist() != list(range(len(nodes) - len(copies), len(nodes))):
        raise ModelFileError(f"{path} is truncated; {_REMEDY}")
    return nodes[:count, _HEAD_WORDS:].view(np.float32)


def check_trees(path: Path, dimension: int) -> None:
    """Check that Annoy can follow every node: it checks none itself, and a wrong node would kill the process.

    A leaf holds films. The two children of a split come before it in the file, so that every path ends. Raises
    ModelFileError.
    """
    nodes = _open_nodes(path, dimension)
    capacity = 2 + dimension
    count = int(nodes[-1, 0])
    trees = nodes[count:]
    descendants = trees[:, 0]
    leaves = trees[descendants <= capacity]
    splits = trees[descendants > capacity]
    own = count + np.flatnonzero(descendants > capacity)
    used = np.arange(capacity) < leaves[:, :1]
    films = leaves[:, 1:]
    sound = (
        bool((descendants >= 1).all())
        and bool((((films >= 0) & (films < count)) | ~used).all())
        and bool(((splits[:, 1:3] >= 0) & (splits[:, 1:3] < own[:, None])).all())
        and bool(np.isfinite(splits[:, _HEAD_WORDS:].view(np.float32)).all())
        and bool((nodes[:count, 0] == 1).all())
    )
    forget_pages(nodes)
    if not sound:
        raise ModelFileError(f"{path} is damaged: its trees lead out of the file; {_REMEDY}")


def _open_nodes(path: Path, dimension: int) -> NDArray[np.int32]:
    """Map a file as nodes [nodes, 3 + dimension] of 32-bit words."""
    words = _HEAD_WORDS + dimension
    try:
        size = path.stat().st_size
        if size == 0 or size % (_WORD_BYTES * words):
            raise ModelFileError(f"{path} is truncated or not an Annoy index of {dimension} dimensions; {_REMEDY}")
        return np.memmap(path, np.int32, mode="r").reshape(-1, words)
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing; {_REMEDY}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror}); {_REMEDY}") from error
