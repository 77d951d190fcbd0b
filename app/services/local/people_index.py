"""The index of directors and actors: their names, and their films."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import (
    are_offsets,
    are_positions,
    open_arrays,
    require_one_build,
    save_arrays,
)
from app.services.local.keys import Keys, sorted_keys
from app.services.local.names.name_index import NameIndex
from app.services.local.names.words import name_words
from app.services.vectors import Positions

MAX_WORDS = 6
"""Number of words of a typed name that are read."""

_PREFIX = "people"
_NAMES_PREFIX = "people_names"
_DIRECTOR_WEIGHT = 2
_NAME_ENDINGS = frozenset({"jr", "sr", "ii", "iii"})
_PARTICLES = frozenset({"von", "van", "de", "del", "della", "da", "di", "du", "le", "la", "dos", "el", "al", "ter"})


@dataclass(frozen=True, slots=True)
class PeopleArrays:
    """P people, most films first, and which of the N films each directed or acts in."""

    names: NDArray[np.uint8]  # UTF-8 text, one name after the other
    name_offsets: NDArray[np.int32]  # [P + 1] person p's name is names[name_offsets[p]:name_offsets[p + 1]]
    film_offsets: NDArray[np.int32]  # [P + 1] person p's films are films[film_offsets[p]:film_offsets[p + 1]]
    films: NDArray[np.int32]  # positions, in ascending order for each person
    name_keys: NDArray[np.uint64]  # [P] ascending: hashes of the names in the form in which they are compared
    name_people: NDArray[np.int32]  # [P] the person of each key
    surname_keys: NDArray[np.uint64]  # [S] ascending; of equal keys, the person with the most films comes first
    surname_people: NDArray[np.int32]  # [S]
    film_count: NDArray[np.int64]  # [1] N


class PeopleIndex:
    """Finds people by name, and films by person."""

    def __init__(self, arrays: PeopleArrays, names: NameIndex) -> None:
        self._arrays = arrays
        self._names = names
        self._by_name = Keys(arrays.name_keys, arrays.name_people)
        self._by_surname = Keys(arrays.surname_keys, arrays.surname_people)

    @classmethod
    def from_credits(cls, directors: Sequence[Sequence[str]], casts: Sequence[Sequence[str]]) -> Self:
        """Index the directors and the leading actors of films, by the positions of the films."""
        films_of: dict[str, list[int]] = {}
        weights: dict[str, int] = {}
        for position, (by, cast) in enumerate(zip(directors, casts, strict=True)):
            for name, weight in credit_weights(by, cast).items():
                films_of.setdefault(name, []).append(position)
                weights[name] = weights.get(name, 0) + weight
        people = sorted(films_of, key=lambda name: (-weights[name], name))
        films = [films_of[name] for name in people]
        return cls(people_arrays(people, films, len(directors)), NameIndex.from_names(people))

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read what `save` wrote; raises ModelFileError if a file is missing or is not such an array."""
        arrays = open_arrays(PeopleArrays, directory, _PREFIX)
        names = NameIndex.open(directory, _NAMES_PREFIX)
        require_one_build(_fit_together(arrays, len(names)), directory, _PREFIX)
        return cls(arrays, names)

    def save(self, directory: Path) -> None:
        """Write the arrays as one .npy file each into an existing directory."""
        save_arrays(self._arrays, directory, _PREFIX)
        self._names.save(directory, _NAMES_PREFIX)

    def __len__(self) -> int:
        return len(self._arrays.name_keys)

    @property
    def film_count(self) -> int:
        """How many films the catalogue has."""
        return int(self._arrays.film_count[0])

    def name(self, person: int) -> str:
        """Return the name of a person."""
        start, end = self._arrays.name_offsets[person : person + 2].tolist()
        text: bytes = self._arrays.names[start:end].tobytes()
        return text.decode()

    def has_word(self, word: str) -> bool:
        """Return whether a name has this word."""
        return self._names.has_word(word)

    def films(self, person: int) -> NDArray[np.int32]:
        """Return the positions of the films that are by or with a person."""
        start, end = self._arrays.film_offsets[person : person + 2]
        return self._arrays.films[start:end]

    def films_of(self, name: str) -> Positions:
        """Return the positions of the films of all people of this name."""
        films = [self.films(person) for person in self._by_name.of(name)]
        return np.unique(np.concatenate(films)).astype(np.int64) if films else np.empty(0, np.int64)

    def people_named(self, name: str) -> list[str]:
        """Return the people of this full name, ignoring case and accents."""
        return [self.name(person) for person in self._by_name.of(name)]

    def people_surnamed(self, surname: str) -> list[str]:
        """Return the people of this surname, those with the most films first."""
        return [self.name(person) for person in self._by_surname.of(surname)]

    def search(self, typed: str, limit: int) -> list[int]:
        """Return up to `limit` people whose names match a name as typed so far, best first."""
        words = name_words(typed)[:MAX_WORDS]
        if not words:
            return []
        found: dict[int, None] = {}
        for people in chain(self._names.full_matches(words), self._names.near_matches(words)):
            found.update(dict.fromkeys(np.sort(people).tolist()))
            if len(found) >= limit:
                break
        return list(found)[:limit]


def credit_weights(directors: Sequence[str], cast: Sequence[str]) -> dict[str, int]:
    """Return the people of one film, and how much it counts for the order of each among all people."""
    return {name: _DIRECTOR_WEIGHT if name in directors else 1 for name in dict.fromkeys([*directors, *cast])}


def surnames(name: str) -> list[list[str]]:
    """Return the surnames by which a person is known: "von Trier" also as "Trier", "Bong Joon-ho" as "Bong"."""
    words = name_words(name)
    while len(words) > 1 and words[-1] in _NAME_ENDINGS:
        words.pop()
    if len(words) < 2:
        return []
    if "-" in name.split()[-1] and len(name.split()) == 2:
        return [words[:1]]
    found = [words[-1:]]
    if words[-2] in _PARTICLES:
        found.append(words[-2:])
    return found


def people_arrays(people: Sequence[str], films: Sequence[Sequence[int]], film_count: int) -> PeopleArrays:
    """Return the arrays of people and of the films of each."""
    texts = [name.encode("utf-8", "replace") for name in people]
    by_name = sorted_keys((name_words(name), person) for person, name in enumerate(people))
    by_surname = sorted_keys((surname, person) for person, name in enumerate(people) for surname in surnames(name))
    return PeopleArrays(
        names=np.frombuffer(b"".join(texts), np.uint8),
        name_offsets=np.cumsum([0, *map(len, texts)]).astype(np.int32),
        film_offsets=np.cumsum([0, *map(len, films)]).astype(np.int32),
        films=np.array(array("i", chain.from_iterable(films)), np.int32),
        name_keys=by_name.keys,
        name_people=by_name.values,
        surname_keys=by_surname.keys,
        surname_people=by_surname.values,
        film_count=np.array([film_count], np.int64),
    )


def _fit_together(arrays: PeopleArrays, names: int) -> bool:
    people = len(arrays.name_keys)
    if arrays.film_count.shape != (1,) or names != people or arrays.surname_keys.shape != arrays.surname_people.shape:
        return False
    try:
        arrays.names.tobytes().decode()
    except UnicodeDecodeError:
        return False
    return (
        arrays.name_people.shape == (people,)
        and are_positions(arrays.name_people, people)
        and are_positions(arrays.surname_people, people)
        and are_positions(arrays.films, int(arrays.film_count[0]))
        and are_offsets(arrays.name_offsets, people, len(arrays.names))
        and are_offsets(arrays.film_offsets, people, len(arrays.films))
    )
