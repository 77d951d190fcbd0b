"""A film, and the reader that makes it from a row of any catalogue.

Files write the same value in many ways: a list as JSON, as a Python literal or as joined names; a date as ISO 8601, as
M/D/YYYY or in Unix seconds. The reader recognizes each value by its form, not by the source of the file.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.fields.cells import (
    MAX_MOVIE_ID,
    count,
    imdb_id,
    integer,
    is_missing,
    is_missing_overview,
    number,
    one_line,
    truth,
)
from app.indexing.catalogue.fields.dates import MAX_YEAR, MIN_YEAR, Release, release_of
from app.indexing.catalogue.fields.genres import genres_of
from app.indexing.catalogue.fields.languages import language_of
from app.indexing.catalogue.fields.mojibake import repaired
from app.indexing.catalogue.fields.names import names
from app.indexing.catalogue.fields.people import cast_of, directors_of
from app.indexing.catalogue.fields.row_cells import RowCells
from app.indexing.catalogue.fields.runtimes import MINUTES, RuntimeUnit, runtime
from app.indexing.catalogue.rows import UnusableRowError

MAX_OVERVIEW_LENGTH = 20_000
"""Longer texts are not overviews but the rest of a file after an unclosed quote, or a whole script."""

MAX_TITLE_LENGTH = 500

_TOO_LONG = f"overview longer than {MAX_OVERVIEW_LENGTH:,} characters"
_POSTER_PATH = re.compile(r"/[\w.-]{1,100}\.(?:jpg|jpeg|png|svg|webp)", re.ASCII | re.IGNORECASE)
_POSTER_URL = re.compile(r"(?:https?:)?//(?:image|media|www)\.(?:tmdb|themoviedb)\.org/t/p/[^/]+(/.*)", re.IGNORECASE)
_YEAR_IN_TITLE = re.compile(r"(.*\S)\s*(?:\((\d{4})(?:[-\u2013]\d{0,4})?\)|\[(\d{4})\])")
_ADDRESS = re.compile(r"\s*https?://\S+\s*$")
_ARTICLE_LAST = re.compile(r"(.+), (The|An?)", re.IGNORECASE)
_FILM = re.compile(
    r"(?:feature |tv[ _-]?|short )?(?:movie|film)s?|feature|documentary|video|(?:tv[ _-]?)?(?:short|special)"
)
_SHOW = re.compile(r"tv|tv[ _-]?(?:show|series|mini[ _-]?series)|tvshow|(?:mini[ -]?)?series|show|scripted|miniseries")


@dataclass(frozen=True, slots=True)
class Movie:
    """One film, or one TV show, of a catalogue.

    `title` and `overview` are one line each and never empty. `genres` have TMDB's names if TMDB has the genre.
    `release_date` is in ISO 8601 (YYYY-MM-DD), and None if the file has only a year or no readable date. `poster_path`
    starts with a slash and continues an image address of TMDB. `cast` has the first five names, `runtime` is in
    minutes, `imdb_id` is like `tt0111161`, and `type` is "movie" or "tv". `has_tmdb_id` is whether `movie_id` is the
    film's id on The Movie Database.
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
    cast: tuple[str, ...] = ()
    original_title: str | None = None
    runtime: int | None = None
    imdb_id: str | None = None
    type: str = "movie"
    has_tmdb_id: bool = True

    @property
    def rank(self) -> tuple[int, float, int]:
        """The film's place among the best known: greater is better known."""
        return rank_of(self.vote_count, self.popularity, self.movie_id)


@dataclass(slots=True)
class Basics:
    """The fields that decide whether a film is kept; of films that are not kept, no other field is read."""

    movie_id: int
    has_tmdb_id: bool
    title: str
    overview: str
    adult: bool
    original_language: str | None
    vote_count: int | None
    popularity: float | None

    @property
    def rank(self) -> tuple[int, float, int]:
        """The film's place among the best known: greater is better known."""
        return rank_of(self.vote_count, self.popularity, self.movie_id)


def rank_of(vote_count: int | None, popularity: float | None, movie_id: int) -> tuple[int, float, int]:
    """Return a sort key that is greater for better known films: votes, then popularity, then the lower id."""
    return -1 if vote_count is None else vote_count, -1.0 if popularity is None else popularity, -movie_id


