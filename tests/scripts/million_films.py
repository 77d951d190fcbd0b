"""Timing of exact search over a million films, made by perturbing the vectors of an index, on one thread.

    python -m tests.scripts.million_films [--models-dir models] [--films 1000000]

The lower bound is the time to read the 8-bit vectors once. Figures are medians over queries, which are perturbed too.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.memory import return_free_memory, reuse_freed_memory
from app.indexing.measure.processes import memory_megabytes
from app.services.encoder.model_spec import ModelSpec
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.files.model_files import INDEX_FILE
from app.services.vectors import unit

NOISE = 0.03
QUERIES = 25
PASSES = 5

DIMENSION = ModelSpec().dimension


class PerturbedVectors:
    """Real vectors repeated with new noise each time, computed when they are read."""

    def __init__(self, real: NDArray[np.float32], films: int) -> None:
        self._real = unit(real)
        self._films = films

    def __len__(self) -> int:
        return self._films

    @property
    def dimension(self) -> int:
        return DIMENSION

    def rows(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.stack([self._row(position) for position in positions.tolist()])

    def chunk(self, start: int, stop: int) -> NDArray[np.float32]:
        return self.rows(np.arange(start, stop))

    def close(self) -> None:
        """Hold nothing."""

    def _row(self, position: int) -> NDArray[np.float32]:
        noise = np.random.default_rng(position).standard_normal(DIMENSION, np.float32)
        row: NDArray[np.float32] = self._real[position % len(self._real)] + np.float32(NOISE) * noise
        return row


def milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--films", type=int, default=1_000_000)
    args = parser.parse_args()
    reuse_freed_memory()
    with StoredVectors(args.models_dir / INDEX_FILE, DIMENSION) as stored:
        vectors = PerturbedVectors(stored.chunk(0, len(stored)).copy(), args.films)
    quantized = QuantizedVectors.quantize(vectors)
    before = memory_megabytes("self", "VmRSS")
    index = ExactIndex(vectors, quantized)
    return_free_memory()
    print(f"{args.films:,} films: the scan holds {memory_megabytes('self', 'VmRSS') - before:.0f} MB")
    words = quantized.values.view(np.uint64)
    queries = unit(vectors.rows(np.arange(0, args.films, args.films // QUERIES) + 1))
    times: dict[str, list[float]] = {"reading once": [], "scan": [], "scan and choice": [], "search, ten films": []}
    for _ in range(PASSES):
        for query in queries:
            times["reading once"].append(milliseconds(lambda: np.bitwise_xor.reduce(words)))
            times["scan"].append(milliseconds(partial(index._scan.cosines, query)))
            times["scan and choice"].append(milliseconds(partial(index.candidates, query, 10)))
            times["search, ten films"].append(milliseconds(partial(index.search, query, 10)))
    base = statistics.median(times["reading once"])
    for name, taken in times.items():
        print(f"{name}: {statistics.median(taken):.1f} ms, {statistics.median(taken) / base:.2f} times reading once")


if __name__ == "__main__":
    main()
