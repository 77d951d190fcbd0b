"""Masks of the films of the embedded catalogue that may be in an answer."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.local.movie_map import UNKNOWN_RUNTIME, MovieMap
from app.services.local.name_postings import NamePostings
from app.services.queries import GenreChoice, MovieFilter
from app.services.ranking.scores import UNKNOWN_YEAR


def allowed_positions(
    movie_map: MovieMap, movie_filter: MovieFilter | None, exclude_ids: Sequence[int] = ()
) -> NDArray[np.bool_] | None:
    """Return a mask [N] of the films that may be in an answer, or None if all films may.

    Excluded ids that are not in the catalogue have no effect.
    """
    excluded = [position for movie_id in exclude_ids if (position := movie_map.position(movie_id)) is not None]
    if (movie_filter is None or movie_filter == MovieFilter()) and not excluded:
        return None
    allowed = np.ones(len(movie_map), np.bool_)
    allowed[excluded] = False
    if movie_filter is not None:
        _apply(movie_filter, movie_map, allowed)
    return allowed


def _have(movie_map: MovieMap, choice: GenreChoice) -> NDArray[np.bool_]:
    """Return a mask [N] of the films that have a genre, or all genres of a combination."""
    mask = np.zeros(len(movie_map), np.bool_)
    if isinstance(choice, str):
        mask[movie_map.genre_positions(choice)] = True
    else:
        mask[:] = np.logical_and.reduce([_have(movie_map, genre) for genre in choice])
    return mask


def _apply(wanted: MovieFilter, movie_map: MovieMap, allowed: NDArray[np.bool_]) -> None:
    if wanted.genres_any:
        allowed &= np.logical_or.reduce([_have(movie_map, choice) for choice in wanted.genres_any])
    for choice in wanted.genres_none:
        allowed &= ~_have(movie_map, choice)
    if wanted.year_min is not None or wanted.year_max is not None:
        allowed &= movie_map.years != UNKNOWN_YEAR
    if wanted.year_min is not None:
        allowed &= movie_map.years >= wanted.year_min
    if wanted.year_max is not None:
        allowed &= movie_map.years <= wanted.year_max
    if wanted.original_language is not None:
        code = movie_map.language_code(wanted.original_language)
        allowed &= movie_map.language_codes == (-2 if code is None else code)
    if wanted.min_vote_count:
        allowed &= movie_map.vote_counts >= wanted.min_vote_count
    if wanted.min_vote_average is not None:
        allowed &= movie_map.vote_averages >= math.ceil(round(1000 * wanted.min_vote_average, 6))
    if wanted.runtime_min is not None or wanted.runtime_max is not None:
        allowed &= movie_map.runtimes != UNKNOWN_RUNTIME
    if wanted.runtime_min is not None:
        allowed &= movie_map.runtimes >= wanted.runtime_min
    if wanted.runtime_max is not None:
        allowed &= movie_map.runtimes <= wanted.runtime_max
    if wanted.type is not None:
        allowed &= movie_map.is_tv == (wanted.type == "tv")
    for postings, names in ((movie_map.directors, wanted.directors_any), (movie_map.keywords, wanted.keywords_any)):
        if names:
            allowed &= _have_any(postings, names, len(movie_map))


def _have_any(postings: NamePostings, names: Sequence[str], films: int) -> NDArray[np.bool_]:
    mask = np.zeros(films, np.bool_)
    for name in names:
        mask[postings.positions(name)] = True
    return mask
