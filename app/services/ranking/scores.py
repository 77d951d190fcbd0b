"""Arithmetic of scores: pure functions on arrays that every engine shares."""

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.weights import SCORE_DECIMALS, TASTE_SHARPNESS, YEAR_SCALE, YEAR_WEIGHT

UNKNOWN_YEAR = 0


def score(raw_scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return raw scores as scores from 0 to 1, rounded to four decimals, in the same order.

    The hyperbolic tangent changes small values little, so that a score without shared words is about the cosine; only a
    film that matches in meaning and in words comes near 1. Nonsense stays below 0.5.
    """
    return np.tanh(np.maximum(raw_scores, 0.0)).round(SCORE_DECIMALS)


def soft_maximum(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return log-mean-exp of each row of [films, n], which lies between the row's mean and its maximum."""
    scaled = TASTE_SHARPNESS * similarities.astype(np.float64)
    result: NDArray[np.float64] = np.log(np.exp(scaled).mean(axis=1)) / TASTE_SHARPNESS
    return result


def year_losses(years: NDArray[np.int16], year: int) -> NDArray[np.float32]:
    """Return the raw score [films] that films of these years lose if a year is requested; an unknown year loses all."""
    distance = np.abs(years.astype(np.float32) - np.float32(year))
    losses: NDArray[np.float32] = np.float32(YEAR_WEIGHT) * -np.expm1(distance / np.float32(-YEAR_SCALE))
    losses[years == UNKNOWN_YEAR] = YEAR_WEIGHT
    return losses
