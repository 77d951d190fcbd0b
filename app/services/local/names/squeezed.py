"""All names without their spaces in one text, searched for words that are joined or parted otherwise."""

import numpy as np
from numpy.typing import NDArray

_NEWLINE = ord("\n")


class SqueezedNames:
    """The words of each of M names without spaces, a name a line: "starwars", "thegodfather"."""

    def __init__(self, lines: NDArray[np.uint8], word_starts: NDArray[np.int64]) -> None:
        """Take the lines as UTF-8 and the offsets at which words begin."""
        self._text = b"\n" + lines.tobytes()
        self._ends = np.flatnonzero(lines == _NEWLINE).astype(np.int32)
        is_start = np.zeros(len(self._text), np.bool_)
        is_start[word_starts] = True
        self._is_start = np.packbits(is_start)

    @property
    def lines(self) -> NDArray[np.uint8]:
        """The lines, not copied."""
        return np.frombuffer(self._text, np.uint8)[1:]

    def beginning(self, squeezed: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the names that begin with a text, and of each whether it is the whole name."""
        needle = b"\n" + squeezed.encode("utf-8", "surrogatepass")
        offsets = self._offsets(needle)
        following = np.frombuffer(self._text, np.uint8)[offsets + len(needle)]
        return self._ends.searchsorted(offsets), following == _NEWLINE

    def containing(self, squeezed: str, *, at_word: bool) -> NDArray[np.int64]:
        """Return the names that contain a text, anywhere or only at the beginning of a word."""
        offsets = self._offsets(squeezed.encode("utf-8", "surrogatepass")) - 1
        if at_word:
            is_start = self._is_start[offsets >> 3] << (offsets & 7) & 0x80
            offsets = offsets[is_start != 0]
        return self._ends.searchsorted(offsets)

    def _offsets(self, needle: bytes) -> NDArray[np.int64]:
        offsets = []
        place = self._text.find(needle)
        while place >= 0:
            offsets.append(place)
            place = self._text.find(needle, place + 1)
        return np.array(offsets, np.int64)
