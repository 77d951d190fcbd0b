"""Lists of names in the notations of catalogues: genres, keywords, people."""

import ast
import json
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.indexing.catalogue.cells import MISSING_TEXTS, one_line
from app.indexing.catalogue.columns import COLUMNS

MAX_NAME_LENGTH = 500

MAX_LIST_LENGTH = 100_000
"""Characters of a list written as text; the bound keeps a hostile literal from costing time and memory."""

TMDB_GENRES: Mapping[int, str] = {
    28: "Action",
    12: "Adventure",
    16: "Animation",
    35: "Comedy",
    80: "Crime",
    99: "Documentary",
    18: "Drama",
    10751: "Family",
    14: "Fantasy",
    36: "History",
    27: "Horror",
    10402: "Music",
    9648: "Mystery",
    10749: "Romance",
    878: "Science Fiction",
    10770: "TV Movie",
    53: "Thriller",
    10752: "War",
    37: "Western",
}
"""Names by id, as TMDB's /genre/movie/list gives them in English."""

_GENRE_SPELLINGS: Mapping[str, str] = {name.casefold(): name for name in TMDB_GENRES.values()} | {
    "sci-fi": "Science Fiction",
    "sci fi": "Science Fiction",
    "scifi": "Science Fiction",
    "science-fiction": "Science Fiction",
}


def genres(row: Mapping[str, object]) -> tuple[str, ...]:
    """Return the genres of a row, in TMDB's spelling if TMDB has them."""
    for name in COLUMNS["genres"]:
        value = row.get(name)
        found = _genres_of_text(value) if isinstance(value, str) else _genre_names(names(value))
        if found:
            return found
    return ()


@lru_cache(maxsize=16384)
def _genres_of_text(text: str) -> tuple[str, ...]:
    return _genre_names(names(text))


def _genre_names(names: Iterable[str]) -> tuple[str, ...]:
    """Turn TMDB's genre ids into names, spell TMDB's genres as TMDB does, and leave all others as they are."""
    spelled = (
        TMDB_GENRES.get(int(name), "")
        if name.isascii() and name.isdigit()
        else _GENRE_SPELLINGS.get(name.casefold(), name)
        for name in names
        if len(name) <= MAX_NAME_LENGTH
    )
    return tuple(dict.fromkeys(name for name in spelled if name and name != "(no genres listed)"))


def names(value: object) -> tuple[str, ...]:
    """Return the names in a list of any notation: values, {"name": ...} objects, JSON, Python, or joined text."""
    if isinstance(value, str):
        value = _list_of_text(value)
    if isinstance(value, dict):  # TMDB's API wraps keywords in an object of the same name
        value = next((inner for inner in value.values() if isinstance(inner, list)), None)
    if not isinstance(value, list | tuple):
        return ()
    names = (one_line(name) for name in map(_name_of, value) if name)
    return tuple(dict.fromkeys(name for name in names if name.casefold() not in MISSING_TEXTS))


def _name_of(item: object) -> str:
    if isinstance(item, dict):
        name = item.get("name", item.get("id"))
        return "" if isinstance(name, dict) else _name_of(name)
    if isinstance(item, str):
        return item
    return str(item) if isinstance(item, int) and not isinstance(item, bool) else ""


def _list_of_text(text: str) -> object:
    text = text.strip()
    if len(text) > MAX_LIST_LENGTH or text.casefold() in MISSING_TEXTS:
        return None
    if text[0] in "[{":
        return literal(text)
    return text.split("|") if "|" in text else text.split(",")


def literal(text: str) -> object:
    """Read JSON, else a Python literal (as pandas writes lists into a CSV); None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape in somebody's file is no news
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def directors(row: Mapping[str, object]) -> tuple[str, ...]:
    """Return the directors of a row."""
    named = names(row.get("directors")) or names(row.get("director"))
    return named or _directors_of_crew(row.get("credits")) or _directors_of_crew(row.get("crew"))


def _directors_of_crew(value: object) -> tuple[str, ...]:
    """Return the directors of a crew as TMDB's API lists it: objects with a job and a name."""
    if isinstance(value, str) and len(value) <= MAX_LIST_LENGTH and value.lstrip()[:1] in {"[", "{"}:
        value = literal(value.strip())
    if isinstance(value, dict):
        value = value.get("crew")
    if not isinstance(value, list):
        return ()
    return names([member for member in value if isinstance(member, dict) and member.get("job") == "Director"])
