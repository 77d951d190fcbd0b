"""Filters for the films of small_catalogue.py, and whether a film passes one."""

from typing import Any

from app.services.queries import GenreChoice, MovieFilter

FILTERS = [
    MovieFilter(genres_any=("horror", "Comedy")),
    MovieFilter(genres_none=("Drama",)),
    MovieFilter(year_min=1990, year_max=1992),
    MovieFilter(original_language="FR"),
    MovieFilter(min_vote_count=590),
    MovieFilter(genres_any=("Horror",), year_max=1955, original_language="en"),
    MovieFilter(genres_any=("' OR 1=1 --",)),
    MovieFilter(min_vote_average=8.1),
    MovieFilter(min_vote_average=0.0),
    MovieFilter(runtime_min=90, runtime_max=91),
    MovieFilter(runtime_max=70),
    MovieFilter(type="tv"),
    MovieFilter(type="movie", min_vote_count=500),
    MovieFilter(directors_any=("director 7", "ZOË ÅNGSTRÖM")),
    MovieFilter(keywords_any=("robot", "Keyword 3"), genres_any=("Horror",)),
    MovieFilter(directors_any=("Nobody",)),
    MovieFilter(genres_any=(("Horror", "Comedy"),)),
    MovieFilter(genres_any=(("Horror", "Comedy"), "action")),
    MovieFilter(genres_none=(("Horror", "Comedy"), "Drama")),
]


def passes_facts(film: dict[str, Any], wanted: MovieFilter) -> bool:
    runtime = film["runtime"] or 0
    vote_average = -1.0 if film["vote_average"] is None else film["vote_average"]
    return (
        (wanted.min_vote_average is None or vote_average >= wanted.min_vote_average)
        and (wanted.runtime_min is None or runtime >= wanted.runtime_min)
        and (wanted.runtime_max is None or 0 < runtime <= wanted.runtime_max)
        and (wanted.type is None or film["type"] == wanted.type)
        and (not wanted.directors_any or has_any(film["directors"], wanted.directors_any))
        and (not wanted.keywords_any or has_any(film["keywords"], wanted.keywords_any))
    )


def has_any(names: list[str], wanted: tuple[str, ...]) -> bool:
    return bool({name.casefold() for name in names} & {name.casefold() for name in wanted})


def has(genres: set[str], choice: GenreChoice) -> bool:
    return {genre.casefold() for genre in ((choice,) if isinstance(choice, str) else choice)} <= genres


def passes(film: dict[str, Any], wanted: MovieFilter) -> bool:
    genres = {genre.casefold() for genre in film["genres_list"]}
    year = int(film["year"] or 0)
    return (
        (not wanted.genres_any or any(has(genres, choice) for choice in wanted.genres_any))
        and not any(has(genres, choice) for choice in wanted.genres_none)
        and (wanted.year_min is None or year >= wanted.year_min)
        and (wanted.year_max is None or 0 < year <= wanted.year_max)
        and (wanted.original_language is None or film["original_language"] == wanted.original_language.casefold())
        and film["vote_count"] >= (wanted.min_vote_count or 0)
        and passes_facts(film, wanted)
    )
