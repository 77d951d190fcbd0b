"""Lookup of titles and people by name, for catalogues that hold these indexes in memory."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import Handles, Person
from app.services.local.names.numbers import equal_words
from app.services.local.names.vocabulary import is_misspelt
from app.services.local.names.words import name_words
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.movie_record import read_record
from app.services.understanding.understood import NamedFilm

_PEOPLE_OF_NAME = 5
"""Maximum number of people that are compared for a name with typing errors."""

_FILMS_OF_BEGINNING = 20
"""Maximum number of films that are compared for a title that is not a whole one."""


@dataclass(frozen=True, slots=True)
class NameIndexes:
    """The indexes of titles and people, and the columns that order films; a handle is a position in them."""

    titles: TitleIndex
    title_keys: TitleKeys | None
    people: PeopleIndex | None
    vote_counts: NDArray[np.int32]  # [N]
    years: NDArray[np.int16]  # [N]


class NameLookups(ABC):
    """The methods of Catalogue that find titles and people."""

    @property
    @abstractmethod
    def name_indexes(self) -> NameIndexes:
        """The indexes in use; raises ServiceClosedError once the catalogue is closed."""

    @abstractmethod
    def records_json(self, handles: Handles) -> list[bytes]:
        """Return the films' records; see Catalogue."""

    @property
    def newest_year(self) -> int:
        """Year of the newest film."""
        return int(self.name_indexes.years.max(initial=0))

    def find_titles(self, typed: str, limit: int, *, complete: bool = False) -> Handles:
        """Return films by title; see Catalogue and TitleIndex.search."""
        names = self.name_indexes
        return np.array(names.titles.search(typed, limit, names.vote_counts, names.years, complete=complete), np.int64)

    def films_titled(self, title: str) -> list[NamedFilm]:
        """Return the films of a title; see TitleLookup. None if there are no keys of titles."""
        keys = self.name_indexes.title_keys
        return [] if keys is None else self._named_films(np.array(keys.films_titled(title), np.int64))

    def films_beginning(self, title: str) -> list[NamedFilm]:
        """Return the films whose titles begin so; see TitleLookup."""
        words = name_words(title)
        likely = self._most_voted_first(self.name_indexes.titles.beginning(title))
        found = self._named_films(likely[:_FILMS_OF_BEGINNING])
        return [film for film in found if _begins(name_words(film.title), words)] or [
            film
            for film in found
            if "".join(name_words(film.title)) == "".join(words)  # "Spiderman"
        ]

    def films_nearly_titled(self, title: str, *, is_name: bool) -> list[NamedFilm]:
        """Return the films whose titles differ by typing errors; see TitleLookup."""
        words = name_words(title)
        titles = self.name_indexes.titles
        if all(map(titles.has_word, words)) and not (is_name and len(words) > 1):
            return []
        found = self._named_films(self.find_titles(title, _FILMS_OF_BEGINNING))
        whole = [film for film in found if _is_like(name_words(film.title), words)]
        if whole or len(words) == 1:
            return whole
        return [film for film in found if _is_like(name_words(film.title), words, is_whole=False)]

    def people_named(self, name: str) -> list[str]:
        """Return the people of a full name; see PeopleLookup."""
        people = self.name_indexes.people
        return [] if people is None else people.people_named(name)

    def people_surnamed(self, surname: str) -> list[str]:
        """Return the people of a surname; see PeopleLookup."""
        people = self.name_indexes.people
        return [] if people is None else people.people_surnamed(surname)

    def people_nearly_named(self, name: str) -> list[str]:
        """Return the people whose names differ by typing errors; see PeopleLookup."""
        words, people = name_words(name), self.name_indexes.people
        if people is None or (len(words) == 1 and self.name_indexes.titles.has_word(words[0])):
            return []
        if len(words) > 1 and not any(map(people.has_word, words)):
            return []  # searching takes longer, and few people misspell both words
        found = [person.name for person in self.find_people(name, _PEOPLE_OF_NAME)]
        return [person for person in found if _is_person(name_words(person), words)]

    def find_people(self, typed: str, limit: int) -> list[Person]:
        """Return people by name; see Catalogue."""
        people = self.name_indexes.people
        if people is None:
            return []
        return [Person(people.name(person), len(people.films(person))) for person in people.search(typed, limit)]

    def films_of(self, person: str) -> Handles:
        """Return the films of a person; see Catalogue."""
        people = self.name_indexes.people
        return self._most_voted_first(np.empty(0, np.int64) if people is None else people.films_of(person))

    def _named_films(self, handles: Handles) -> list[NamedFilm]:
        records = map(read_record, self.records_json(self._most_voted_first(handles)))
        return [NamedFilm(record.movie_id, record.title, record.year) for record in records]

    def _most_voted_first(self, handles: Handles) -> Handles:
        votes = self.name_indexes.vote_counts[handles].astype(np.int64)
        return handles[np.lexsort((handles, -votes))]


def _is_like(words: Sequence[str], typed: Sequence[str], *, is_whole: bool = True) -> bool:
    """Return whether a title's words, with or without an article, differ from the typed words by typing errors."""
    if words[:1] == ["the"] and typed[:1] != ["the"]:
        words = words[1:]
    if len(typed) == 1 and [word.rstrip("s") for word in words] == [typed[0].rstrip("s")]:
        return words == typed  # "trains" is no misspelt "Train"
    has_length = len(words) == len(typed) if is_whole else len(words) > len(typed)
    return has_length and all(map(_is_word, typed, words))


def _is_person(name: Sequence[str], typed: Sequence[str]) -> bool:
    """Return whether a full name, or its last word, differs from the typed words by typing errors after a letter."""
    compared = name if len(typed) > 1 else name[-1:]
    return len(compared) == len(typed) and all(
        word[:1] == other[:1] and is_misspelt(other, word) for word, other in zip(compared, typed, strict=True)
    )


def _is_word(typed: str, word: str) -> bool:
    return is_misspelt(typed, word) or word in equal_words(typed)


def _begins(words: Sequence[str], beginning: Sequence[str]) -> bool:
    """Return whether a title's words, with or without its article, begin with others."""
    count = len(beginning)
    return words[:count] == beginning or (words[:1] == ["the"] and words[1 : count + 1] == beginning)
