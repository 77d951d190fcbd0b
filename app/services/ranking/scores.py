"""Arithmetic of scores: functions on arrays that every engine uses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.weights import SCORE_DECIMALS, SHARPNESS

UNKNOWN = 0
"""Years, runtimes and mean votes of this value or less are unknown."""

UNKNOWN_YEAR = UNKNOWN


def score(raw_scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return raw scores as scores from 0 to 1, rounded to four decimals, in the same order.

    The hyperbolic tangent hardly changes small values: without shared words, the score is about the cosine. Only a film
    that matches in meaning and in words gets a score near 1. Nonsense gets scores below 0.5.
    """
    return np.tanh(np.maximum(raw_scores, 0.0)).round(SCORE_DECIMALS)


def soft_maximum(similarities: NDArray[np.float32], weights: Sequence[float] = ()) -> NDArray[np.float64]:
    """Return the log-mean-exp of each row of [films, n], which lies between the row's mean and its maximum.

    `weights` [n] are the weights of the columns; equal weights if empty.
    """
    exponentials = np.exp(SHARPNESS * similarities.astype(np.float64))
    means = np.average(exponentials, axis=1, weights=weights or None)
    result: NDArray[np.float64] = np.log(means) / SHARPNESS
    return result


def range_losses(
    values: NDArray[np.int16] | NDArray[np.int32], first: int | None, last: int | None, weight: float, scale: float
) -> NDArray[np.float32]:
    """Return the raw score [films] that films with these values lose if values from `first` to `last` are requested.

    The values are years, for example. The loss grows with the distance from the range: at a distance of `scale` it is
    63% of `weight`. A film of an unknown value loses all of `weight`.

    The loss is computed once for each value, in FP64: numpy's FP32 functions differ in the last bit between CPUs.
    """
    lowest, highest = int(values.min(initial=0)), int(values.max(initial=0))
    each = np.arange(lowest, highest + 1)
    distance = np.zeros(len(each))
    if first is not None:
        distance = np.maximum(distance, first - each)
    if last is not None:
        distance = np.maximum(distance, each - last)
    losses = (-weight * np.expm1(distance / -scale)).astype(np.float32)
    losses[each <= UNKNOWN] = weight
    found: NDArray[np.float32] = losses[values.astype(np.intp) - lowest]
    return found
