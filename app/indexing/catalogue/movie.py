"""One film, and how it is read from a row of any catalogue.

A row is a mapping from column name to value, as a CSV, JSON or Parquet file gives it. Files spell the same thing in
many ways (a list as JSON, as a Python literal, or as names joined by commas; a date as ISO 8601, as M/D/YYYY, or in
Unix seconds), so each column is read by what stands in it and not by where the file came from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.indexing.catalogue.cells import (
    MAX_MOVIE_ID,
    MISSING_OVERVIEWS,
    count,
    first_text,
    integer,
    is_missing,
    language,
    number,
    truth,
)
from app.indexing.catalogue.columns import COLUMNS
from app.indexing.catalogue.dates import release
from app.indexing.catalogue.names import directors, genres, names
from app.indexing.catalogue.rows import UnusableRowError

MAX_OVERVIEW_LENGTH = 20_000
"""Longer texts are not overviews: they are what follows an unclosed quote, or a whole script."""

MAX_TITLE_LENGTH = 500

_POSTER_PATH = re.compile(r"/[\w.-]{1,100}\.(?:jpg|jpeg|png|svg|webp)", re.ASCII | re.IGNORECASE)
_POSTER_URL = re.compile(r"https?://(?:image|media)\.(?:tmdb|themoviedb)\.org/t/p/[^/]+(/.*)", re.IGNORECASE)


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


def movie_from_row(row: Mapping[str, object]) -> Movie:
    """Read a film from a row whose keys are spelled as `column_name` spells them.

    Raises:
        UnusableRowError: The row has no usable id, title or overview, or its columns are shifted.
    """
    movie_id = _movie_id(row)
    title = first_text(row, COLUMNS["title"], frozenset({""}))
    overview = first_text(row, COLUMNS["overview"], MISSING_OVERVIEWS)
    adult = truth(row.get("adult"))
    if not overview:
        raise UnusableRowError("no overview")
    if not title:
        raise UnusableRowError("no title")
    if len(overview) > MAX_OVERVIEW_LENGTH:
        raise UnusableRowError(f"overview longer than {MAX_OVERVIEW_LENGTH:,} characters")
    if len(title) > MAX_TITLE_LENGTH:
        raise UnusableRowError(f"title longer than {MAX_TITLE_LENGTH:,} characters")
    release_date, year = release(row)
    return Movie(
        movie_id=movie_id,
        title=title,
        overview=overview,
        genres=genres(row),
        keywords=names(row.get("keywords")),
        year=year,
        release_date=release_date,
        original_language=language(row.get("original_language")),
        vote_average=number(row.get("vote_average"), most=10.0),
        vote_count=count(row.get("vote_count")),
        popularity=number(row.get("popularity")),
        poster_path=_poster_path(row),
        directors=directors(row),
        adult=adult,
    )


def _movie_id(row: Mapping[str, object]) -> int:
    value = next((row[name] for name in COLUMNS["id"] if not is_missing(row.get(name))), None)
    if value is None:
        raise UnusableRowError("no id")
    number = integer(value)
    if number is None or not 0 < number <= MAX_MOVIE_ID:
        raise UnusableRowError("id is not a positive whole number")
    return number


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
