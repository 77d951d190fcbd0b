"""Names of a catalogue's columns, and the fields of a film that they hold."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.indexing.errors import IndexingError

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("tmdb_id", "tmdb_movie_id", "tmdb", "id", "movie_id", "film_id", "show_id", "_id"),
    "title": ("title", "name", "movie", "film", "primary_title", "series_title", "original_title", "original_name"),
    "overview": (
        *("overview", "synopsis", "plot", "description", "summary", "plot_synopsis", "plot_summary", "storyline"),
        *("plot_outline", "movie_info"),
    ),
    "genres": ("genres", "genre", "genres_list", "genre_names", "genre_list", "genre_ids", "listed_in"),
    "keywords": ("keywords", "keyword", "plot_keywords", "keyword_names", "tags", "tag"),
    "release_date": (
        *("release_date", "first_air_date", "date", "released", "release", "released_date", "date_published"),
        *("original_release_date", "premiere_date", "premiered", "air_date", "date_of_release"),
        *("publication_date", "originally_available_at"),
    ),
    "year": (
        "year",
        "release_year",
        "released_year",
        "start_year",
        "year_released",
        "title_year",
        "production_year",
        "year_of_release",
    ),
    "original_language": ("original_language", "language", "lang", "original_lang", "language_code"),
    "vote_average": (
        *("vote_average", "rating", "imdb_rating", "imdb_score", "average_rating", "avg_rating", "avg_vote", "score"),
        "community_rating",
    ),
    "vote_count": (
        *("vote_count", "votes", "num_votes", "no_of_votes", "number_of_votes", "imdb_votes", "num_voted_users"),
        *("no_of_persons_voted", "rating_count", "ratings_count"),
    ),
    "popularity": ("popularity",),
    "poster_path": ("poster_path", "poster", "poster_url", "poster_link"),
    "directors": ("directors", "director", "director_name", "director_names", "directed_by"),
    "cast": (
        *("cast", "actors", "actor", "stars", "starring", "cast_names", "main_cast", "top_cast"),
        *(f"{noun}{number}" for number in range(1, 6) for noun in ("star", "actor", "cast")),
        *(f"actor_{number}_name" for number in range(1, 6)),
    ),
    "crew": ("crew",),
    "credits": ("credits",),
    "adult": ("adult", "is_adult"),
    "original_title": ("original_title", "original_name"),
    "runtime": (
        *("runtime", "runtime_minutes", "running_time", "duration", "episode_run_time", "run_time_ticks"),
        *("length", "minutes", "minute"),
    ),
    "imdb_id": ("imdb_id", "imdb", "tconst", "imdb_title_id", "const", "imdb_link", "imdb_url", "external_ids"),
    "type": ("media_type", "type", "title_type", "content_type"),
    "season_count": ("number_of_seasons", "seasons"),
    "first_air_date": ("first_air_date",),
}
"""The names of the columns that may hold each field; the first column with a value is used."""

_TMDB_ID_KEYS = ("tmdbid", "tmdbmovieid", "tmdb")
_TMDB_KEYS = frozenset(("voteaverage", "posterpath", "backdroppath", "genreids"))
"""Names of columns that only TMDB uses: the ids of a file with such a column are TMDB's."""

NEEDED_FIELDS = ("id", "title", "overview")
FORMATS_READ = "CSV, JSON, JSON Lines or Parquet, plain or in .gz or .zip"

_PREFIXES = ("movie", "film", "show", "series", "tmdb", "tv")
_MERGE_SUFFIX = re.compile(r"(?:[_ .]([xy])|\.\d)$", re.IGNORECASE)
_LABEL = re.compile(r"(?<=[a-z])(?:[_ ]label|Label)s?$")
_UNIT = re.compile(r"\s*[(\[](?:s|mins?|(?:in )?minutes|out of 10)[)\]]$|\s*/\s*10$", re.IGNORECASE)

GivenColumns = tuple[tuple[str, str], ...]
"""Pairs of a field and the column that holds it, as `--column FIELD=NAME` gives them."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns of a file, or of one JSON object, that hold each field, in order of preference.

    `tmdb_ids` are the columns that hold TMDB's ids.
    """

    fields: Mapping[str, tuple[str, ...]]
    used: tuple[str, ...]
    unused: tuple[str, ...]
    tmdb_ids: frozenset[str]


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """Return the key by which a column's name is compared: letters and digits in lower case.

    `releaseDate`, `Release Date` and `RELEASE-DATE` are one name; `_id` is not `id`. The `_x` of a merge, a unit, as
    in `Runtime (min)`, and Wikidata's `Label` do not count.
    """
    text = _LABEL.sub("", _UNIT.sub("", _MERGE_SUFFIX.sub("", name.strip("\ufeff \t\r\n"))))
    key = "".join(character for character in text.casefold() if character.isalnum())
    return "_id" if text.casefold() == "_id" else key


_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    field: tuple(column_key(name) for name in names) for field, names in FIELDS.items()
}
KNOWN_KEYS = frozenset(key for keys in _SYNONYMS.values() for key in keys)
_FIELD_OF_KEY: Mapping[str, str] = {
    **{key: field for field, keys in reversed(tuple(_SYNONYMS.items())) for key in reversed(keys)},
    **{column_key(field): field for field in FIELDS},
}


