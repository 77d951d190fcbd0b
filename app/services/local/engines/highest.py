"""Selection of the highest of many scores without sorting all scores."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.services.vectors import Positions

Mask = NDArray[np.bool_]
Score = TypeVar("Score", np.float32, np.float64)


def highest(scores: NDArray[np.float32], count: int, *, margin: float = 0.0, limit: int | None = None) -> Positions:
    """Return the positions of the `count` highest scores [N], ascending, and of all within `margin` below them.

    At most `limit` positions are returned, those of the highest scores. A score of -inf means "not allowed" and is
    never returned. The scores are read once, as columns: a film can be among the first `count` only if the maximum of
    its column is at least the count-th highest maximum.
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
