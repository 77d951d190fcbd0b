"""Arithmetic of scores: functions on arrays that every engine uses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.weights import SCORE_DECIMALS, SHARPNESS

UNKNOWN_YEAR = 0


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


def year_losses(
    years: NDArray[np.int16], first: int | None, last: int | None, weight: float, scale: float
) -> NDArray[np.float32]:
    """Return the raw score [films] that films of these years lose if years from `first` to `last` are requested.

    The loss grows with the distance from the range: at a distance of `scale` years it is 63% of `weight`. A film of an
    unknown year loses all of `weight`.
    """
    distance = np.zeros(len(years), np.float32)
    if first is not None:
        distance = np.maximum(distance, np.float32(first) - years)
    if last is not None:
        distance = np.maximum(distance, years - np.float32(last))
    losses: NDArray[np.float32] = np.float32(weight) * -np.expm1(distance / np.float32(-scale))
    losses[years == UNKNOWN_YEAR] = weight
    return losses
