"""Detection of the shape of a JSON text from its beginning: films in a list, by key, by column, or in pages."""

import json
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import Enum

from app.indexing.catalogue.columns import FIELDS, KNOWN_KEYS, column_key

PAGE_KEYS = (
    *("results", "movies", "films", "shows", "items", "data", "hits", "documents"),
    *("records", "metadata", "bindings", "edges"),  # Airtable, Plex, SPARQL, GraphQL
)
"""Names of the lists of films in pages of results, in lower case."""

_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()
_JSON_ERRORS = (ValueError, RecursionError)
_LIST_FIELDS = frozenset(map(column_key, ("genres", "genre_ids", "keywords", "cast", "crew", "directors", "tags")))
_FILM_KEYS = KNOWN_KEYS - frozenset(map(column_key, FIELDS["id"]))
"""Keys of a film; a page of results may have an id, too."""

_TITLE_KEYS = frozenset(map(column_key, FIELDS["title"]))

_MAX_DEPTH = 3


class Shape(Enum):
    """How the films are arranged in a JSON text."""

    OBJECTS = "objects, one after the other or in a list"
    PAGES = "a list inside an object"
    OTHER_PAGES = "a list of films inside an object, under an unusual name"
    LISTS = "a list of lists"
    KEYED = "an object of objects by key"
    COLUMNS = "an object of columns"
    SPLIT = "an object of columns and data"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: its key, the first character of its value, and where the value begins."""

    key: str
    opening: str
    position: int


def shape_of(start: str) -> tuple[Shape, int]:
    """Return the shape of a JSON text from its first characters, and where its films begin (0: at the start)."""
    position = _after_space(start, 0)
    if start.startswith("[", position):
        return (Shape.LISTS if start.startswith("[", _after_space(start, position + 1)) else Shape.OBJECTS), 0
    return _shape_of_object(start, position, 0) or (Shape.OBJECTS, 0)


def _shape_of_object(start: str, position: int, depth: int) -> tuple[Shape, int] | None:
    members = members_of(start, position)
    openings = {member.key: member.opening for member in members}
    if openings.get("columns") == "[" and "[" in (openings.get("data"), openings.get("index")):
        return Shape.SPLIT, position
    if any(column_key(key) in _FILM_KEYS and opening not in "[{" for key, opening in openings.items()):
        return None  # a film
    pages = [member for member in members if is_page_key(member.key) and member.opening == "["]
    if pages and not _holds_scalars(start, pages[0]):
        return Shape.PAGES, 0
    if any(member.opening == "[" and _holds_films(start, member) for member in members):
        return Shape.OTHER_PAGES, 0
    if members and all(opening == "[" for opening in openings.values()):
        columns = [member for member in members if _holds_scalars(start, member)]
        named = {column_key(member.key) for member in columns} & KNOWN_KEYS
        return (Shape.COLUMNS, position) if named - _LIST_FIELDS else None
    if members and all(opening == "{" for opening in openings.values()):
        return _shape_of_objects(start, members, position, depth)
    return _inner_shape(start, members, depth)


def _shape_of_objects(start: str, members: Sequence[Member], position: int, depth: int) -> tuple[Shape, int] | None:
    inner = members_of(start, members[0].position)
    if any(column_key(member.key) in KNOWN_KEYS for member in inner):
        return Shape.KEYED, position
    if any(column_key(member.key) in KNOWN_KEYS for member in members) or (
        inner and all(member.opening not in "[{" for member in inner)
    ):
        return Shape.COLUMNS, position
    return _inner_shape(start, members, depth)


def _inner_shape(start: str, members: Sequence[Member], depth: int) -> tuple[Shape, int] | None:
    """Return the shape of the content of a wrapper such as `{"data": {"movies": {...}}}`.

    Under a name that is not usual for films, only a page of results is recognized.
    """
    for member in members if depth < _MAX_DEPTH else ():
        inner = _shape_of_object(start, member.position, depth + 1) if member.opening == "{" else None
        if inner and (is_page_key(member.key) or inner[0] in {Shape.PAGES, Shape.OTHER_PAGES}):
            return inner
    return None


def is_page_key(key: str) -> bool:
    """Return whether a key is a usual name of a list of films, whatever its capitals."""
    return key.casefold() in PAGE_KEYS


def members_of(text: str, position: int) -> list[Member]:
    """Return the members of the object at `position`, as far as the text goes."""
    members: list[Member] = []
    if not text.startswith("{", position):
        return members
    position = _after_space(text, position + 1)
    while text.startswith('"', position):
        try:
            key, position = _DECODER.raw_decode(text, position)
        except _JSON_ERRORS:
            break
        position = _after_space(text, position)
        if not text.startswith(":", position):
            break
        position = _after_space(text, position + 1)
        members.append(Member(str(key), text[position : position + 1] or "?", position))
        try:
            _, position = _DECODER.raw_decode(text, position)
        except _JSON_ERRORS:
            break
        position = _after_space(text, position)
        if not text.startswith(",", position):
            break
        position = _after_space(text, position + 1)
    return members


def _holds_scalars(text: str, member: Member) -> bool:
    first = _after_space(text, member.position + 1)
    return text[first : first + 1] not in {"{", "[", "]", ""}


def _holds_films(text: str, member: Member) -> bool:
    """Return whether the first item of a list is a film, unless the list is itself a field, such as the cast."""
    if column_key(member.key) in KNOWN_KEYS:
        return False
    keys = {column_key(inner.key) for inner in members_of(text, _after_space(text, member.position + 1))}
    return are_keys_of_a_film(keys)


def are_keys_of_a_film(keys: Set[str]) -> bool:
    """Return whether an object with these keys of columns has a title and another field of a film."""
    return not _TITLE_KEYS.isdisjoint(keys) and len(_FILM_KEYS & keys) > 1


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
