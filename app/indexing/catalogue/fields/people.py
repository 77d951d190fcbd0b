"""Parsing of directors and leading actors, from their own columns or from TMDB's credits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.indexing.catalogue.fields.cells import integer
from app.indexing.catalogue.fields.names import list_of, literal, looks_like_list, names

MAX_CAST = 5
"""Number of leading actors that are kept for a film."""

_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_IMDB_PERSON = re.compile(r"nm\d{5,10}")
_NOTE = re.compile(r"\s*\((?:[^()]*)\)$|^(?:directed\s+)?by\s+", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_INVERTED_PER_PLAIN = 4
_BETWEEN_INVERTED = re.compile(r",|\s(?:and|&)\s")
_OTHER_SEPARATOR = re.compile(r"[;|/\n]")
_BETWEEN_FULL_NAMES = re.compile(r"(?<=\S\s)(\S+)\s+(?:and|&)\s+(?=\S+\s\S)")


def last_name_comes_first(cells: Iterable[object]) -> bool:
    """Return whether a file writes names as `Coen, Joel`: nearly all of its cells of directors look like that.

    One cell does not show it, because a comma may also separate two people who have one name each.
    """
    inverted = plain = 0
    for cell in cells:
        if isinstance(cell, str) and (listed := names(cell)) and not looks_like_list(cell.strip()):
            if _in_pairs(cell) or any("," in name for name in listed):
                inverted += 1
            else:
                plain += 1
    return inverted > _INVERTED_PER_PLAIN * plain


def cast_of(
    values: Iterable[object], credits: Iterable[object] = (), *, last_name_first: bool = False
) -> tuple[str, ...]:
    """Return the leading actors from the columns for them, otherwise from credits in the form of TMDB's API."""
    found: list[str] = []
    for value in values:  # one column, or a column for each actor
        found += [name for name in _people(_in_order(value), last_name_first) if name not in found]
        if len(found) >= MAX_CAST:
            break
    if not found:
        found = [name for value in credits for name in _people(_in_order(_part(value, "cast")), False)]
    return tuple(dict.fromkeys(found))[:MAX_CAST]


def directors_of(
    values: Iterable[object], crews: Iterable[object] = (), *, last_name_first: bool = False
) -> tuple[str, ...]:
    """Return the directors from the columns for them, otherwise from a crew in the form of TMDB's API."""
    for value in values:
        if found := _people(value, last_name_first):
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


def _people(value: object, last_name_first: bool) -> tuple[str, ...]:
    if isinstance(value, str) and len(value) < 1000:
        found = _people_of_text(value, last_name_first)
    elif isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        found = tuple(dict.fromkeys(person for name in names(value) for person in _people_in(name)))
    else:  # an API's objects have each name as the person writes it, such as Tyler, The Creator
        found = names(value)
    return tuple(name for name in found if not _IMDB_PERSON.fullmatch(name))


@lru_cache(maxsize=4096)
def _people_of_text(text: str, last_name_first: bool) -> tuple[str, ...]:
    """Return the people in joined text: `Robert Downey, Jr.` is one, `Joel Coen and Ethan Coen` are two."""
    listed = (last_name_first and _in_pairs(text)) or names(text)
    found: list[str] = []
    for name in listed:
        if found and _GENERATION.fullmatch(name):
            found[-1] += f", {name}"
            continue
        plain = _NOTE.sub("", name)
        for part in _BETWEEN_FULL_NAMES.sub(r"\1|", plain).split("|"):
            found += _people_in(part)
    return tuple(dict.fromkeys(found))


def _people_in(name: str) -> Sequence[str]:
    """Return the people in an item of a list: `Coen, Joel` is one, `Joel Coen, Ethan Coen` are two."""
    parts = [part.strip() for part in name.split(",")]
    generation = f", {parts.pop()}" if len(parts) > 1 and _GENERATION.fullmatch(parts[-1]) else ""
    if len(parts) == 2 and not parts[1].casefold().startswith("the "):
        last, first = parts
        if _is_inverted(last, first):
            return [f"{first} {last}{generation}"]
        if not generation:
            return [part for part in parts if part]
    return [name] if name else []


def _in_pairs(text: str) -> tuple[str, ...]:
    """Return the people of `Coen, Joel, Coen, Ethan`, each with its comma, and () for text that is not of this form."""
    parts: list[str] = []
    for part in map(str.strip, _BETWEEN_INVERTED.split(text)):
        if parts and _GENERATION.fullmatch(part):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or _OTHER_SEPARATOR.search(text) or not all(_is_inverted(*pair) for pair in pairs):
        return ()
    return tuple(map(", ".join, pairs))


def _is_inverted(last: str, first: str) -> bool:
    """Return whether two parts can be one name: if both have a blank, they are usually two full names."""
    if not last or not first or _DIGIT.search(last + first):  # nm0001054 is an id
        return False
    return " " not in last or " " not in first or last[0].islower()
