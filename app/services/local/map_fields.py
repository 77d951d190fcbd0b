"""Reading of the films in movies_map.pkl, in the forms that this project and the original write."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.movie_record import MovieRecord


def films_of_map(entries: Mapping[int, Mapping[str, Any]]) -> list[MovieRecord]:
    """Return the films of a movies_map.pkl (position -> entry, positions 0 to N - 1) in the order of their positions.

    Raises ModelFileError if a film lacks its id or title.
    """
    try:
        return [_movie_record(entries[position]) for position in range(len(entries))]
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ModelFileError(
            f"movies_map.pkl holds a film without a proper tmdb_id or title ({error!r}); run: {BUILD_COMMAND}"
        ) from error


def _movie_record(record: Mapping[str, Any]) -> MovieRecord:
    """Read one record of the map; keys that the original project does not write may be missing."""
    vote_average = record.get("vote_average")
    film = MovieRecord(
        movie_id=int(record["tmdb_id"]),
        title=_text(record["title"]) or "",
        overview=_text(record.get("overview")),
        year=_year(record.get("year")),
        genres=_names(record.get("genres_list")),
        original_language=_text(record.get("original_language")),
        vote_average=None if vote_average is None else round(float(vote_average), 3),
        vote_count=_count(record.get("vote_count")),
        poster_path=_text(record.get("poster_path")),
        original_title=_text(record.get("original_title")),
        directors=_names(record.get("directors")),
        cast=_names(record.get("cast")),
        keywords=_names(record.get("keywords")),
        runtime=_count(record.get("runtime")) or None,
        type="tv" if record.get("type") == "tv" else "movie",
        imdb_id=_text(record.get("imdb_id")),
        has_tmdb_id=record.get("has_tmdb_id") is not False,
    )
    if not 0 <= film.movie_id < 2**53:
        raise ValueError(f"tmdb_id {film.movie_id} is out of range")
    if film.vote_average is not None and not 0 <= film.vote_average <= 100:
        return replace(film, vote_average=None)
    return film


def _text(value: object) -> str | None:
    """Return text that can be sent as UTF-8 (lone surrogates replaced), or None if there is none."""
    if not isinstance(value, str | int | float):  # the text of nested lists can be without end
        return None
    if isinstance(value, float) and math.isnan(value):  # what pandas has for nothing
        return None
    return str(value).encode("utf-8", "replace").decode() if value else None


def _year(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)[:4] if isinstance(value, str | int) else ""
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() and int(text) else None


def _count(value: object) -> int | None:
    if not isinstance(value, int | float) or not 0 <= value < 2**31:
        return None
    return int(value)


def _names(value: object) -> tuple[str, ...]:
    """Read names out of ["Horror"], [{"name": "Horror"}], "Horror, Mystery" or "['Horror']", each once, in order."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):  # a list that became a text
        value = [name.strip().strip("'\"") for name in value[1:-1].split(",")]
    items: Sequence[object] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    names = (item.get("name", "") if isinstance(item, dict) else item for item in items)
    cleaned = (_text(name.strip()) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in cleaned if name))
