"""The arrays of a name index, their computation from names, and their check when they are read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import are_offsets, are_positions
from app.services.local.names.words import letter_bits, name_words, other_words


@dataclass(frozen=True, slots=True)
class NameArrays:
    """The distinct words of all names (W of them, sorted) and the names (M) that have them."""

    words: NDArray[np.uint8]  # UTF-8 text, a word a line
    letters: NDArray[np.uint64]  # [W] which letters a word has, a bit each
    posting_offsets: NDArray[np.int32]  # [W + 1] word w's names are postings[offsets[w]:offsets[w + 1]]
    postings: NDArray[np.int32]
    name_offsets: NDArray[np.int32]  # [M + 1] name m is name_words[name_offsets[m]:name_offsets[m + 1]]
    name_words: NDArray[np.int32]  # the words of the names in order, as indices into the words
    squeezed: NDArray[np.uint8]  # UTF-8 text, the words of a name without spaces, a name a line


def arrays_of_names(names: Sequence[str]) -> NameArrays:
    """Return the index of names by position."""
    postings: dict[str, list[int]] = {}
    words_of = [name_words(name) for name in names]
    for position, name in enumerate(names):
        for word in dict.fromkeys([*words_of[position], *other_words(name)]):
            postings.setdefault(word, []).append(position)
    vocabulary = sorted(postings)
    numbers = {word: number for number, word in enumerate(vocabulary)}
    return NameArrays(
        words=np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
        letters=np.array([letter_bits(word) for word in vocabulary], np.uint64),
        posting_offsets=np.cumsum([0] + [len(postings[word]) for word in vocabulary]).astype(np.int32),
        postings=np.array([position for word in vocabulary for position in postings[word]], np.int32),
        name_offsets=np.cumsum([0] + [len(words) for words in words_of]).astype(np.int32),
        name_words=np.array([numbers[word] for words in words_of for word in words], np.int32),
        squeezed=np.frombuffer("".join("".join(words) + "\n" for words in words_of).encode(), np.uint8),
    )


def lines(text: NDArray[np.uint8]) -> list[str]:
    """Return the lines of a UTF-8 text."""
    decoded = text.tobytes().decode()
    return decoded.split("\n") if decoded else []


def word_starts(arrays: NameArrays) -> NDArray[np.int64]:
    """Return the offsets in the squeezed text at which words begin."""
    lengths = _word_lengths(arrays)[arrays.name_words]
    newlines = np.repeat(np.arange(len(arrays.name_offsets) - 1), np.diff(arrays.name_offsets))
    return np.cumsum(lengths) - lengths + newlines


def _word_lengths(arrays: NameArrays) -> NDArray[np.int64]:
    """Return the length of each word in bytes."""
    ends = np.append(np.flatnonzero(arrays.words == ord("\n")), len(arrays.words))
    return np.diff(ends, prepend=-1) - 1


def fit_together(arrays: NameArrays) -> bool:
    """Return whether the arrays are of one build."""
    try:
        words = lines(arrays.words)
    except UnicodeDecodeError:
        return False
    names = len(arrays.name_offsets) - 1
    return (
        arrays.letters.shape == (len(words),)
        and are_positions(arrays.postings, names)
        and are_offsets(arrays.posting_offsets, len(words), len(arrays.postings))
        and are_positions(arrays.name_words, len(words))
        and are_offsets(arrays.name_offsets, names, len(arrays.name_words))
        and arrays.squeezed.ndim == 1
        and np.count_nonzero(arrays.squeezed == ord("\n")) == names
        and len(arrays.squeezed) == names + int(_word_lengths(arrays)[arrays.name_words].sum())
    )
