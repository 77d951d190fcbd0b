"""movies.ann as a file: the film vectors that stand in it, and whether its trees can be followed.

The vectors stand once, in movies.ann: Annoy's nodes have one size and the films are its first nodes, so that a film's
vector is read from a known place.
"""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.errors import ModelFileError
from app.services.local.files.array_files import FileReader, forget_pages
from app.services.local.files.model_files import BUILD_COMMAND
from app.services.vectors import DIMENSION

_REMEDY = f"make it again with: {BUILD_COMMAND}"

# Annoy's node for "angular" (annoylib.h): int32 n_descendants, int32 children[2], float v[384]. The children run over
# into the vector's place where a node is a leaf; the films come first; the file ends with copies of the trees' roots,
# which have all films as descendants.
_HEAD_WORDS = 3
_NODE_WORDS = _HEAD_WORDS + DIMENSION
_NODE_BYTES = 4 * _NODE_WORDS
_LEAF_CAPACITY = 2 + DIMENSION


class StoredVectors:
    """The film vectors [N, 384] of a movies.ann, read from the file row by row.

    Reading beats mapping here: the few rows that a query compares are copied out of the system's cache, where a mapped
    row would bring 64 KB of its neighbours into this process's memory.
    """

    def __init__(self, path: Path) -> None:
        """Open and check the file; raises what `open_vectors` does."""
        self._count = len(open_vectors(path))
        self._file = FileReader(path)

    def __len__(self) -> int:
        return self._count

    def rows(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors at `positions` as [len(positions), 384]; raises ModelFileError where the file was cut."""
        nodes = [self._file.read(position * _NODE_BYTES, _NODE_BYTES) for position in positions.tolist()]
        return _vectors_of(b"".join(nodes))

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors from `start` to before `stop`; as `rows`."""
        return _vectors_of(self._file.read(start * _NODE_BYTES, (stop - start) * _NODE_BYTES))

    def close(self) -> None:
        """Close the file; harmless when called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_vectors(path: Path) -> NDArray[np.float32]:
    """Map the film vectors of a movies.ann: a read-only view [N, 384] of the file, its rows as they were added.

    Raises ModelFileError where the file is missing, truncated, or is not an Annoy index of 384 dimensions ("angular").
    """
    nodes = _open_nodes(path)
    count = int(nodes[-1, 0])
    if not 0 < count < len(nodes):
        raise ModelFileError(f"{path} is not an Annoy index of {DIMENSION} dimensions; {_REMEDY}")
    sample = nodes[np.unique(np.linspace(0, count - 1, 64).astype(np.int64))]
    lengths = np.linalg.norm(sample[:, _HEAD_WORDS:].view(np.float32).astype(np.float64), axis=1)
    if not ((sample[:, 0] == 1).all() and np.isfinite(lengths).all() and (lengths < 1e6).all() and lengths.any()):
        raise ModelFileError(f"{path} is damaged, or an Annoy index of other dimensions than {DIMENSION}; {_REMEDY}")
    roots = count + np.flatnonzero(nodes[count:, 0] == count)
    copies = roots[len(roots) // 2 :]
    forget_pages(nodes)
    if len(roots) % 2 or copies.tolist() != list(range(len(nodes) - len(copies), len(nodes))):
        raise ModelFileError(f"{path} is truncated; {_REMEDY}")
    return nodes[:count, _HEAD_WORDS:].view(np.float32)


def check_trees(path: Path) -> None:
    """See that Annoy can follow every node of the file: it checks nothing itself, and a wrong one kills the process.

    A leaf holds films. A split's two children stand before it in the file, so that no path is endless. Raises
    ModelFileError.
    """
    nodes = _open_nodes(path)
    count = int(nodes[-1, 0])
    trees = nodes[count:]
    descendants = trees[:, 0]
    leaves = trees[descendants <= _LEAF_CAPACITY]
    splits = trees[descendants > _LEAF_CAPACITY]
    own = count + np.flatnonzero(descendants > _LEAF_CAPACITY)
    used = np.arange(_LEAF_CAPACITY) < leaves[:, :1]
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


def _open_nodes(path: Path) -> NDArray[np.int32]:
    """Map a file as nodes [nodes, 387] of 32-bit words."""
    try:
        size = path.stat().st_size
        if size == 0 or size % _NODE_BYTES:
            raise ModelFileError(f"{path} is truncated or not an Annoy index of {DIMENSION} dimensions; {_REMEDY}")
        return np.memmap(path, np.int32, mode="r").reshape(-1, _NODE_WORDS)
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing; {_REMEDY}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror}); {_REMEDY}") from error


def _vectors_of(nodes: bytes) -> NDArray[np.float32]:
    return np.frombuffer(nodes, np.float32).reshape(-1, _NODE_WORDS)[:, _HEAD_WORDS:]
