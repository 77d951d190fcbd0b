"""A mean with its confidence interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BOOTSTRAP_SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over the queries and its 95% bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f}-{self.high:.3f})"


def interval(values: NDArray[np.float64]) -> Figure:
    """Return the mean of one value per query and its 95% percentile bootstrap interval (Efron, 1979), seeded."""
    random = np.random.default_rng(0)
    samples = values[random.integers(0, len(values), (BOOTSTRAP_SAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(samples, [2.5, 97.5])
    return Figure(round(float(values.mean()), 4), round(float(low), 4), round(float(high), 4))
