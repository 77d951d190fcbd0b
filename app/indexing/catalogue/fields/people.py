"""Parsing of directors and leading actors, from their own columns or from TMDB's credits."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.indexing.catalogue.fields.cells import integer
from app.indexing.catalogue.fields.names import list_of, literal, names

MAX_CAST = 5
"""Number of leading actors that are kept for a film."""

_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_IMDB_PERSON = re.compile(r"nm\d{5,10}")
_NOTE = re.compile(r"\s*\((?:[^()]*)\)$|^(?:directed\s+)?by\s+", re.IGNORECASE)
_BETWEEN_FULL_NAMES = re.compile(r"(?<=\S\s)(\S+)\s+(?:and|&)\s+(?=\S+\s\S)")


def cast_of(values: Iterable[object], credits: Iterable[object] = ()) -> tuple[str, ...]:
    """Return the leading actors from the columns for them, otherwise from credits in the form of TMDB's API."""
    found: list[str] = []
    for value in values:  # one column, or a column for each actor
        found += [name for name in _people(_in_order(value)) if name not in found]
        if len(found) >= MAX_CAST:
            break
    if not found:
        found = [name for value in credits for name in _people(_in_order(_part(value, "cast")))]
    return tuple(dict.fromkeys(found))[:MAX_CAST]


def directors_of(values: Iterable[object], crews: Iterable[object] = ()) -> tuple[str, ...]:
    """Return the directors from the columns for them, otherwise from a crew in the form of TMDB's API."""
    for value in values:
        if found := _people(value):
            return found
    for value in crews:
        crew = _part(value, "crew")
        members = [member for member in list_of(crew) if isinstance(member, dict) and member.get("job") == "Director"]
        if members:
            return names(members)
    return ()


def _part(value: object, name: str) -> object:
    """Return the `cast` or `crew` of credits, or the value itself if it is the list."""
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        value = literal(value.strip())
    return value.get(name) if isinstance(value, Mapping) else value


def _in_order(value: object) -> object:
    """Return a cast sorted by `order` if all its members have it, otherwise unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] == "[" and "{" in value:
        value = literal(value.strip())
    if isinstance(value, list) and all(isinstance(member, dict) and "order" in member for member in value):
        return sorted(value, key=lambda member: _place(member["order"]))
    return value


def _place(order: object) -> int:
    place = integer(order)
    return 1_000_000 if place is None else place


def _people(value: object) -> tuple[str, ...]:
    found = _people_of_text(value) if isinstance(value, str) and len(value) < 1000 else names(value)
    return tuple(name for name in found if not _IMDB_PERSON.fullmatch(name))


@lru_cache(maxsize=4096)
def _people_of_text(text: str) -> tuple[str, ...]:
    """Return the people in joined text: `Robert Downey, Jr.` is one, `Joel Coen and Ethan Coen` are two."""
    found: list[str] = []
    for name in names(text):
        if found and _GENERATION.fullmatch(name):
            found[-1] += f", {name}"
            continue
        plain = _NOTE.sub("", name)
        found += [part for part in _BETWEEN_FULL_NAMES.sub(r"\1|", plain).split("|") if part]
    return tuple(dict.fromkeys(found))
