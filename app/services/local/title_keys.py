"""Lookup of films by whole titles, fast enough to try many runs of words of a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import are_positions, open_arrays, require_one_build, save_arrays
from app.services.local.keys import Keys, sorted_keys
from app.services.local.names.words import name_words

_PREFIX = "title_keys"


@dataclass(frozen=True, slots=True)
class TitleKeyArrays:
    """A key of each title and of each original title that differs, and its film."""

    keys: NDArray[np.uint64]  # ascending
    films: NDArray[np.int32]
    film_count: NDArray[np.int64]  # [1]


class TitleKeys:
    """Finds films by their whole titles."""

    def __init__(self, arrays: TitleKeyArrays) -> None:
        self._arrays = arrays
        self._keys = Keys(arrays.keys, arrays.films)

    @classmethod
    def from_titles(cls, titles: Sequence[str], original_titles: Sequence[str | None] = ()) -> Self:
        """Index the titles and original titles of films by position."""
        keys = keys_of_titles(titles, original_titles)
        return cls(TitleKeyArrays(keys.keys, keys.values, np.array([len(titles)], np.int64)))

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read what `save` wrote; raises ModelFileError if a file is missing or is not such an array."""
        arrays = open_arrays(TitleKeyArrays, directory, _PREFIX)
        fit = (
            arrays.film_count.shape == (1,)
            and arrays.keys.shape == arrays.films.shape
            and are_positions(arrays.films, int(arrays.film_count[0]))
        )
        require_one_build(fit, directory, _PREFIX)
        return cls(arrays)

    def save(self, directory: Path) -> None:
        """Write the arrays as one .npy file each into an existing directory."""
        save_arrays(self._arrays, directory, _PREFIX)

    def __len__(self) -> int:
        return int(self._arrays.film_count[0])

    def films_titled(self, title: str) -> list[int]:
        """Return the positions of the films of this title, ignoring case, accents and punctuation."""
        return list(dict.fromkeys(self._keys.of(title)))


def keys_of_titles(titles: Sequence[str], original_titles: Sequence[str | None] = ()) -> Keys:
    """Return a key of each title and of each original title that differs, and the positions of their films."""
    return sorted_keys(
        (words, position)
        for position, pair in enumerate(zip_longest(titles, original_titles))
        for words in _distinct(name_words(title or "") for title in pair)
    )


def _distinct(names: Iterable[list[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    for words in names:
        if words and words not in found:
            found.append(words)
    return found
