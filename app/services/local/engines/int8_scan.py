"""Film vectors in 8 bits, and their product with a query, which is limited by the speed of memory."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.core.cpu import available_cpus
from app.services.errors import ServiceClosedError
from app.services.local.engines.onnx_graph import product_8bit_graph
from app.services.local.files.array_files import forget_pages, open_arrays, require_one_build, save_arrays
from app.services.vectors import Vectors, unit

# CPUs without VNNI add two products of unsigned and signed bytes in 16 bits, saturating. 2 * 127 * 127 fits, so that
# all CPUs compute the same if the query keeps to 7 bits, 1 to 127 around 64.
_FILM_LEVELS = 127
_QUERY_LEVELS = 63
_QUERY_ZERO_POINT = 64

_MIN_SCALE = np.float32(1e-9 / _FILM_LEVELS)

# Number of films of a session, and of a block in the file. Small blocks are faster, and while a session is created, its
# block is in memory twice: in the order of the file and in that of ONNX Runtime.
_BLOCK_FILMS = 131_072
_CHUNK = 4096

_DEVIATIONS = 8
"""Standard deviations that the rounding error of two products together is assumed not to exceed."""


@dataclass(frozen=True, slots=True)
class QuantizedVectors:
    """Film vectors in 8 bits: the direction of film i is approximately its values times scales[i].

    The values are in blocks of 131,072 films, the last one smaller: in each the first component of every film comes
    first, then the second of every film, and so on, as a matrix product reads them.
    """

    values: NDArray[np.int8]  # [dimension * N]
    scales: NDArray[np.float32]  # [N]

    def __len__(self) -> int:
        return len(self.scales)

    @property
    def dimension(self) -> int:
        """Components of a vector; 0 without films."""
        return len(self.values) // max(len(self), 1)

    def blocks(self) -> Iterator[tuple[NDArray[np.int8], NDArray[np.float32]]]:
        """Yield the values [dimension, n] and scales [n] of each block, as views."""
        for start in range(0, len(self), _BLOCK_FILMS):
            scales = self.scales[start : start + _BLOCK_FILMS]
            values = self.values[self.dimension * start : self.dimension * (start + len(scales))]
            yield values.reshape(self.dimension, len(scales)), scales

    @classmethod
    def quantize(cls, vectors: Vectors) -> Self:
        """Round vectors of any length to 8 bits, with one scale per film."""
        made = cls(np.empty(vectors.dimension * len(vectors), np.int8), np.empty(len(vectors), np.float32))
        first = 0
        for values, scales in made.blocks():
            for start in range(0, len(scales), _CHUNK):
                stop = min(start + _CHUNK, len(scales))
                directions = unit(vectors.chunk(first + start, first + stop))
                scales[start:stop] = np.maximum(np.abs(directions).max(axis=1) / np.float32(_FILM_LEVELS), _MIN_SCALE)
                values[:, start:stop] = np.rint(directions / scales[start:stop, None]).T
            first += len(scales)
        return made

    def save(self, directory: Path) -> None:
        """Write scan_values.npy and scan_scales.npy into an existing directory."""
        save_arrays(self, directory, "scan")

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open what `save` wrote. The values are memory-mapped, because ONNX Runtime copies them once.

        Raises ModelFileError if a file is missing or has other contents.
        """
        opened = open_arrays(cls, directory, "scan", mapped=("values",))
        fit = opened.scales.ndim == 1 and opened.values.shape == (opened.dimension * len(opened),)
        require_one_build(fit, directory, "scan")
        return opened


class Int8Scan:
    """Compares queries with every film, in ONNX Runtime's 8-bit matrix product, which releases the GIL.

    The films are in memory once, in ONNX Runtime's order, with one byte per component.
    """

    def __init__(self, films: QuantizedVectors) -> None:
        self._count = len(films)
        self._film_step = float(films.scales.max())
        self._blocks = [_Block(values, scales) for values, scales in films.blocks()]
        self._threads = ThreadPoolExecutor(min(len(self._blocks), available_cpus())) if len(self._blocks) > 1 else None
        forget_pages(films.values)

    def __len__(self) -> int:
        return self._count

    def cosines(self, queries: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return rounded cosines [n, N] of unit vectors [n, dimension], and the error bound of two cosines of a row.

        Several queries take little more time than one, which is spent on reading the films from memory. Rounding a
        vector in steps of s changes a product with a unit vector by s / sqrt(12) (standard deviation). Raises
        ServiceClosedError.
        """
        if not self._blocks:
            raise ServiceClosedError("The vector index is closed.")
        steps = np.maximum(np.abs(queries).max(axis=1).astype(np.float64), 1e-9) / _QUERY_LEVELS
        columns = steps.astype(np.float32)[:, np.newaxis]
        feed = {"queries": (np.rint(queries / columns) + np.float32(_QUERY_ZERO_POINT)).astype(np.uint8)}
        products = self._products(feed, columns)
        return products, _DEVIATIONS * np.sqrt((steps**2 + self._film_step**2) / 6)

    def close(self) -> None:
        """Release the sessions; idempotent."""
        self._blocks = []
        if self._threads is not None:
            self._threads.shutdown()

    def _products(self, feed: dict[str, NDArray[np.uint8]], columns: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the products [n, N] of queries with all films, times a factor per query; blocks run on all cores."""
        blocks = self._blocks
        if self._threads is None:
            products = blocks[0].products(feed)[:, : self._count]
            products *= columns
            return products
        products = np.empty((len(columns), self._count), np.float32)

        def fill(place: int) -> None:
            part = products[:, place * _BLOCK_FILMS : (place + 1) * _BLOCK_FILMS]
            np.multiply(blocks[place].products(feed)[:, : part.shape[1]], columns, out=part)

        for filled in [self._threads.submit(fill, place) for place in range(len(blocks))]:
            filled.result()
        return products


class _Block:
    """A session and its arrays, which must stay alive as long as the session: ONNX Runtime copies only the values."""

    def __init__(self, values: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        if len(scales) == 1:  # ONNX Runtime would treat a single scale as a constant, and look for its file
            values, scales = np.repeat(values, 2, axis=1), np.repeat(scales, 2)
        arrays = {"values": values, "scales": scales}
        self._lent = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in arrays.items()}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        for name, value in self._lent.items():
            options.add_initializer(name, value)
        graph = product_8bit_graph(rows=len(values), columns=len(scales), zero_point=_QUERY_ZERO_POINT)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def products(self, feed: dict[str, NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the products of the queries in `feed` with the films of the block."""
        found: NDArray[np.float32] = self._session.run(None, feed)[0]
        return found