def field_named(name: str) -> str | None:
    """Return the field that `name` means, in any of its spellings."""
    return _FIELD_OF_KEY.get(column_key(name))


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return the names of a table's columns; repeated names get the suffixes that pandas gives them (`title.1`)."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        distinct.append(f"{name}.{seen[name]}" if name and seen[name] else name)
        seen[name] += 1
    return distinct


@lru_cache(maxsize=1024)
def map_columns(columns: tuple[str, ...], given: GivenColumns = ()) -> ColumnMap:
    """Return which of `columns` hold which field: those given for a field, otherwise those with a known name."""
    by_key = _columns_by_key(columns)
    chosen = {field: tuple(_given_columns(columns, by_key, field, given)) for field, _ in given}
    taken = {column for found in chosen.values() for column in found}
    fields = {
        field: chosen[field]
        if field in chosen
        else tuple(column for key in _keys(field) for column in by_key.get(key, ()) if column not in taken)
        for field in FIELDS
    }
    used = {column for found in fields.values() for column in found}
    return ColumnMap(
        fields,
        tuple(dict.fromkeys(column for column in columns if column in used)),
        tuple(dict.fromkeys(column for column in columns if column not in used and column.strip())),
        _tmdb_ids(columns, fields["id"]),
    )


def _tmdb_ids(columns: Sequence[str], id_columns: Sequence[str]) -> frozenset[str]:
    """Return the columns that hold TMDB's ids: those with such a name, otherwise those named "id" in a file from TMDB.

    A column with any other name, given by --column, holds ids of another source.
    """
    prefix = _shared_prefix(columns)
    keys = {column: column_key(column.removeprefix(prefix)) for column in columns}
    named = frozenset(column for column in id_columns if keys[column] in _TMDB_ID_KEYS)
    if named or _TMDB_KEYS.isdisjoint(keys.values()):
        return named
    return frozenset(column for column in id_columns if keys[column] in _keys("id") and keys[column] != "_id")


@lru_cache(maxsize=64)
def _keys(field: str) -> tuple[str, ...]:
    """Return the keys of a field's columns in order: its names, then its names with prefixes such as `movie_`."""
    keys = _SYNONYMS[field]
    prefixed = (prefix + key for key in keys for prefix in _PREFIXES if key != "_id")
    return tuple(dict.fromkeys((*keys, *prefixed)))


def _columns_by_key(columns: Sequence[str]) -> dict[str, list[str]]:
    """Group columns by key; plain names come before those with the suffix of a merge (`title_x`, `title_y`).

    `filmLabel`, the name that Wikidata's label service adds, comes before `film`, which is an address.
    """
    prefix = _shared_prefix(columns)
    by_key: dict[str, list[str]] = {}
    for column in sorted(dict.fromkeys(columns), key=_place_among_equals):
        by_key.setdefault(column_key(column.removeprefix(prefix)), []).append(column)
    return by_key


def _place_among_equals(column: str) -> int:
    return -1 if _LABEL.search(column) else bool(_MERGE_SUFFIX.search(column))


def _shared_prefix(columns: Sequence[str]) -> str:
    """Return the table's name and dot if every column starts with it (`films.title`), otherwise ""."""
    prefix, dot, _ = columns[0].partition(".") if columns else ("", "", "")
    return prefix + dot if dot and all(column.startswith(prefix + dot) for column in columns) else ""


def _given_columns(
    columns: Sequence[str], by_key: Mapping[str, list[str]], field: str, given: GivenColumns
) -> Iterable[str]:
    for name in (name for given_field, name in given if given_field == field):
        yield from [name] if name in columns else by_key.get(column_key(name), ())


def check_columns(name: str, columns: Sequence[str], needed: Sequence[str], given: GivenColumns = ()) -> None:
    """Raise IndexingError if a table has no column for a needed field, or lacks a column that `given` names."""
    fields = map_columns(tuple(columns), given).fields
    found = shortened(", ".join(columns), 300)
    for field, column in given:
        if not fields[field]:
            raise IndexingError(f"{name} has no column {column} (--column {field}={column}). Its columns: {found}")
    missing = [field for field in needed if not fields[field]]
    if not any(map_columns(tuple(columns)).fields.values()) and not given:
        raise IndexingError(f"{name} is not a catalogue: its first line names no columns; give {FORMATS_READ}")
    if missing:
        wanted = "; ".join(f"{field} (or {', '.join(n for n in FIELDS[field] if n != field)})" for field in missing)
        remedies = [f"--column {field}=NAME" for field in missing]
        if needed == ("id",):  # a file of --credits, for which these options do not count
            remedies = ["name the column of film ids `id` in its first line"]
        elif "id" in missing:
            remedies[0] += " or --number-rows"
        raise IndexingError(
            f"{name} has no column {wanted}: a catalogue needs it. Its columns: {found}. "
            f"Remedy: {', and '.join(remedies)}"
        )


def shortened(text: str, length: int = 80) -> str:
    """Return the text on one line, cut to `length` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."
