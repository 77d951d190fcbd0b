"""Choice of films by score and by how different they are from each other."""

import math

import numpy as np
from numpy.typing import NDArray

from app.services.vectors import products


def diverse(
    vectors: NDArray[np.float32], scores: NDArray[np.float64], count: int, diversity: float
) -> NDArray[np.int64]:
    """Choose `count` of n films by maximal marginal relevance.

    `vectors` [n, dimension] are unit vectors and `scores` [n] are in descending order. Returns the indices of the
    chosen films in ascending order, that is best first. Carbonell and Goldstein, "The Use of MMR, Diversity-Based
    Reranking for Reordering Documents and Producing Summaries" (1998), with lambda = 1 - diversity.
    """
    similarity = products(vectors, vectors).astype(np.float64)
    nearest = np.full(len(vectors), -math.inf)
    chosen: list[int] = []
    for _ in range(min(count, len(vectors))):
        gain = (1 - diversity) * scores - (diversity * nearest if chosen else 0.0)
        gain[chosen] = -math.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        nearest = np.maximum(nearest, similarity[best])
    return np.sort(np.array(chosen, np.int64))
