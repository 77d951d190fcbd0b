"""Search for any typed text: titles, people and recommendations in one result."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.catalogue import Person
from app.services.model_service import ModelService
from app.services.movie_record import MovieRecord
from app.services.queries import Answer, Query
from app.services.understanding.understood import Understood
from app.services.understanding.words import plain_words

MAX_TITLES = 10
MAX_PEOPLE = 5

_MAX_WORDS_OF_PART = 2
"""Longer texts are not looked for among titles that have some of their words only: they describe a film."""

_MIN_LETTERS_OF_PART = 4

_MAX_WORDS_OF_TITLE = 8
"""Longer texts are not searched for among titles and names."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search."""

    answer: Answer
    titles: tuple[MovieRecord, ...]
    people: tuple[Person, ...]


def search(service: ModelService, query: Query) -> Found:
    """Return the films whose titles match a text, the people whose names match it, and recommendations for it."""
    answer = service.answer_cached(query) or service.answer(query)
    understood = answer.understood or Understood("plot", query.synopsis)
    return Found(answer, _titles(service, query.synopsis, understood), _people(service, query.synopsis, understood))


def _titles(service: ModelService, text: str, understood: Understood) -> tuple[MovieRecord, ...]:
    """Return the films named as examples, otherwise films by title.

    If the text asks for something, it is more than a title: only titles with all of its words are returned.
    """
    if understood.like:
        return tuple(service.movie(film.movie_id) for film in understood.like)
    words = plain_words(text)
    if len(words) > _MAX_WORDS_OF_TITLE:
        return ()
    films = service.find_titles(text, MAX_TITLES, complete=True)
    if not understood.is_plain:
        return tuple(film for film in films if _has_words(film.title, words))
    if films or all(word.isdigit() for word in words):
        return films
    if len(words) <= _MAX_WORDS_OF_PART:
        rare = [word for word in words if len(word) >= _MIN_LETTERS_OF_PART]
        films = service.find_titles(text, MAX_TITLES)
        return tuple(film for film in films if not set(plain_words(film.title)).isdisjoint(rare))
    without_numbers = " ".join(word for word in words if not word.isdigit())  # "Harry Potter 3"
    return service.find_titles(without_numbers, MAX_TITLES, complete=True)


def _people(service: ModelService, text: str, understood: Understood) -> tuple[Person, ...]:
    """Return the people that the text names among other words, otherwise those whose names match the whole text."""
    if understood.people:
        found = [person for name in understood.people for person in service.find_people(name, 1)]
        return tuple(dict.fromkeys(found))[:MAX_PEOPLE]
    words = plain_words(text)
    if not words or len(words) > _MAX_WORDS_OF_TITLE:
        return ()
    return tuple(person for person in service.find_people(text, MAX_PEOPLE) if _has_words(person.name, words))


def _has_words(name: str, words: Sequence[str]) -> bool:
    """Return whether each of the words is the beginning of a word of a name."""
    name_words = plain_words(name)
    return all(any(other.startswith(word) for other in name_words) for word in words)
