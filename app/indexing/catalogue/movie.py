"""One film, and how it is read from a row of any catalogue.

A row is a mapping from column name to value, as a CSV, JSON or Parquet file gives it. Files spell the same thing in
many ways (a list as JSON, as a Python literal, or as names joined by commas; a date as ISO 8601, as M/D/YYYY, or in
Unix seconds), so each column is read by what stands in it and not by where the file came from.
"""

import ast
import json
import math
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_SECONDS_A_DAY = 86_400

MAX_MOVIE_ID = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

MAX_OVERVIEW_LENGTH = 20_000
"""Longer texts are no overviews: they are what follows an unclosed quote, or a whole script."""

MAX_TITLE_LENGTH = 500

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

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("tmdb_id", "tmdbid", "id", "movie_id"),
    "title": ("title", "original_title", "name"),
    "overview": ("overview", "synopsis", "plot", "description"),
    "genres": ("genres", "genre", "genres_list", "genre_ids"),
    "keywords": ("keywords",),
    "release_date": ("release_date", "year"),
    "original_language": ("original_language",),
    "vote_average": ("vote_average",),
    "vote_count": ("vote_count",),
    "popularity": ("popularity",),
    "poster_path": ("poster_path", "poster", "poster_url"),
    "directors": ("directors", "director", "credits", "crew"),
    "adult": ("adult",),
}
"""The names under which each field is looked for; the first that holds something is taken."""

_MISSING_TEXTS = frozenset({"", "nan", "none", "null", "n/a", "<na>", "\\n"})
_MISSING_OVERVIEWS = _MISSING_TEXTS | {
    "no overview",
    "no overview.",
    "no overview found",
    "no overview found.",
    "no overview available",
    "no overview available.",
    "no overview yet",
    "no overview yet.",
}
_TRUE_TEXTS = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE_TEXTS = frozenset({"false", "f", "no", "n", "0", "0.0"})

_ISO_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?", re.DOTALL)
_SLASH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ].*)?", re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d{1,19}(?:\.0*)?")
_POSTER_PATH = re.compile(r"/[\w.-]{1,100}\.(?:jpg|jpeg|png|svg|webp)", re.ASCII | re.IGNORECASE)
_POSTER_URL = re.compile(r"https?://(?:image|media)\.(?:tmdb|themoviedb)\.org/t/p/[^/]+(/.*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE | re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1870, 2100
_MILLISECONDS_FROM = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Movie:
    """One film of a catalogue.

    `title` and `overview` are one line each and never empty. `genres` have TMDB's names where TMDB has the genre.
    `release_date` is ISO 8601 (YYYY-MM-DD), and None where the file gives only a year or nothing that can be read.
    `poster_path` starts with a slash, as TMDB's image addresses continue.
    """

    movie_id: int
    title: str
    overview: str
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    year: int | None = None
    release_date: str | None = None
    original_language: str | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    popularity: float | None = None
    poster_path: str | None = None
    directors: tuple[str, ...] = ()
    adult: bool = False


class UnusableRowError(ValueError):
    """A row is not a film that can be indexed; the text is the reason, the same for every row of its kind."""


@lru_cache(maxsize=4096)
def column_name(name: str) -> str:
    """Return a column's name in the one spelling that COLUMNS knows: lower case, words joined by underscores."""
    return "_".join(name.replace("\ufeff", "").replace("-", " ").replace("_", " ").split()).casefold()


def movie_from_row(row: Mapping[str, object]) -> Movie:
    """Read a film from a row whose keys are spelled as `column_name` spells them.

    Raises:
        UnusableRowError: The row has no usable id, title or overview, or its columns are shifted.
    """
    movie_id = _movie_id(row)
    title = _first_text(row, COLUMNS["title"], frozenset({""}))
    overview = _first_text(row, COLUMNS["overview"], _MISSING_OVERVIEWS)
    adult = _truth(row.get("adult"))
    if not overview:
        raise UnusableRowError("no overview")
    if not title:
        raise UnusableRowError("no title")
    if len(overview) > MAX_OVERVIEW_LENGTH:
        raise UnusableRowError(f"overview longer than {MAX_OVERVIEW_LENGTH:,} characters")
    if len(title) > MAX_TITLE_LENGTH:
        raise UnusableRowError(f"title longer than {MAX_TITLE_LENGTH:,} characters")
    release_date, year = _release(row)
    return Movie(
        movie_id=movie_id,
        title=title,
        overview=overview,
        genres=_genres(row),
        keywords=_names(row.get("keywords")),
        year=year,
        release_date=release_date,
        original_language=_language(row.get("original_language")),
        vote_average=_number(row.get("vote_average"), most=10.0),
        vote_count=_count(row.get("vote_count")),
        popularity=_number(row.get("popularity")),
        poster_path=_poster_path(row),
        directors=_directors(row),
        adult=adult,
    )


def _movie_id(row: Mapping[str, object]) -> int:
    value = next((row[name] for name in COLUMNS["id"] if not _is_missing(row.get(name))), None)
    if value is None:
        raise UnusableRowError("no id")
    number = _integer(value)
    if number is None or not 0 < number <= MAX_MOVIE_ID:
        raise UnusableRowError("id is not a positive whole number")
    return number


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in _MISSING_TEXTS
    return value is None or (isinstance(value, float) and math.isnan(value))


def _first_text(row: Mapping[str, object], names: Iterable[str], missing: frozenset[str]) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str):
            text = _one_line(value)
            if text.casefold() not in missing:
                return text
        elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_missing(value):
            return str(value)  # a title such as 1917 or 300, which JSON and Parquet may hold as a number
    return ""


