"""Filters: each condition alone, and films with unknown values."""

from typing import Any

import pytest

from app.services.local.map_fields import films_of_map
from app.services.local.masks import allowed_positions
from app.services.local.movie_map import MovieMap
from app.services.queries import MovieFilter


def film(movie_id: int, **facts: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"tmdb_id": movie_id, "title": str(movie_id), "overview": "x", **facts}


MOVIES = MovieMap.from_films(
    films_of_map(
        {
            0: film(10, genres_list=["Horror", "Mystery"], year="1979", original_language="en", vote_count=500),
            1: film(11, genres_list=["Comedy"], year="2001", original_language="fr", vote_count=20),
            2: film(12, genres_list=["Comedy", "Horror"], year="2015", original_language="en", vote_count=3),
            3: film(13, genres_list=[]),
        }
    )
)


@pytest.mark.parametrize(
    ("movie_filter", "expected"),
    [
        (MovieFilter(genres_any=("Horror",)), [10, 12]),
        (MovieFilter(genres_any=("mystery", "Comedy")), [10, 11, 12]),
        (MovieFilter(genres_none=("Horror",)), [11, 13]),
        (MovieFilter(genres_any=("Horror",), genres_none=("Comedy",)), [10]),
        (MovieFilter(genres_any=("Polka",)), []),
        (MovieFilter(year_min=2001), [11, 12]),
        (MovieFilter(year_max=2001), [10, 11]),
        (MovieFilter(year_min=1980, year_max=2010), [11]),
        (MovieFilter(original_language="en"), [10, 12]),
        (MovieFilter(original_language="xx"), []),
        (MovieFilter(min_vote_count=20), [10, 11]),
        (MovieFilter(min_vote_count=0, genres_none=("Comedy",)), [10, 13]),
    ],
)
def test_conditions(movie_filter: MovieFilter, expected: list[int]) -> None:
    allowed = allowed_positions(MOVIES, movie_filter)
    assert allowed is not None
    assert MOVIES.movie_ids[allowed].tolist() == expected


def test_excluded_ids_are_taken_out_and_unknown_ones_do_nothing() -> None:
    allowed = allowed_positions(MOVIES, None, [11, 999])
    assert allowed is not None
    assert MOVIES.movie_ids[allowed].tolist() == [10, 12, 13]


def test_no_condition_needs_no_mask() -> None:
    assert allowed_positions(MOVIES, None) is None
    assert allowed_positions(MOVIES, MovieFilter(), [999]) is None
