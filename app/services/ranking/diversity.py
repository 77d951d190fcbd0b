"""Choice of films that are good and unlike each other."""

import math

import numpy as np
from numpy.typing import NDArray


def diverse(
    vectors: NDArray[np.float32], scores: NDArray[np.float64], count: int, diversity: float
) -> NDArray[np.int64]:
    """Choose `count` of the films [n, dimension], given best first, each good and unlike those chosen before it.

    Returns their indices in ascending order, that is best first. Carbonell and Goldstein, "The Use of MMR,
    Diversity-Based Reranking for Reordering Documents and Producing Summaries" (1998), with lambda = 1 - diversity.
    """
    similarity = (vectors @ vectors.T).astype(np.float64)
    nearest = np.full(len(vectors), -math.inf)
    chosen: list[int] = []
    for _ in range(min(count, len(vectors))):
        gain = (1 - diversity) * scores - (diversity * nearest if chosen else 0.0)
        gain[chosen] = -math.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        nearest = np.maximum(nearest, similarity[best])
    return np.sort(np.array(chosen, np.int64))
