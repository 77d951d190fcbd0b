"""Title as typed so far -> films: prefixes in any order of words, accents and small typing errors forgiven."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import are_offsets, are_positions, open_arrays, require_one_build, save_arrays

MOST_WORDS = 12
"""Words of a query that are looked at."""

_SHORTEST_WORD_WITH_ERROR = 3
_SHORTEST_WORD_WITH_TWO_ERRORS = 8
# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_JOINED = re.compile(r"[^\W_]+(?:[-·.:/*][^\W_]+)+")


@dataclass(frozen=True, slots=True)
class TitleArrays:
    """The distinct words of all titles (W of them, sorted) and the films (N) whose titles have them."""

    words: NDArray[np.uint8]  # UTF-8 text, a word a line
    letters: NDArray[np.uint64]  # [W] which letters a word has, a bit each
    film_offsets: NDArray[np.int32]  # [W + 1] word w's films are films[film_offsets[w]:film_offsets[w + 1]]
    films: NDArray[np.int32]
    title_offsets: NDArray[np.int32]  # [N + 1] film f's title is title_words[title_offsets[f]:title_offsets[f + 1]]
    title_words: NDArray[np.int32]  # the titles' words in order, as indices into the words


class TitleIndex:
    """Finds films by the beginning of their titles' words."""

    def __init__(self, arrays: TitleArrays) -> None:
        self._arrays = arrays
        text = arrays.words.tobytes().decode()
        self._words = text.split("\n") if text else []
        self._word_counts = np.diff(arrays.title_offsets)

    @classmethod
    def from_titles(cls, titles: Sequence[str]) -> Self:
        """Index the titles of films by position."""
        films_of: dict[str, list[int]] = {}
        words_of = [title_words(title) for title in titles]
        for position, title in enumerate(titles):
            for word in dict.fromkeys([*words_of[position], *_joined_words(title)]):
                films_of.setdefault(word, []).append(position)
        vocabulary = sorted(films_of)
        numbers = {word: number for number, word in enumerate(vocabulary)}
        return cls(
            TitleArrays(
                words=np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
                letters=np.array([_letters(word) for word in vocabulary], np.uint64),
                film_offsets=np.cumsum([0] + [len(films_of[word]) for word in vocabulary]).astype(np.int32),
                films=np.array([position for word in vocabulary for position in films_of[word]], np.int32),
                title_offsets=np.cumsum([0] + [len(words) for words in words_of]).astype(np.int32),
                title_words=np.array([numbers[word] for words in words_of for word in words], np.int32),
            )
        )

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read what `save` wrote; raises ModelFileError where a file is missing or is not such an array."""
        arrays = open_arrays(TitleArrays, directory, "titles")
        require_one_build(_fit_together(arrays), directory, "titles")
        return cls(arrays)

    def __len__(self) -> int:
        return len(self._word_counts)

    def save(self, directory: Path) -> None:
        """Write the arrays as one .npy file each into an existing directory."""
        save_arrays(self._arrays, directory, "titles")

    def search(self, query: str, limit: int, vote_counts: NDArray[np.int32]) -> list[int]:
        """Return positions of up to `limit` films whose titles have every word of the query, or words that begin so.

        Titles that are just the query come first, then titles that begin with it, then others without typing errors;
        among equals films with more votes (`vote_counts` [N]), then shorter titles.
        """
        words = title_words(query)[:MOST_WORDS]
        if not words:
            return []
        found = self._films_with_all([self._films_beginning(word) for word in words])
        begins = self._begins_with(words, found)
        is_exact = self._is_whole_title(words, found)
        if len(set(words)) < len(words):  # "la la" is not "La Notte", which has each of the words too
            is_exact &= begins
        groups = (found[is_exact], found[begins & ~is_exact], found[~begins & ~is_exact])
        ranked = [position for films in groups for position in self._best_known(films, vote_counts)]
        if len(ranked) < limit:
            similar = self._films_with_all([self._films_beginning_like(word) for word in words])
            others = similar[np.isin(similar, found, invert=True)]
            ranked += self._best_known(others, vote_counts)
        return ranked[:limit]

    def _films_beginning(self, word: str) -> NDArray[np.int32]:
        first, end = self._word_range(word)
        offsets = self._arrays.film_offsets
        return self._arrays.films[offsets[first] : offsets[end]]

    def _films_beginning_like(self, word: str) -> NDArray[np.int32]:
        """Return the films with a word that begins like this one, but for a letter or two."""
        offsets, films = self._arrays.film_offsets, self._arrays.films
        similar = self._words_beginning_like(word)
        return np.concatenate(
            [self._films_beginning(word), *(films[offsets[index] : offsets[index + 1]] for index in similar)]
        )

    def _words_beginning_like(self, word: str) -> list[int]:
        if len(word) < _SHORTEST_WORD_WITH_ERROR:
            return []
        from rapidfuzz.distance import OSA

        errors = 2 if len(word) >= _SHORTEST_WORD_WITH_TWO_ERRORS else 1
        missing_letters = np.bitwise_count(np.uint64(_letters(word)) & ~self._arrays.letters)
        lengths = range(len(word) - errors, len(word) + errors + 1)
        return [
            index
            for index in np.flatnonzero(missing_letters <= errors).tolist()
            if any(OSA.distance(word, self._words[index][:n], score_cutoff=errors) <= errors for n in lengths)
        ]

    def _word_range(self, prefix: str) -> tuple[int, int]:
        return bisect_left(self._words, prefix), bisect_left(self._words, prefix + chr(0x10FFFF))

    def _films_with_all(self, films_of_words: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
        has_all = np.ones(len(self), np.bool_)
        for films in films_of_words:
            has_word = np.zeros_like(has_all)
            has_word[films] = True
            has_all &= has_word
        return np.flatnonzero(has_all)

    def _is_whole_title(self, words: Sequence[str], films: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of each film that has words beginning like these whether its title is just these words."""
        is_whole: NDArray[np.bool_] = self._word_counts[films] == len(words)
        for word in words:
            is_whole &= np.isin(films, self._films_having(word))
        return is_whole

    def _begins_with(self, words: Sequence[str], films: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of each film whether its title's first words are these, the last of them perhaps unfinished."""
        arrays = self._arrays
        begins = self._word_counts[films] >= len(words)
        last_place = len(arrays.title_words) - 1
        for number, word in enumerate(words):
            first, end = self._word_range(word)
            is_last = number == len(words) - 1
            if not is_last:  # the word itself, where there is one
                end = first + (first < end and self._words[first] == word)
            there = arrays.title_words[np.minimum(arrays.title_offsets[films] + number, last_place)]
            begins &= (there >= first) & (there < end)
        return begins

    def _films_having(self, word: str) -> NDArray[np.int32]:
        first, end = self._word_range(word)
        if first == end or self._words[first] != word:
            return self._arrays.films[:0]
        offsets = self._arrays.film_offsets
        return self._arrays.films[offsets[first] : offsets[first + 1]]

    def _best_known(self, films: NDArray[np.int64], vote_counts: NDArray[np.int32]) -> list[int]:
        order = np.lexsort((films, self._word_counts[films], -vote_counts[films].astype(np.int64)))
        ranked: list[int] = films[order].tolist()
        return ranked


def _fit_together(arrays: TitleArrays) -> bool:
    try:
        text = arrays.words.tobytes().decode()
    except UnicodeDecodeError:
        return False
    words = text.count("\n") + 1 if text else 0
    return (
        arrays.letters.shape == (words,)
        and are_positions(arrays.films, len(arrays.title_offsets) - 1)
        and are_offsets(arrays.film_offsets, words, len(arrays.films))
        and are_positions(arrays.title_words, words)
        and are_offsets(arrays.title_offsets, len(arrays.title_offsets) - 1, len(arrays.title_words))
    )


def title_words(title: str) -> list[str]:
    """Return the words of a title as they are compared: lower case, without accents, apostrophes and punctuation."""
    return _WORD.findall(_plain(title))


def _joined_words(title: str) -> list[str]:
    """Return words with a hyphen or dot as people type them without it: "Spider-Man" as "spiderman"."""
    return ["".join(_WORD.findall(joined)) for joined in _JOINED.findall(_plain(title))]


def _plain(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", title.casefold()).translate(_PLAIN_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _letters(word: str) -> int:
    """Return 64 bits that tell which letters a word has; letters 64 apart in Unicode share a bit."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits
