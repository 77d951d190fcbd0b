"""Postings of names of which a catalogue has many, such as directors and keywords."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import (
    FileReader,
    are_offsets,
    open_arrays,
    require_one_build,
    save_arrays,
)


@dataclass(frozen=True, slots=True)
class PostingArrays:
    """The films of each of N names."""

    keys: NDArray[np.uint64]  # [N] ascending; see name_key
    offsets: NDArray[np.int32]  # [N + 1] name n's films are positions[offsets[n]:offsets[n + 1]]
    positions: NDArray[np.int32]


class NamePostings:
    """Finds films by a name, ignoring case. Names are stored as hashes, positions are read from their file."""

    def __init__(self, arrays: PostingArrays, films: int, reader: FileReader | None = None) -> None:
        self._arrays = arrays
        self._films = films
        self._reader = reader

    def __contains__(self, name: str) -> bool:
        return self._place(name) is not None

    def positions(self, name: str) -> NDArray[np.int32]:
        """Return the positions of the films that have a name; empty if none has it."""
        place = self._place(name)
        if place is None:
            return np.empty(0, np.int32)
        start, end = self._arrays.offsets[place : place + 2].tolist()
        if self._reader is None:
            return self._arrays.positions[start:end]
        positions = np.frombuffer(self._reader.read(4 * start, 4 * (end - start)), np.int32)
        return positions[(positions >= 0) & (positions < self._films)]

    def _place(self, name: str) -> int | None:
        key = name_key(name)
        place = int(self._arrays.keys.searchsorted(key))
        return place if place < len(self._arrays.keys) and self._arrays.keys[place] == key else None

    def save(self, directory: Path, prefix: str) -> None:
        """Write the arrays into an existing directory."""
        save_arrays(self._arrays, directory, prefix)

    def close(self) -> None:
        """Close the file of the positions. Idempotent."""
        if self._reader is not None:
            self._reader.close()

    @classmethod
    def open(cls, directory: Path, prefix: str, films: int) -> Self:
        """Read what `save` wrote for an index with a number of films. Raises ModelFileError."""
        arrays = open_arrays(PostingArrays, directory, prefix, mapped=("positions",))
        fit = arrays.keys.ndim == 1 and arrays.positions.ndim == 1
        fit = fit and are_offsets(arrays.offsets, len(arrays.keys), len(arrays.positions))
        require_one_build(fit, directory, prefix)
        path = directory / f"{prefix}_positions.npy"
        reader = FileReader(path, path.stat().st_size - arrays.positions.nbytes)
        return cls(PostingArrays(arrays.keys, arrays.offsets, np.empty(0, np.int32)), films, reader)

    @classmethod
    def from_names(cls, names_of_films: Sequence[Sequence[str]]) -> Self:
        """Make the postings from each film's names, in the order of the films' positions."""
        films_of: dict[int, list[int]] = {}
        for position, names in enumerate(names_of_films):
            for key in dict.fromkeys(map(name_key, names)):
                films_of.setdefault(int(key), []).append(position)
        keys = sorted(films_of)
        lists = [films_of[key] for key in keys]
        return cls(
            PostingArrays(
                keys=np.array(keys, np.uint64),
                offsets=np.cumsum([0, *map(len, lists)]).astype(np.int32),
                positions=np.array([position for films in lists for position in films], np.int32),
            ),
            len(names_of_films),
        )


def name_key(name: str) -> np.uint64:
    """Return a 64-bit hash of a name, ignoring case; two of a million names agree with a chance of 1 in 40 million."""
    digest = hashlib.blake2b(name.strip().casefold().encode("utf-8", "replace"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