def _one_line(text: str) -> str:
    """Join lines, turn no-break and repeated spaces into one space, and drop what cannot be written as UTF-8."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.replace("\0", "").split())


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if _is_missing(value):
        return False
    text = str(value).strip().casefold()
    if text in _FALSE_TEXTS:
        return False
    if text in _TRUE_TEXTS:
        return True
    raise UnusableRowError("columns are shifted (adult is neither true nor false)")


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, Decimal):  # of Parquet
        return int(value) if value.is_finite() and value % 1 == 0 else None
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text.split(".")[0])
    return None


def _number(value: object, most: float = math.inf) -> float | None:
    """Return a finite number from 0 to `most`, else None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.count(",") == 1 and "." not in value:
        value = value.replace(",", ".")  # a decimal comma, as spreadsheets write in much of Europe
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0.0 <= number <= most else None


def _count(value: object) -> int | None:
    if isinstance(value, str):
        value = value.replace(",", "")
    number = _integer(value)
    return number if number is not None and 0 <= number <= MAX_MOVIE_ID else None


def _language(value: object) -> str | None:
    if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
        return value.strip().lower()
    return None


def _release(row: Mapping[str, object]) -> tuple[str | None, int | None]:
    for name in COLUMNS["release_date"]:
        value = row.get(name)
        if isinstance(value, str):
            value = value.strip()
        release_date, year = _date_of_text(value) if isinstance(value, str) else _date_of_value(value)
        if year is not None:
            return release_date, year
    return None, None


@lru_cache(maxsize=4096)
def _date_of_text(text: str) -> tuple[str | None, int | None]:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _SLASH_DATE.fullmatch(text):
        month, day, year = match.groups()
        if int(month) > 12:
            month, day = day, month
    else:
        seconds = _integer(text)
        return _date_of_value(seconds)
    return _date_of_parts(int(year), int(month or 0), int(day or 0))


def _date_of_parts(year: int, month: int, day: int) -> tuple[str | None, int | None]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None, None
    try:
        return date(year, month, day).isoformat(), year
    except ValueError:
        return None, year


