"""Removal and insertion of rows of arrays, for indexes in memory that follow the changes of single films."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edit:
    """The rows to remove, and the places of new rows; both are positions before the edit, in ascending order."""

    removed: Places
    places: Places
    """New row i goes before row places[i], and after the new rows of the same place before it."""

    @property
    def inserted(self) -> Places:
        """The positions of the new rows after the edit."""
        return self._places_of_kept + np.arange(len(self.places))

    def moved(self, rows: int) -> Places:
        """Return the positions after the edit of `rows` rows; those of removed rows have no meaning."""
        positions = np.arange(rows)
        before = np.searchsorted(self.removed, positions)
        return positions - before + np.searchsorted(self.places, positions, side="right")

    def kept(self, rows: int) -> NDArray[np.bool_]:
        """Return which of `rows` rows are not removed."""
        is_kept = np.ones(rows, np.bool_)
        is_kept[self.removed] = False
        return is_kept

    def column(self, values: Array, new: Sequence[Any] | Array) -> Array:
        """Return the edited values, one for each row."""
        kept = values[self.kept(len(values))]
        return np.insert(kept, self._places_of_kept, np.asarray(new, values.dtype))

    def ragged(self, offsets: Array, values: Array, new: Sequence[Sequence[Any] | Array]) -> tuple[Array, Array]:
        """Return the edited offsets and values; row r has values[offsets[r]:offsets[r + 1]]."""
        is_kept, lengths = self.kept(len(offsets) - 1), np.diff(offsets)
        new_lengths = np.array([len(row) for row in new], lengths.dtype)
        starts = _offsets(lengths[is_kept])[self._places_of_kept]
        flat = np.concatenate([np.asarray(row, values.dtype) for row in (*new, ())])
        edited = np.insert(values[np.repeat(is_kept, lengths)], np.repeat(starts, new_lengths), flat)
        return _offsets(self.column(lengths, new_lengths)).astype(offsets.dtype), edited

    @property
    def _places_of_kept(self) -> Places:
        return self.places - np.searchsorted(self.removed, self.places)


def _offsets(lengths: Array) -> Places:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