@dataclass(slots=True)
class MovieReader:
    """Reads films from rows.

    `day_first` is whether the file's dates such as 4/5/1999 have the day first, None if it is not known;
    `last_name_first` is whether it writes people as `Coen, Joel`, `runtime_unit` the unit of its runtimes. With
    `number_rows`, a row's number is its film's id. `guesses` counts ambiguous values by kind; `repairs` counts titles
    and overviews that had been decoded in a wrong encoding.
    """

    day_first: bool | None = None
    last_name_first: bool = False
    runtime_unit: RuntimeUnit = MINUTES
    number_rows: bool = False
    guesses: Counter[str] = field(default_factory=Counter)
    repairs: int = 0
    _unknown_type: str = ""

    def basics(self, cells: RowCells, row_number: int = 0) -> Basics:
        """Read the fields that decide whether a film is kept, from the `row_number`th row of its file.

        Raises:
            UnusableRowError: The row has no usable id, title or overview, or its columns are shifted.
        """
        movie_id, has_tmdb_id = (row_number, False) if self.number_rows else _movie_id(cells)
        adult = truth(next(iter(cells.values("adult")), None))
        overview = self._overview(cells)
        title = self._title(cells, "title")
        if not title:
            raise UnusableRowError("no title")
        return Basics(
            movie_id=movie_id,
            has_tmdb_id=has_tmdb_id,
            title=title,
            overview=overview,
            adult=adult,
            original_language=cells.first("original_language", language_of),
            vote_count=cells.first("vote_count", count),
            popularity=cells.first("popularity", number),
        )

    def movie(self, basics: Basics, cells: RowCells) -> Movie:
        """Read the other fields of a film."""
        release = release_of(cells.values("release_date"), cells.values("year"), day_first=self.day_first)
        title, release = _without_year(basics.title, release)
        if release.guessed:
            self.guesses[release.guessed] += 1
        original_title = self._title(cells, "original_title")
        credits = cells.values("credits")
        return Movie(
            movie_id=basics.movie_id,
            title=title,
            overview=basics.overview,
            genres=genres_of(cells.values("genres")),
            keywords=cells.first("keywords", names) or (),
            year=release.year,
            release_date=release.date,
            original_language=basics.original_language,
            vote_average=cells.first("vote_average", _vote_average),
            vote_count=basics.vote_count,
            popularity=basics.popularity,
            poster_path=cells.first("poster_path", _poster_path),
            directors=directors_of(
                cells.values("directors"),
                [*credits, *cells.values("crew")],
                last_name_first=self.last_name_first,
            ),
            adult=basics.adult,
            cast=cast_of(cells.values("cast"), credits, last_name_first=self.last_name_first),
            original_title=(title if original_title == title else original_title) or None,  # one string in memory
            runtime=cells.first("runtime", partial(runtime, unit=self.runtime_unit)),
            imdb_id=cells.first("imdb_id", imdb_id) or cells.first("id", _imdb_id_in_id),
            type=self._type(cells),
            has_tmdb_id=basics.has_tmdb_id,
        )

    def _overview(self, cells: RowCells) -> str:
        for value in cells.raw("overview"):
            if not isinstance(value, str):
                continue
            if len(value) > 4 * MAX_OVERVIEW_LENGTH:
                raise UnusableRowError(_TOO_LONG)
            text = self._text(value)
            if len(text) > MAX_OVERVIEW_LENGTH:
                raise UnusableRowError(_TOO_LONG)
            if not is_missing_overview(text):
                return text
        raise UnusableRowError("no overview")

    def _title(self, cells: RowCells, field: str) -> str:
        """Return a title, or "". Words that mean no value in other fields, such as "None", are titles here."""
        for value in cells.raw(field):
            if isinstance(value, str):
                if _ADDRESS.match(value):
                    continue
                if len(value) > 4 * MAX_TITLE_LENGTH:
                    raise UnusableRowError(f"title longer than {MAX_TITLE_LENGTH:,} characters")
                if text := self._text(value):
                    if len(text) > MAX_TITLE_LENGTH:
                        raise UnusableRowError(f"title longer than {MAX_TITLE_LENGTH:,} characters")
                    return text
            elif isinstance(value, int | float) and not isinstance(value, bool) and not is_missing(value):
                return str(value)  # a title such as 1917 or 300, which JSON and Parquet may hold as a number
        return ""

    def _type(self, cells: RowCells) -> str:
        """Return the row's type if it has one, otherwise "tv" if it has seasons or a first air date, else "movie"."""
        types = [value.strip().casefold() for value in cells.values("type") if isinstance(value, str)]
        for text in types:
            if _FILM.fullmatch(text):
                return "movie"
            if _SHOW.fullmatch(text):
                return "tv"
        is_show = cells.first("season_count", count) or cells.values("first_air_date")
        if types and not is_show:
            self._unknown_type = self._unknown_type or shortened(types[0], 40)
            self.guesses[f"types that are neither films nor shows, such as {self._unknown_type}, read as films"] += 1
        return "tv" if is_show else "movie"

    def _text(self, value: str) -> str:
        if value.isascii():
            return one_line(value)
        text = repaired(value)
        self.repairs += text != value
        return one_line(text)


def _movie_id(cells: RowCells) -> tuple[int, bool]:
    """Return the film's id, and whether it is TMDB's."""
    ids = cells.ids()
    if not ids:
        raise UnusableRowError("no id")
    for value, is_tmdb in ids:
        number = integer(value)
        if number is not None and 0 < number <= MAX_MOVIE_ID:
            return number, is_tmdb
    raise UnusableRowError("id is not a positive whole number")


def _imdb_id_in_id(value: object) -> str | None:
    return imdb_id(value) if isinstance(value, str) and "tt" in value else None


def _vote_average(value: object) -> float | None:
    return number(value, maximum=10.0)


def _without_year(title: str, release: Release) -> tuple[str, Release]:
    """Remove `(1995)` from a title unless the release has another year; `Kid, The (1995)` becomes `The Kid`."""
    match = _YEAR_IN_TITLE.fullmatch(title) if title[-1:] in {")", "]"} else None
    if not match:
        return title, release
    year = int(match[2] or match[3])
    if not MIN_YEAR <= year <= MAX_YEAR or (release.year is not None and abs(release.year - year) > 1):
        return title, release
    plain = match[1]
    if article := _ARTICLE_LAST.fullmatch(plain):
        plain = f"{article[2]} {article[1]}"
    return plain, release if release.year is not None else Release(year=year)


def _poster_path(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    if match := _POSTER_URL.fullmatch(text):
        text = match.group(1)
    return text if _POSTER_PATH.fullmatch(text) else None
