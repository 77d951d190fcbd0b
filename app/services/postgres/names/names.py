"""Titles, people, votes and years by handle, and their change with single films."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.services.local.keys import Keys
from app.services.local.name_lookups import NameIndexes
from app.services.local.names.name_arrays import NameArrays, arrays_of_names
from app.services.local.names.name_index import NameIndex
from app.services.local.names.words import name_words
from app.services.local.people_index import PeopleArrays, PeopleIndex, credit_weights, people_arrays, surnames
from app.services.local.title_index import TitleIndex, other_titles
from app.services.local.title_keys import TitleKeyArrays, TitleKeys, keys_of_titles
from app.services.movie_record import MovieRecord
from app.services.postgres.layout import PEOPLE_WEIGHTS_FILE, UNKNOWN_VOTE_COUNT
from app.services.postgres.names.edits import Edit
from app.services.postgres.names.name_edits import edited_keys, edited_names, merged_keys
from app.services.ranking.scores import UNKNOWN_YEAR

Films = Mapping[int, MovieRecord]
"""Films by handle."""

Arrays = TypeVar("Arrays")


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of films by handle; a removed film has an empty one."""

    names: NameArrays
    films: NDArray[np.int32]
    """The film of each name; see TitleIndex."""
    keys: Keys

    def changed(self, removed: Films, added: Films, films: int) -> Self:
        """Return the titles after a change, with `films` handles."""
        known = int(self.films.max(initial=-1)) + 1
        gone = np.array(sorted(removed), np.int64)
        new = range(known, films)
        titles = [added[handle].title if handle in added else "" for handle in new]
        originals = [added[handle].original_title if handle in added else None for handle in new]
        others = [
            (name, handle)
            for handle, title, original in zip(new, titles, originals, strict=True)
            for name in other_titles(title, original)
        ]
        others_gone = known + np.flatnonzero(np.isin(self.films[known:], gone))
        places = [*gone, *(known for _ in new), *(len(self.films) for _ in others)]
        edit = Edit(np.concatenate([gone, others_gone]), np.array(places, np.int64))
        names = edited_names(self.names, edit, [*("" for _ in gone), *titles, *(name for name, _ in others)])
        is_kept = ~np.isin(self.keys.values, gone)
        keys = keys_of_titles(titles, originals)
        return type(self)(
            names,
            edit.column(self.films, [*gone, *new, *(handle for _, handle in others)]),
            merged_keys(
                Keys(self.keys.keys[is_kept], self.keys.values[is_kept]),
                Keys(keys.keys, keys.values + np.int32(known)),
            ),
        )


class _Person(NamedTuple):
    """A person, with a weight by which people are ordered, see `credit_weights`, and films."""

    weight: int
    name: str
    films: list[int]

    def order(self) -> tuple[int, str]:
        """Return by what people are ordered."""
        return -self.weight, self.name


@dataclass(frozen=True, slots=True)
class People:
    """The people of films, most films first."""

    arrays: PeopleArrays
    names: NameArrays
    weights: NDArray[np.int32]
    """Of each person."""

    def changed(self, removed: Films, added: Films, films: int) -> Self:
        """Return the people after a change, with `films` handles."""
        gone, more = _weights(removed), _weights(added)
        places = {name: self._place(name) for name in gone | more}
        after = [self._after(name, place, gone.get(name, {}), more.get(name, {})) for name, place in places.items()]
        new = sorted((person for person in after if person.films), key=_Person.order)
        old = np.array(sorted(place for place in places.values() if place is not None), np.int64)
        return self._edited(Edit(old, np.array([self._rank(person) for person in new], np.int64)), new, films)

    def _place(self, name: str) -> int | None:
        """Return the person of exactly this name."""
        keys = Keys(self.arrays.name_keys, self.arrays.name_people)
        return next((person for person in keys.of(name) if self._name(person) == name), None)

    def _name(self, person: int) -> str:
        start, end = self.arrays.name_offsets[person : person + 2].tolist()
        return self.arrays.names[start:end].tobytes().decode()

    def _rank(self, person: _Person) -> int:
        """Return the place of a person among all."""
        everybody = range(len(self.weights))
        return bisect_left(everybody, person.order(), key=lambda at: (-int(self.weights[at]), self._name(at)))

    def _after(self, name: str, place: int | None, gone: dict[int, int], more: dict[int, int]) -> _Person:
        """Return a person after a change, from the person's place before it, and weights by removed and added film."""
        weight, films = 0, set[int]()
        if place is not None:
            start, end = self.arrays.film_offsets[place : place + 2].tolist()
            weight, films = int(self.weights[place]), set(self.arrays.films[start:end].tolist())
        weight += sum(more.values()) - sum(gone.values())
        return _Person(weight, name, sorted(films - gone.keys() | more.keys()))

    def _edited(self, edit: Edit, new: Sequence[_Person], films: int) -> Self:
        """Return the people with some rows removed and new ones in their places."""
        arrays, people = self.arrays, len(self.weights)
        names = [person.name for person in new]
        texts = [np.frombuffer(name.encode("utf-8", "replace"), np.uint8) for name in names]
        name_offsets, name_bytes = edit.ragged(arrays.name_offsets, arrays.names, texts)
        film_offsets, of_people = edit.ragged(arrays.film_offsets, arrays.films, [person.films for person in new])
        places = list(zip(names, edit.inserted.tolist(), strict=True))
        by_name = ((name_words(name), place) for name, place in places)
        by_surname = ((words, place) for name, place in places for words in surnames(name))
        return type(self)(
            PeopleArrays(
                *(name_bytes, name_offsets, film_offsets, of_people),
                *edited_keys(Keys(arrays.name_keys, arrays.name_people), edit, people, by_name),
                *edited_keys(Keys(arrays.surname_keys, arrays.surname_people), edit, people, by_surname),
                np.array([films], np.int64),
            ),
            edited_names(self.names, edit, names),
            edit.column(self.weights, [person.weight for person in new]),
        )


