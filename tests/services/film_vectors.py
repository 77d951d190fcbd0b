"""Vectors that resemble embeddings, and index files with them."""

from pathlib import Path

import numpy as np
from annoy import AnnoyIndex as Trees
from numpy.typing import NDArray

FILMS = 3000
DIMENSION = 384
NODE_WORDS = 3 + DIMENSION


def clustered_vectors(count: int, seed: int) -> NDArray[np.float32]:
    """Vectors, some of them near each other, none of length 1."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((60, DIMENSION))
    vectors = centres[random.integers(0, 60, count)] + 0.7 * random.standard_normal((count, DIMENSION))
    return vectors.astype(np.float32)


def brute_force(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    cosines: NDArray[np.float64] = wide @ query / np.linalg.norm(wide, axis=1)
    return cosines


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / np.linalg.norm(vector)


def write_index(vectors: NDArray[np.float32], path: Path, trees: int = 20) -> None:
    index = Trees(vectors.shape[1], "angular")
    index.set_seed(1)
    for position, vector in enumerate(vectors):
        index.add_item(position, vector)
    index.build(trees, n_jobs=1)
    index.save(str(path))
    index.unload()
