"""The index of titles, which finds films by a title as typed so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import are_positions, open_arrays, require_one_build, save_arrays
from app.services.local.names.name_index import NameIndex, Names
from app.services.local.names.numbers import readings
from app.services.local.names.words import name_words

MAX_WORDS = 12
"""Number of words of a query that are read."""

FIRST_YEAR = 1888
LAST_YEAR = 2100

_PREFIX = "titles"
_MAX_YEARS_APART = 2  # films further away are alike


@dataclass(frozen=True, slots=True)
class _Films:
    """The film of each name: names 0 to N - 1 are the titles of the N films; the others follow."""

    films: NDArray[np.int32]


class TitleIndex:
    """Finds films by the beginnings of the words of their titles and original titles."""

    def __init__(self, names: NameIndex, films: NDArray[np.int32]) -> None:
        """Take the names and the film of each name."""
        self._names = names
        self._films = films
        self._film_count = int(films.max(initial=-1)) + 1

    @classmethod
    def from_titles(cls, titles: Sequence[str], original_titles: Sequence[str | None] = ()) -> Self:
        """Index the titles of films by position, and the original titles that differ from them."""
        others = [
            (position, other)
            for position, (title, original) in enumerate(zip_longest(titles, original_titles))
            for other in other_titles(title, original)
        ]
        names = NameIndex.from_names([*titles, *(other for _, other in others)])
        return cls(names, np.array([*range(len(titles)), *(position for position, _ in others)], np.int32))

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read what `save` wrote; raises ModelFileError if a file is missing or is not such an array."""
        names = NameIndex.open(directory, _PREFIX)
        films = open_arrays(_Films, directory, _PREFIX).films
        require_one_build(_fit_together(films, len(names)), directory, _PREFIX)
        return cls(names, films)

    def __len__(self) -> int:
        return self._film_count

    def save(self, directory: Path) -> None:
        """Write the arrays as one .npy file each into an existing directory."""
        self._names.save(directory, _PREFIX)
        save_arrays(_Films(self._films), directory, _PREFIX)

    def search(
        self,
        query: str,
        limit: int,
        vote_counts: NDArray[np.int32],
        years: NDArray[np.int16],
        *,
        complete: bool = False,
    ) -> list[int]:
        """Return positions of up to `limit` films, best first; `vote_counts` and `years` are those of the N films.

        Films whose titles equal the query come first, then titles that begin with it, then titles that have all its
        words or words that begin so, then titles with words joined or split differently, with typing errors, and with
        most of the words. A year in the query chooses among films of the title unless it is part of the title. Among
        equals, films with more votes come first, then shorter titles. If `complete`, titles must have all the words.
        """
        words = name_words(query)[:MAX_WORDS]
        if not words:
            return []
        year, title = _split_year(words)
        years_apart = _years_apart(years, year)
        found: dict[int, None] = {}
        near = self._names.nearly_full_matches if complete else self._names.near_matches
        groups = self._groups(words) if year is None else self._groups_of_year(words, title, years_apart)
        for names in chain(groups, near(title)):
            found.update(dict.fromkeys(self._ranked(names, years_apart, vote_counts)))
            if len(found) >= limit:
                break
        return list(found)[:limit]

    def has_word(self, word: str) -> bool:
        """Return whether a title has this word."""
        return self._names.has_word(word)

    def beginning(self, title: str) -> NDArray[np.int64]:
        """Return the positions of the films whose titles are these words or begin with them, in ascending order."""
        words = name_words(title)[:MAX_WORDS]
        if not words:
            return np.empty(0, np.int64)
        literal, whole, beginning, _ = self._names.full_matches(words)
        return np.unique(self._films[np.concatenate([literal, whole, beginning])]).astype(np.int64)

    def _groups(self, words: Sequence[str]) -> Iterator[Names]:
        yield from self._names.full_matches(words)

    def _groups_of_year(
        self, words: Sequence[str], title: Sequence[str], years_apart: NDArray[np.int16]
    ) -> Iterator[Names]:
        """Yield names with all words, the year among them, then names of the title by year, then the others."""
        with_year = self._names.full_matches(words)
        of_title = self._names.full_matches(title)
        apart = [years_apart[self._films[names]] for names in of_title]
        yield from (with_year.literal, with_year.whole)
        yield from (names[years < _MAX_YEARS_APART] for names, years in zip(of_title[:2], apart[:2], strict=True))
        yield from (with_year.beginning, with_year.inside)
        yield from (names[years == 0] for names, years in zip(of_title[2:], apart[2:], strict=True))
        yield from of_title

    def _ranked(self, names: Names, years_apart: NDArray[np.int16], vote_counts: NDArray[np.int32]) -> list[int]:
        """Return the films of a group of names, those of the query's year first, then by votes."""
        films = self._films[names]
        order = np.lexsort(
            (films, self._names.word_counts(names), -vote_counts[films].astype(np.int64), years_apart[films])
        )
        ranked: list[int] = films[order].tolist()
        return ranked


def other_titles(title: str, original: str | None) -> list[str]:
    """Return the original title if it differs, and both titles as they are read otherwise: with 1984 in digits."""
    words = name_words(title)
    original_words = name_words(original or "")
    others = [original] if original and original_words != words else []
    read = [*readings(words)[1:], *readings(original_words)[1:]]
    return [*others, *dict.fromkeys(" ".join(reading) for reading in read if reading != words)]


def _split_year(words: Sequence[str]) -> tuple[int | None, list[str]]:
    """Return the last year among the words and the other words; no year if there are no other words."""
    for place in reversed(range(len(words))):
        word = words[place]
        if len(words) > 1 and len(word) == 4 and word.isdigit() and FIRST_YEAR <= int(word) <= LAST_YEAR:
            return int(word), [*words[:place], *words[place + 1 :]]
    return None, list(words)


def _years_apart(years: NDArray[np.int16], year: int | None) -> NDArray[np.int16]:
    """Return for each film how far its year is from the requested year: 0, 1 or more."""
    if year is None:
        return np.zeros(len(years), np.int16)
    apart: NDArray[np.int16] = np.minimum(np.abs(years - np.int16(year)), np.int16(_MAX_YEARS_APART))
    return apart


def _fit_together(films: NDArray[np.int32], names: int) -> bool:
    if films.shape != (names,) or not are_positions(films, names):
        return False
    titles = int(films.max(initial=-1)) + 1
    return bool(np.array_equal(films[:titles], np.arange(titles)))