@dataclass(frozen=True, slots=True)
class Names:
    """Titles and people, and the columns that order films, by handle."""

    titles: Titles
    people: People
    vote_counts: NDArray[np.int32]
    years: NDArray[np.int16]

    def indexes(self) -> NameIndexes:
        """Return the indexes that search them."""
        titles, people = self.titles, self.people
        film_count = np.array([len(self.years)], np.int64)
        return NameIndexes(
            TitleIndex(NameIndex(titles.names), titles.films),
            TitleKeys(TitleKeyArrays(*titles.keys, film_count)),
            PeopleIndex(people.arrays, NameIndex(people.names)),
            self.vote_counts,
            self.years,
        )

    def changed(self, removed: Films, added: Films) -> Self:
        """Return the names after films were removed and added."""
        known = len(self.years)
        films = max([known, *(handle + 1 for handle in added)])
        vote_counts, years = np.pad(self.vote_counts, (0, films - known)), np.pad(self.years, (0, films - known))
        vote_counts[list(removed)] = years[list(removed)] = 0
        for handle, film in added.items():
            vote_counts[handle] = UNKNOWN_VOTE_COUNT if film.vote_count is None else film.vote_count
            years[handle] = film.year or UNKNOWN_YEAR
        titles = self.titles.changed(removed, added, films)
        return type(self)(titles, self.people.changed(removed, added, films), vote_counts, years)


def read_names(files: Mapping[str, bytes]) -> Names:
    """Return the names from the files of a published catalogue."""
    years = read_array(files, "movies_years")
    title_keys = Keys(read_array(files, "title_keys_keys"), read_array(files, "title_keys_films"))
    titles = Titles(_read(NameArrays, files, "titles"), read_array(files, "titles_films"), title_keys)
    people = People(people_arrays([], [], len(years)), arrays_of_names([]), np.empty(0, np.int32))
    if "people_films.npy" in files:  # a catalogue without credits has none
        weights = read_array(files, PEOPLE_WEIGHTS_FILE.removesuffix(".npy"))
        people = People(_read(PeopleArrays, files, "people"), _read(NameArrays, files, "people_names"), weights)
    return Names(titles, people, read_array(files, "movies_vote_counts"), years)


def read_array(files: Mapping[str, bytes], name: str) -> NDArray[Any]:
    """Return the array of a file, given its name without .npy."""
    array: NDArray[Any] = np.load(BytesIO(files[f"{name}.npy"]), allow_pickle=False)
    return array


def _read(kind: type[Arrays], files: Mapping[str, bytes], prefix: str) -> Arrays:
    return kind(**{field.name: read_array(files, f"{prefix}_{field.name}") for field in fields(kind)})  # type: ignore[arg-type]


def _weights(films: Films) -> dict[str, dict[int, int]]:
    """Return the weight of each person in each of their films."""
    by_name: dict[str, dict[int, int]] = {}
    for handle, film in films.items():
        for name, weight in credit_weights(film.directors, film.cast).items():
            by_name.setdefault(name, {})[handle] = weight
    return by_name
