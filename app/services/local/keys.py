"""Hashes of names in a form for comparison, by which names are looked up without their texts in memory."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.services.local.names.words import name_words


class Keys(NamedTuple):
    """Keys in ascending order with a value each; of equal keys, the smaller value comes first."""

    keys: NDArray[np.uint64]
    values: NDArray[np.int32]

    def of(self, name: str) -> list[int]:
        """Return the values of a name, ignoring case, accents and punctuation."""
        key = np.uint64(name_key(name_words(name)))
        first = int(self.keys.searchsorted(key, side="left"))
        end = int(self.keys.searchsorted(key, side="right"))
        found: list[int] = self.values[first:end].tolist()
        return found


def sorted_keys(names: Iterable[tuple[list[str], int]]) -> Keys:
    """Return the keys of names, given as their words, with a value for each."""
    pairs = sorted((name_key(words), value) for words, value in names)
    return Keys(np.array([key for key, _ in pairs], np.uint64), np.array([value for _, value in pairs], np.int32))


def name_key(words: Iterable[str]) -> int:
    """Return the hash of a name's words."""
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
