"""Index of names by the beginnings of their words, for titles of films and for people.

Split a query with `words.name_words`. `NameIndex.full_matches` and then `NameIndex.near_matches` give groups of names,
best first; the caller orders the names within a group, for instance by votes, and stops when it has enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import open_arrays, require_one_build, save_arrays
from app.services.local.names.name_arrays import NameArrays, arrays_of_names, fit_together, lines, word_starts
from app.services.local.names.numbers import equal_words, readings
from app.services.local.names.squeezed import SqueezedNames
from app.services.local.names.vocabulary import Vocabulary
from app.services.local.names.words import has_no_spaces

ARTICLES = ("the", "a", "an")
MIN_SQUEEZED_LETTERS = 4

MIN_LONG_WORD = 5
WEIGHT_OF_SIMILAR_WORD = 0.8
WEIGHT_OF_SIMILAR_SHORT_WORD = 0.5
"""Weights of words with a typing error relative to words without; short words have many similar words."""

_MIN_COMMON_NAMES = 100
_COMMON_SHARE = 0.01
_MAX_JOINED_WORDS = 2  # each is a look through all names

Names = NDArray[np.integer]
"""Positions of names in ascending order."""


class FullMatches(NamedTuple):
    """Names with every word of a query, or words that begin so; no name is in two groups."""

    literal: Names  # just the words, as typed
    whole: Names  # just the words in another spelling, or but for a leading article
    beginning: Names  # begin with the words
    inside: Names  # have the words anywhere


class NameIndex:
    """Finds names by the beginnings of their words."""

    def __init__(self, arrays: NameArrays) -> None:
        self._squeezed = SqueezedNames(arrays.squeezed, word_starts(arrays))
        self._arrays = replace(arrays, squeezed=self._squeezed.lines)
        words = lines(arrays.words)
        self._vocabulary = Vocabulary(words, arrays.letters)
        self._word_counts = np.diff(arrays.name_offsets)
        self._articles = [number for article in ARTICLES if (number := self._vocabulary.number(article)) is not None]

    @classmethod
    def from_names(cls, names: Sequence[str]) -> Self:
        """Index names by position."""
        return cls(arrays_of_names(names))

    @classmethod
    def open(cls, directory: Path, prefix: str) -> Self:
        """Read what `save` wrote; raises ModelFileError if a file is missing or is not such an array."""
        arrays = open_arrays(NameArrays, directory, prefix)
        require_one_build(fit_together(arrays), directory, prefix)
        return cls(arrays)

    def save(self, directory: Path, prefix: str) -> None:
        """Write the arrays as one .npy file each, `{prefix}_{field}.npy`, into an existing directory."""
        save_arrays(self._arrays, directory, prefix)

    def __len__(self) -> int:
        return len(self._word_counts)

    def has_word(self, word: str) -> bool:
        """Return whether a name has this word."""
        return self._vocabulary.number(word) is not None

    def word_counts(self, names: Names) -> NDArray[np.int32]:
        """Return how many words each of these names has."""
        return self._word_counts[names]

    def full_matches(self, words: Sequence[str]) -> FullMatches:
        """Return the names that have every word of the query; the last word may be unfinished."""
        group = np.full(len(self), len(FullMatches._fields), np.int8)
        for number, reading in enumerate(readings(words)):
            matches = self._matches(reading, literal=number == 0)
            for place, names in enumerate(matches):
                group[names] = np.minimum(group[names], place)
        if len(words) > 1 and words[0] in ARTICLES:
            whole = self._matches(words[1:], literal=False).whole
            group[whole] = np.minimum(group[whole], 1)
        squeezed = "".join(words)
        if len(squeezed) >= MIN_SQUEEZED_LETTERS or not self._is_common(self._beginning(squeezed)):
            names, is_whole = self._squeezed.beginning(squeezed)
            group[names] = np.minimum(group[names], np.where(is_whole, 1, 2))
        return FullMatches(*(np.flatnonzero(group == place) for place in range(len(FullMatches._fields))))

    def near_matches(self, words: Sequence[str]) -> Iterator[Names]:
        """Yield groups of names whose words are joined or split differently, then with typing errors and most words.

        Later groups repeat names of earlier ones. Each group costs more than the one before.
        """
        exact = [self._beginning(word, words) for word in words]
        exact = _joined(exact, self._joined_otherwise(words, exact))
        yield np.flatnonzero(self._having_all(exact))
        yield from self._having_most(words, exact, [self._similar(*found) for found in zip(words, exact, strict=True)])

    def nearly_full_matches(self, words: Sequence[str]) -> Iterator[Names]:
        """Yield names that have every word, possibly joined or split differently, then with typing errors."""
        exact = [self._beginning(word, words) for word in words]
        exact = _joined(exact, self._joined_otherwise(words, exact))
        yield np.flatnonzero(self._having_all(exact))
        similar = [
            self._similar(word, names) if len(word) >= MIN_SQUEEZED_LETTERS else names[:0]
            for word, names in zip(words, exact, strict=True)
        ]
        yield np.flatnonzero(self._having_all(_joined(exact, similar)))

    def _matches(self, words: Sequence[str], *, literal: bool) -> FullMatches:
        """Return the names that match one reading of a query."""
        names = np.flatnonzero(self._having_all([self._beginning(word, words) for word in words]))
        if not len(names):
            return FullMatches(names, names, names, names)
        skipped = self._leading_articles(names) if words[0] not in ARTICLES else np.zeros(len(names), np.int64)
        begins = self._begins_with(words, names) | self._begins_with(words, names, skipped)
        exact = [self._with_word(names, word) for word in words]
        is_literal = np.logical_and.reduce(exact) & (self._word_counts[names] == len(words))
        is_whole = np.logical_and.reduce(
            [have | self._with_equal_word(names, word, words) for have, word in zip(exact, words, strict=True)]
        ) & (self._word_counts[names] - skipped == len(words))
        # "la la" is not "La Notte", which has each of the words too, and "$" is not "Ca$h", which is found by it.
        if len(set(words)) < len(words) or not words[0].isalnum():
            is_literal &= begins
            is_whole &= begins
        is_whole |= is_literal
        is_literal &= literal
        return FullMatches(
            names[is_literal], names[is_whole & ~is_literal], names[begins & ~is_whole], names[~begins & ~is_whole]
        )

    def _beginning(self, word: str, words: Sequence[str] = ()) -> Names:
        """Return the names with a word that begins with this word, or is another spelling of it."""
        names: list[Names] = [self._postings(first, end) for first, end in self._ranges(word, words)]
        if has_no_spaces(word):
            names.append(self._squeezed.containing(word, at_word=False))
        return np.concatenate(names)

    def _ranges(self, word: str, words: Sequence[str], *, unfinished: bool = True) -> list[tuple[int, int]]:
        """Return the numbers of the words that match a word of a query, as ranges."""
        ranges = [self._vocabulary.beginning(word)] if unfinished else []
        spellings = _spellings(word, words) if unfinished else [word, *_spellings(word, words)]
        numbers = [self._vocabulary.number(other) for other in spellings]
        return [*ranges, *((number, number + 1) for number in numbers if number is not None)]

    def _with_word(self, names: Names, word: str) -> NDArray[np.bool_]:
        number = self._vocabulary.number(word)
        if number is None:
            return np.zeros(len(names), np.bool_)
        return self._having(self._postings(number, number + 1))[names]

    def _with_equal_word(self, names: Names, word: str, words: Sequence[str]) -> NDArray[np.bool_]:
        has = np.zeros(len(names), np.bool_)
        for other in _spellings(word, words):
            has |= self._with_word(names, other)
        return has

    def _leading_articles(self, names: Names) -> Names:
        """Return for each name whether it begins with an article, as 0 or 1."""
        arrays = self._arrays
        if not len(arrays.name_words):
            return np.zeros(len(names), np.int64)
        first = arrays.name_words[np.minimum(arrays.name_offsets[names], len(arrays.name_words) - 1)]
        return (np.isin(first, self._articles) & (self._word_counts[names] > 1)).astype(np.int64)

    def _begins_with(self, words: Sequence[str], names: Names, skipped: Names | int = 0) -> NDArray[np.bool_]:
        """Return for each name whether its first words after those skipped are these; the last may be unfinished."""
        arrays = self._arrays
        begins = self._word_counts[names] - skipped >= len(words)
        last_place = len(arrays.name_words) - 1
        for number, word in enumerate(words):
            there = arrays.name_words[np.minimum(arrays.name_offsets[names] + skipped + number, last_place)]
            is_word = np.zeros(len(names), np.bool_)
            for first, end in self._ranges(word, words, unfinished=number == len(words) - 1):
                is_word |= (there >= first) & (there < end)
            begins &= is_word
        return begins

    def _joined_otherwise(self, words: Sequence[str], exact: Sequence[Names]) -> list[Names]:
        """Return for each word the names that have it across their words, or joined with its neighbour."""
        found = [names[:0] for names in exact]
        rare = [
            place
            for place, word in enumerate(words)
            if len(word) > MIN_SQUEEZED_LETTERS and not self._is_common(exact[place])
        ]
        for place in sorted(rare, key=lambda place: -len(words[place]))[:_MAX_JOINED_WORDS]:
            found[place] = self._squeezed.containing(words[place], at_word=True)
        for place in range(len(words) - 1):
            names = self._postings(*self._vocabulary.beginning(words[place] + words[place + 1]))
            for part in (place, place + 1):
                found[part] = np.concatenate([found[part], names])
        return found

    def _similar(self, word: str, exact: Names) -> Names:
        """Return the names with a word similar to this one; none if the word itself is common."""
        if self._is_common(exact):
            return exact[:0]
        numbers = self._vocabulary.beginning_like(word)
        return np.concatenate([exact[:0], *(self._postings(number, number + 1) for number in numbers)])

    def _is_common(self, names: Names) -> bool:
        return len(names) > max(_MIN_COMMON_NAMES, _COMMON_SHARE * len(self))

    def _postings(self, first: int, end: int) -> NDArray[np.int32]:
        """Return the names of the words from `first` to `end`."""
        offsets = self._arrays.posting_offsets
        return self._arrays.postings[offsets[first] : offsets[end]]

    def _having_all(self, names_of_words: Sequence[Names]) -> NDArray[np.bool_]:
        has_all = np.ones(len(self), np.bool_)
        for names in names_of_words:
            has_all &= self._having(names)
        return has_all

    def _having_most(self, words: Sequence[str], exact: Sequence[Names], similar: Sequence[Names]) -> Iterator[Names]:
        """Yield names by the weight of the words that they have, rare words more, down to half of the best."""
        scores = np.zeros(len(self), np.float32)
        for word, names, others in zip(words, exact, similar, strict=True):
            has_word, has_similar = self._having(names), self._having(others)
            has_similar &= ~has_word
            matching = np.count_nonzero(has_word) or np.count_nonzero(has_similar)
            if matching:
                weight = np.float32(np.log1p(len(self) / matching))
                share = WEIGHT_OF_SIMILAR_SHORT_WORD if len(word) < MIN_LONG_WORD else WEIGHT_OF_SIMILAR_WORD
                scores[np.flatnonzero(has_word)] += weight
                scores[np.flatnonzero(has_similar)] += weight * np.float32(share)
        candidates = np.flatnonzero(scores)
        scores = scores[candidates].round(3)
        is_good = scores >= scores.max(initial=0) / 2
        candidates, scores = candidates[is_good], scores[is_good]
        for score in np.unique(scores)[::-1]:
            yield candidates[scores == score]

    def _having(self, names: Names) -> NDArray[np.bool_]:
        having = np.zeros(len(self), np.bool_)
        having[names] = True
        return having


def _spellings(word: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the other spellings of a word of a query; a query of a single letter is not a Roman numeral."""
    others = equal_words(word)
    if len(words) > 1:
        return others
    return () if _is_letter(word) else tuple(other for other in others if not _is_letter(other))


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _joined(names: Sequence[Names], others: Sequence[Names]) -> list[Names]:
    """Return the names found for each word in either way."""
    return [np.concatenate(parts) for parts in zip(names, others, strict=True)]
