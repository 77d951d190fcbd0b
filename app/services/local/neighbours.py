"""Stored neighbours: the films most similar to each film, which the build has computed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import FileReader, open_arrays, require_one_build, save_arrays
from app.services.vectors import Positions

NO_FILM = -1
_SCORE_STEPS = 10_000
"""Scores have four decimals."""


@dataclass(frozen=True, slots=True)
class NeighbourArrays:
    """K neighbours of each film, best first; NO_FILM if the catalogue has no more."""

    positions: NDArray[np.int32]  # [N, K]
    scores: NDArray[np.uint16]  # [N, K] in ten-thousandths

    @classmethod
    def empty(cls, films: int, count: int) -> Self:
        """Return empty arrays for a number of films and of neighbours per film, to be filled by `put`."""
        return cls(np.full((films, count), NO_FILM, np.int32), np.zeros((films, count), np.uint16))

    def put(self, film: int, positions: Positions, scores: NDArray[np.float64]) -> None:
        """Set a film's neighbours, best first, and their scores."""
        count = min(len(positions), self.positions.shape[1])
        self.positions[film, :count] = positions[:count]
        self.scores[film, :count] = np.rint(scores[:count] * _SCORE_STEPS)

    def save(self, directory: Path) -> None:
        """Write one neighbours_*.npy each into an existing directory."""
        save_arrays(self, directory, "neighbours")


class Neighbours:
    """Reads a film's neighbours from the files that the build wrote."""

    def __init__(self, directory: Path) -> None:
        """Open the files; raises ModelFileError if one is missing or is not such an array."""
        arrays = open_arrays(NeighbourArrays, directory, "neighbours", mapped=("positions", "scores"))
        fit = arrays.positions.ndim == 2 and arrays.positions.shape == arrays.scores.shape
        require_one_build(fit, directory, "neighbours")
        films, count = arrays.positions.shape
        self._films, self._count = int(films), int(count)
        self._positions, self._scores = (
            FileReader(path, path.stat().st_size - array.nbytes)
            for path, array in (
                (directory / "neighbours_positions.npy", arrays.positions),
                (directory / "neighbours_scores.npy", arrays.scores),
            )
        )

    def __len__(self) -> int:
        return self._films

    def of(self, film: int) -> tuple[Positions, NDArray[np.float64]]:
        """Return the positions of the films most similar to the one at this position, best first, and raw scores.

        Scores are stored; a raw score is the inverse of its score, so that scoring it again gives the stored value.
        """
        positions = np.frombuffer(self._positions.read(film * self._count * 4, self._count * 4), np.int32)
        scores = np.frombuffer(self._scores.read(film * self._count * 2, self._count * 2), np.uint16)
        found = positions != NO_FILM
        with np.errstate(divide="ignore"):  # a score of 1 has an infinite raw score
            raw_scores = np.arctanh(scores[found] / _SCORE_STEPS)
        return positions[found].astype(np.int64), raw_scores

    def close(self) -> None:
        """Close the files; idempotent."""
        self._positions.close()
        self._scores.close()