def _compact_date(number: int) -> date | None:
    """Read a date written as YYYYMMDD; None where the number is none."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _date_of_value(value: object) -> tuple[str | None, int | None]:
    """Read a date object, a year, or Unix seconds (milliseconds where the number is too large for seconds)."""
    if isinstance(value, date):
        return _date_of_parts(value.year, value.month, value.day)
    number = _integer(value)
    if number is None:
        return None, None
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        return None, number
    if number % _SECONDS_A_DAY and (compact := _compact_date(number)):
        return compact.isoformat(), compact.year
    if abs(number) >= _MILLISECONDS_FROM:
        number //= 1000
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=number)
    except OverflowError:
        return None, None
    return _date_of_parts(moment.year, moment.month, moment.day)


def _poster_path(row: Mapping[str, object]) -> str | None:
    for name in COLUMNS["poster_path"]:
        value = row.get(name)
        if not isinstance(value, str):
            continue
        text = value.strip()
        if match := _POSTER_URL.fullmatch(text):
            text = match.group(1)
        if _POSTER_PATH.fullmatch(text):
            return text
    return None


def _genres(row: Mapping[str, object]) -> tuple[str, ...]:
    for name in COLUMNS["genres"]:
        value = row.get(name)
        genres = _genres_of_text(value) if isinstance(value, str) else _genre_names(_names(value))
        if genres:
            return genres
    return ()


@lru_cache(maxsize=16384)
def _genres_of_text(text: str) -> tuple[str, ...]:
    return _genre_names(_names(text))


def _genre_names(names: Iterable[str]) -> tuple[str, ...]:
    """Turn TMDB's genre ids into names, spell TMDB's genres as TMDB does, and leave all others as they are."""
    spelled = (
        TMDB_GENRES.get(int(name), "")
        if name.isascii() and name.isdigit()
        else _GENRE_SPELLINGS.get(name.casefold(), name)
        for name in names
        if len(name) <= MAX_TITLE_LENGTH
    )
    return tuple(dict.fromkeys(name for name in spelled if name and name != "(no genres listed)"))


def _names(value: object) -> tuple[str, ...]:
    """Return the names in a list of any notation: values, {"name": ...} objects, JSON, Python, or joined text."""
    if isinstance(value, str):
        value = _list_of_text(value)
    if isinstance(value, dict):  # TMDB's API wraps keywords in an object of the same name
        value = next((inner for inner in value.values() if isinstance(inner, list)), None)
    if not isinstance(value, list | tuple):
        return ()
    names = (_one_line(name) for name in map(_name_of, value) if name)
    return tuple(dict.fromkeys(name for name in names if name.casefold() not in _MISSING_TEXTS))


def _name_of(item: object) -> str:
    if isinstance(item, dict):
        name = item.get("name", item.get("id"))
        return "" if isinstance(name, dict) else _name_of(name)
    if isinstance(item, str):
        return item
    return str(item) if isinstance(item, int) and not isinstance(item, bool) else ""


def _list_of_text(text: str) -> object:
    text = text.strip()
    if len(text) > MAX_LIST_LENGTH or text.casefold() in _MISSING_TEXTS:
        return None
    if text[0] in "[{":
        return _literal(text)
    return text.split("|") if "|" in text else text.split(",")


def _literal(text: str) -> object:
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


def _directors(row: Mapping[str, object]) -> tuple[str, ...]:
    directors = _names(row.get("directors")) or _names(row.get("director"))
    return directors or _directors_of_crew(row.get("credits")) or _directors_of_crew(row.get("crew"))


def _directors_of_crew(value: object) -> tuple[str, ...]:
    """Return the directors of a crew as TMDB's API lists it: objects with a job and a name."""
    if isinstance(value, str) and len(value) <= MAX_LIST_LENGTH and value.lstrip()[:1] in {"[", "{"}:
        value = _literal(value.strip())
    if isinstance(value, dict):
        value = value.get("crew")
    if not isinstance(value, list):
        return ()
    return _names([member for member in value if isinstance(member, dict) and member.get("job") == "Director"])
