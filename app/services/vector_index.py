"""Film vectors -> nearest films: an exact INT8 scan and Annoy, both behind `VectorIndex`.

The vectors themselves stand once, in movies.ann: Annoy's nodes have one size and the films are its first nodes, so that
the file is memory-mapped as a matrix and each engine takes the final cosines from there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.services.array_files import forget_pages, open_array
from app.services.errors import ModelFileError, ServiceClosedError
from app.services.onnx_graph import matmul_8bit_graph

DIMENSION = 384
DEFAULT_SEARCH_K = 20_000
"""Films that Annoy looks at where nothing was measured: recall@10 of about 0.92 among 30,000 films and 50 trees."""

_REMEDY = "make it again with: python -m app.indexing build --catalogue FILE"

# Annoy's node for "angular" (annoylib.h): int32 n_descendants, int32 children[2], float v[384]. The children run over
# into the vector's place where a node is a leaf; the films come first; the file ends with copies of the trees' roots,
# which have all films as descendants.
_NODE_WORDS = 3 + DIMENSION
_NODE_BYTES = 4 * _NODE_WORDS
_LEAF_CAPACITY = 2 + DIMENSION

# One scale for 128 components: MatMulNBits then reads 384 bytes and three scales a film.
_BLOCK = 128
_BLOCKS = DIMENSION // _BLOCK
_ZERO_POINT = 128
_LEVELS = 127

# Films of one session. While a session is made its films stand in memory twice; many small ones are slower to scan.
_SESSION_FILMS = 524_288

# The scan rounds film and query to 8 bits, which moves a cosine by 0.0003 (standard deviation; 0.0023 was the most
# in 240,000). Films within this distance of the last one wanted are compared again with the stored vectors.
_RESCORE_MARGIN = 0.006
_RESCORE_LIMIT = 1024
_RESCORE_CHUNK = 4096

# Where Annoy cannot add a prior to its cosines, this many films of each are put together.
_LEAST_OF_EACH = 100

Cosines = NDArray[np.float32]
Score = TypeVar("Score", np.float32, np.float64)
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]
Vector = NDArray[np.float32]


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


def open_vectors(path: Path) -> NDArray[np.float32]:
    """Map the film vectors of a movies.ann: a read-only view [N, 384] of the file, its rows as they were added.

    Raises ModelFileError where the file is missing, truncated, or is not an Annoy index of 384 dimensions ("angular").
    """
    nodes = _open_nodes(path)
    count = int(nodes[-1, 0])
    if not 0 < count < len(nodes):
        raise ModelFileError(f"{path} is not an Annoy index of {DIMENSION} dimensions; {_REMEDY}")
    sample = nodes[np.unique(np.linspace(0, count - 1, 64).astype(np.int64))]
    lengths = np.linalg.norm(sample[:, 3:].view(np.float32).astype(np.float64), axis=1)
    if not ((sample[:, 0] == 1).all() and np.isfinite(lengths).all() and (lengths < 1e6).all() and lengths.any()):
        raise ModelFileError(f"{path} is damaged, or an Annoy index of other dimensions than {DIMENSION}; {_REMEDY}")
    roots = count + np.flatnonzero(nodes[count:, 0] == count)
    copies = roots[len(roots) // 2 :]
    forget_pages(nodes)
    if len(roots) % 2 or copies.tolist() != list(range(len(nodes) - len(copies), len(nodes))):
        raise ModelFileError(f"{path} is truncated; {_REMEDY}")
    return nodes[:count, 3:].view(np.float32)


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


@dataclass(frozen=True, slots=True)
class QuantizedVectors:
    """Film vectors in 8 bits: film i's direction is about (values[i] - 128) * scales[i], block by block."""

    values: NDArray[np.uint8]  # [N, 3, 128]
    scales: NDArray[np.float32]  # [N, 3]

    @classmethod
    def quantize(cls, vectors: NDArray[np.float32]) -> Self:
        """Round vectors [N, 384] of any length to 8 bits, a scale for every 128 components."""
        values = np.empty((len(vectors), _BLOCKS, _BLOCK), np.uint8)
        scales = np.empty((len(vectors), _BLOCKS), np.float32)
        for start in range(0, len(vectors), _RESCORE_CHUNK):
            blocks = _unit(vectors[start : start + _RESCORE_CHUNK]).reshape(-1, _BLOCKS, _BLOCK)
            steps = np.maximum(np.abs(blocks).max(axis=2), np.float32(1e-9)) / np.float32(_LEVELS)
            blocks /= steps[:, :, None]
            values[start : start + len(blocks)] = np.rint(blocks) + _ZERO_POINT
            scales[start : start + len(blocks)] = steps
            forget_pages(vectors)
        return cls(values, scales)

    def save(self, directory: Path) -> None:
        """Write vectors_values.npy and vectors_scales.npy into an existing directory."""
        np.save(directory / "vectors_values.npy", self.values, allow_pickle=False)
        np.save(directory / "vectors_scales.npy", self.scales, allow_pickle=False)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Memory-map what `save` wrote.

        Raises ModelFileError where a file is missing or holds something else.
        """
        values = _open_array(directory / "vectors_values.npy", np.dtype(np.uint8), (_BLOCKS, _BLOCK))
        scales = _open_array(directory / "vectors_scales.npy", np.dtype(np.float32), (_BLOCKS,))
        if len(values) != len(scales):
            raise ModelFileError(f"{directory}/vectors_values.npy and vectors_scales.npy do not match; {_REMEDY}")
        return cls(values, scales)


class ExactIndex:
    """Compares the query with every film, in 8 bits, then the best again with the stored vectors.

    The scan is ONNX Runtime's MatMulNBits, which multiplies 8-bit by 8-bit without saturating on any CPU, runs at the
    speed of memory and releases the GIL. The films stand in memory once, in ONNX Runtime's own order (384 bytes each).
    """

    def __init__(self, vectors: NDArray[np.float32], quantized: QuantizedVectors | None = None) -> None:
        """Take `vectors` [N, 384] from `open_vectors`; what `quantized` leaves out is computed here."""
        quantized = QuantizedVectors.quantize(vectors) if quantized is None else quantized
        if len(quantized.values) != len(vectors):
            raise ModelFileError(
                f"movies.ann has {len(vectors)} films and vectors_values.npy {len(quantized.values)}; {_REMEDY}"
            )
        self._vectors = vectors
        self._sessions = [
            _scan_session(
                quantized.values[start : start + _SESSION_FILMS], quantized.scales[start : start + _SESSION_FILMS]
            )
            for start in range(0, len(vectors), _SESSION_FILMS)
        ]

    def __len__(self) -> int:
        return len(self._vectors)

    def similarities(self, query: Vector) -> Cosines:
        """Return the cosine of a unit vector [384] with every film [N], in 8 bits (0.0003 standard deviation)."""
        if not self._sessions:
            raise ServiceClosedError("The vector index is closed.")
        feed = {"query": query.reshape(1, DIMENSION)}
        parts: list[Cosines] = [session.run(None, feed)[0][0] for session in self._sessions]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def search(self, query: Vector, count: int, allowed: Mask | None = None) -> tuple[Positions, Cosines]:
        """Return up to `count` films by cosine; see VectorIndex."""
        nearby = self.candidates(query, count, None, allowed)
        return best_first(nearby, self.cosines(query, nearby), count)

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return films to compare; see VectorIndex."""
        totals = self.similarities(query)
        if prior is not None:
            totals += prior
        if allowed is not None:
            totals[~allowed] = -np.inf
        return highest(totals, count, margin=_RESCORE_MARGIN, limit=max(_RESCORE_LIMIT, 2 * count))

    def cosines(self, query: Vector, positions: Positions) -> Cosines:
        """Return FP32 cosines of films; see VectorIndex."""
        return stored_cosines(self._vectors, query, positions)

    def unit_vectors(self, positions: Positions) -> NDArray[np.float32]:
        """Return vectors of length 1; see VectorIndex."""
        return _unit(self._vectors[positions])

    def close(self) -> None:
        """Release the sessions and the mapped file."""
        self._sessions = []
        self._vectors = self._vectors[:0].copy()


