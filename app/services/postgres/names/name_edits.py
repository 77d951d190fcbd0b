"""Edits of the index of names and of its keys, which give the same arrays as indexing the edited names again."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.keys import Keys, sorted_keys
from app.services.local.names.name_arrays import NameArrays, lines
from app.services.local.names.words import letter_bits, name_words, other_words
from app.services.postgres.names.edits import Array, Edit

_NEWLINE = ord("\n")


def edited_names(arrays: NameArrays, edit: Edit, new: Sequence[str]) -> NameArrays:
    """Return the index of the edited names; see `arrays_of_names`."""
    names = len(arrays.name_offsets) - 1
    is_kept = edit.kept(names)[arrays.postings]
    of_word = np.repeat(np.arange(len(arrays.letters)), np.diff(arrays.posting_offsets))[is_kept]
    words_of = [name_words(name) for name in new]
    found_by = [set(words).union(other_words(name)) for words, name in zip(words_of, new, strict=True)]
    words = _EditedWords.of(lines(arrays.words), of_word, set().union(*found_by))
    of_word, postings = _merged(
        (words.moved[of_word], edit.moved(names)[arrays.postings[is_kept]]),
        [(word, name) for name, found in zip(edit.inserted.tolist(), found_by, strict=True) for word in words(found)],
    )
    numbers = words.moved[arrays.name_words]
    name_offsets, numbers = edit.ragged(arrays.name_offsets, numbers, [words(of_name) for of_name in words_of])
    line_offsets = np.append(0, np.flatnonzero(arrays.squeezed == _NEWLINE) + 1)
    squeezed = [np.frombuffer(("".join(of_name) + "\n").encode(), np.uint8) for of_name in words_of]
    return NameArrays(
        words=np.frombuffer("\n".join(words.texts).encode(), np.uint8),
        letters=words.edit.column(arrays.letters, [letter_bits(words.texts[place]) for place in words.edit.inserted]),
        posting_offsets=np.searchsorted(of_word, np.arange(len(words.texts) + 1)).astype(np.int32),
        postings=postings.astype(np.int32),
        name_offsets=name_offsets,
        name_words=numbers.astype(np.int32),
        squeezed=edit.ragged(line_offsets, arrays.squeezed, squeezed)[1],
    )


def edited_keys(keys: Keys, edit: Edit, rows: int, new: Iterable[tuple[list[str], int]]) -> Keys:
    """Return keys whose values are rows, of which there were `rows`; `new` has the new rows' names as words."""
    is_kept = edit.kept(rows)[keys.values]
    moved = edit.moved(rows)[keys.values[is_kept]].astype(np.int32)
    return merged_keys(Keys(keys.keys[is_kept], moved), sorted_keys(new))


def merged_keys(keys: Keys, others: Keys) -> Keys:
    """Return the keys of both in order."""
    joined, values = np.concatenate([keys.keys, others.keys]), np.concatenate([keys.values, others.values])
    order = np.lexsort((values, joined))
    return Keys(joined[order], values[order])


@dataclass(frozen=True, slots=True)
class _EditedWords:
    """The sorted words of the edited names."""

    texts: list[str]
    edit: Edit
    moved: NDArray[np.int64]
    """The new number of each old word."""

    @classmethod
    def of(cls, texts: list[str], still_used: Array, found: set[str]) -> Self:
        """Keep the words with the numbers that are still used, and add those found in new names."""
        is_used = np.bincount(still_used, minlength=len(texts)) > 0
        is_used[[number for word in found if (number := _number(texts, word)) is not None]] = True
        new = sorted(word for word in found if _number(texts, word) is None)
        places = np.array([bisect_left(texts, word) for word in new], np.int64)
        edit = Edit(np.flatnonzero(~is_used), places)
        kept = [word for word, keep in zip(texts, is_used.tolist(), strict=True) if keep]
        return cls(sorted(kept + new), edit, edit.moved(len(texts)))

    def __call__(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of words."""
        return [bisect_left(self.texts, word) for word in words]


def _number(texts: Sequence[str], word: str) -> int | None:
    place = bisect_left(texts, word)
    return place if place < len(texts) and texts[place] == word else None


def _merged(postings: tuple[Array, Array], added: list[tuple[int, int]]) -> tuple[Array, Array]:
    """Return the words and the names of postings in order, with those added."""
    words, names = postings
    new_words, new_names = np.array(sorted(added), np.int64).reshape(-1, 2).T
    width = 1 + max(names.max(initial=0), new_names.max(initial=0))
    places = np.searchsorted(words * width + names, new_words * width + new_names)
    return np.insert(words, places, new_words), np.insert(names, places, new_names)
