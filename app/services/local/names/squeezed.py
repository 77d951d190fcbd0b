"""One text of all names without spaces, in which words are found that are joined or split differently."""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

_NEWLINE = ord("\n")
_SORTED_BYTES = 8
"""Words are sorted by this number of bytes from their beginnings, which fit into 64 bits."""


class SqueezedNames:
    """M names without spaces, one per line: "starwars", "thegodfather"."""

    def __init__(self, lines: NDArray[np.uint8], word_starts: NDArray[np.int64]) -> None:
        """Take the lines as UTF-8 and the offsets at which words begin."""
        self._length = len(lines)
        self._text = b"\n" + lines.tobytes() + bytes(_SORTED_BYTES)
        self._ends = np.flatnonzero(lines == _NEWLINE).astype(np.int32)
        self._starts = self._sorted(word_starts + 1)

    @property
    def lines(self) -> NDArray[np.uint8]:
        """The lines, not copied."""
        return np.frombuffer(self._text, np.uint8)[1 : 1 + self._length]

    def beginning(self, squeezed: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the names that begin with a text, and for each whether the text is the whole name."""
        needle = squeezed.encode("utf-8", "surrogatepass")
        text = np.frombuffer(self._text, np.uint8)
        offsets = self._words_beginning(needle)
        offsets = offsets[text[offsets - 1] == _NEWLINE]
        return self._names_at(offsets), text[offsets + len(needle)] == _NEWLINE

    def containing(self, squeezed: str, *, at_word: bool) -> NDArray[np.int64]:
        """Return the names that contain a text, anywhere or only at the beginning of a word."""
        needle = squeezed.encode("utf-8", "surrogatepass")
        return self._names_at(self._words_beginning(needle) if at_word else self._offsets(needle))

    def _sorted(self, starts: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return offsets sorted by the first bytes of the text that begins there."""
        text = np.frombuffer(self._text, np.uint8)
        keys = np.zeros(len(starts), np.uint64)
        for place in range(_SORTED_BYTES):
            keys <<= np.uint64(8)
            keys |= text[starts + place]
        return starts[np.argsort(keys)].astype(np.int32)

    def _words_beginning(self, needle: bytes) -> NDArray[np.int32]:
        """Return the offsets of the words that begin with a text, alone or together with the words after them."""
        head = needle[:_SORTED_BYTES]

        def begins(offset: int) -> bytes:
            return self._text[offset : offset + len(head)]

        first = bisect_left(self._starts, head, key=begins)
        end = bisect_right(self._starts, head, lo=first, key=begins)
        offsets = np.sort(self._starts[first:end])
        if len(needle) > len(head):
            offsets = offsets[[self._text.startswith(needle, offset) for offset in offsets.tolist()]]
        return offsets

    def _names_at(self, offsets: NDArray[np.integer]) -> NDArray[np.int64]:
        return self._ends.searchsorted(offsets - 1)

    def _offsets(self, needle: bytes) -> NDArray[np.int64]:
        offsets = []
        place = self._text.find(needle)
        while place >= 0:
            offsets.append(place)
            place = self._text.find(needle, place + 1)
        return np.array(offsets, np.int64)