class AnnoyIndex:
    """Searches Annoy's trees, then compares what they give with the stored vectors.

    Exact where a filter leaves few films, or fewer than the trees find: those are then compared one and all.
    """

    def __init__(self, path: Path, vectors: NDArray[np.float32], search_k: int = DEFAULT_SEARCH_K) -> None:
        """Load the trees of movies.ann; `vectors` [N, 384] are those that `open_vectors` gives of the same file.

        `search_k` is the number of films that a search looks at (the build measures how many it takes). Raises
        ModelFileError where the file's trees lead out of it.
        """
        _check_trees(path)
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
        return _unit(self._vectors[positions])

    def close(self) -> None:
        """Release the trees and the mapped file."""
        self._trees = None
        self._vectors = self._vectors[:0].copy()

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


def stored_cosines(vectors: NDArray[np.float32], query: Vector, positions: Positions) -> Cosines:
    """Return the cosines of a unit vector [384] with rows of `vectors` of any length; 0 where one has no direction.

    Summed in FP64 and rounded to FP32, so that they do not depend on the order in which a CPU's BLAS adds.
    """
    cosines = np.empty(len(positions), np.float32)
    wanted = query.astype(np.float64)
    for start in range(0, len(positions), _RESCORE_CHUNK):
        rows = vectors[positions[start : start + _RESCORE_CHUNK]].astype(np.float64)
        with np.errstate(all="ignore"):
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
            found = (rows @ wanted) / lengths
        cosines[start : start + len(rows)] = np.where(np.isfinite(found), found, 0.0)
    forget_pages(vectors)  # else all of the file ends up in memory, 64 KB for each film compared
    return cosines


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows scaled to length 1; a row that is zero, infinite or not a number becomes 0."""
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32))[:, None]
        usable = np.isfinite(lengths) & (lengths > 0)
        unit: NDArray[np.float32] = np.where(usable, vectors / lengths, np.float32(0))
    return unit


def _scan_session(values: NDArray[np.uint8], scales: NDArray[np.float32]) -> onnxruntime.InferenceSession:
    """Hand films to ONNX Runtime, which packs them in its own order; the arrays are not needed afterwards."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    arrays = {"values": np.ascontiguousarray(values), "scales": np.ascontiguousarray(scales).reshape(-1)}
    lent = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in arrays.items()}
    for name, value in lent.items():
        options.add_initializer(name, value)
    graph = matmul_8bit_graph(rows=len(values), columns=DIMENSION, block=_BLOCK)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    forget_pages(values)
    return session


def _open_array(path: Path, dtype: np.dtype[Any], row_shape: tuple[int, ...]) -> NDArray[Any]:
    array = open_array(path)
    if array.dtype != dtype or array.shape[1:] != row_shape:
        raise ModelFileError(f"{path} holds {array.dtype} {array.shape}, not film vectors; {_REMEDY}")
    return array


def _check_trees(path: Path) -> None:
    """See that Annoy can follow every node of the file: it checks nothing itself, and a wrong one kills the process.

    A leaf holds films. A split's two children stand before it in the file, so that no path is endless.
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
        and bool(np.isfinite(splits[:, 3:].view(np.float32)).all())
        and bool((nodes[:count, 0] == 1).all())
    )
    forget_pages(nodes)
    if not sound:
        raise ModelFileError(f"{path} is damaged: its trees lead out of the file; {_REMEDY}")
