"""The sorted distinct words of many names, with lookups by beginning and with typing errors."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from app.services.local.names.words import letter_bits

MIN_LETTERS_FOR_ONE_ERROR = 3
MIN_LETTERS_FOR_TWO_ERRORS = 8


def is_misspelt(typed: str, word: str) -> bool:
    """Return whether a typed word equals a word, except for one typing error, or two in a long word."""
    if typed == word:
        return True
    if len(typed) < MIN_LETTERS_FOR_ONE_ERROR or typed.isdigit():
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(typed, word) <= _errors_in(typed)


def _errors_in(word: str) -> int:
    return 2 if len(word) >= MIN_LETTERS_FOR_TWO_ERRORS else 1


class Vocabulary:
    """W words in ascending order; a word's number is its position."""

    def __init__(self, words: Sequence[str], letters: NDArray[np.uint64]) -> None:
        """Take the words and the bits of their letters [W], see `letter_bits`."""
        self._words = words
        self._letters = letters

    def number(self, word: str) -> int | None:
        """Return the number of a word, or None if no name has it."""
        place = bisect_left(self._words, word)
        return place if place < len(self._words) and self._words[place] == word else None

    def beginning(self, prefix: str) -> tuple[int, int]:
        """Return the first number and the end of the words that begin with a prefix."""
        return bisect_left(self._words, prefix), bisect_left(self._words, prefix + chr(0x10FFFF))

    def beginning_like(self, word: str) -> list[int]:
        """Return the numbers of the words that begin like this one, but for one typing error, or two in a long word."""
        if len(word) < MIN_LETTERS_FOR_ONE_ERROR or word.isdigit():
            return []
        errors = _errors_in(word)
        missing_letters = np.bitwise_count(np.uint64(letter_bits(word)) & ~self._letters)
        numbers = np.flatnonzero(missing_letters <= errors)
        # Cutting a word one letter longer or shorter adds at most one error.
        numbers = self._similar(word, numbers, range(len(word), len(word) + 1), 2 * errors)
        lengths = range(len(word) - errors, len(word) + errors + 1)
        similar: list[int] = self._similar(word, numbers, lengths, errors).tolist()
        return similar

    def _similar(self, word: str, numbers: NDArray[np.int64], lengths: range, errors: int) -> NDArray[np.int64]:
        """Return the words that are similar to this one if they are cut to one of the lengths."""
        if not len(numbers):
            return numbers
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cdist

        words = itemgetter(*numbers.tolist(), numbers[0])(self._words)[:-1]  # a tuple, even of one word
        cut = [other[:length] for length in lengths for other in words]
        distances = cdist([word], cut, scorer=OSA.distance, score_cutoff=errors, dtype=np.uint8)
        is_similar: NDArray[np.bool_] = distances.reshape(len(lengths), len(numbers)).min(axis=0) <= errors
        return numbers[is_similar]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)
