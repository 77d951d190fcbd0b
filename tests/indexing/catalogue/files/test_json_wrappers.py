"""Ids by site, and wrappers around a film, as trackers and media servers write them."""

import json
from pathlib import Path

import pytest

from app.indexing.catalogue.files.json_wrappers import page_of
from tests.indexing.catalogue.catalogue_files import read

FILM = {"title": "Tidewater", "plot": "A ferry crosses only at night."}


@pytest.mark.parametrize(
    "ids",
    [
        {"ids": {"trakt": 9, "slug": "tidewater", "imdb": "tt0000042", "tmdb": 42}},
        {"Id": "a9f8e7d6", "ProviderIds": {"Tmdb": "42", "Imdb": "tt0000042"}},
        {"movieid": 9, "uniqueid": {"imdb": "tt0000042", "tmdb": "42"}},
        {"uniqueid": [{"@type": "imdb", "#text": "tt0000042"}, {"@type": "tmdb", "@default": "true", "#text": "42"}]},
        {"uniqueid": [{"type": "imdb", "value": "tt0000042"}, {"type": "tmdb", "value": "42"}]},
        {"guid": "plex://movie/5d7768", "Guid": [{"id": "imdb://tt0000042"}, {"id": "tmdb://42"}, {"id": "tvdb://7"}]},
        {"guids": ["imdb://tt0000042", "tmdb://42"]},
    ],
)
@pytest.mark.parametrize("wrapper", [None, "movie", "show"])
def test_ids_by_site(tmp_path: Path, ids: dict[str, object], wrapper: str | None) -> None:
    film = FILM | ids
    catalogue = read(tmp_path / "films.json", json.dumps([film if wrapper is None else {"rank": 1, wrapper: film}]))

    (movie,) = catalogue.movies
    assert (movie.movie_id, movie.has_tmdb_id, movie.imdb_id) == (42, True, "tt0000042")


def test_ids_of_other_sites_are_no_ids_of_tmdb() -> None:
    assert page_of({"ids": {"trakt": 9}}) is None


@pytest.mark.parametrize(
    "value",
    [
        {**FILM, "similar": {"results": [FILM]}},
        {"movie": {**FILM, "similar": {"results": [FILM]}}},
        {"overview": "x", "results": [FILM]},
        {"id": 5, "cast": [{"name": "Ida Holm", "original_name": "Ida Holm", "popularity": 1.5}]},
        {"a": {"b": {"c": {"d": {"results": [FILM]}}}}},
    ],
)
def test_a_film_with_lists_of_other_films_is_no_page(value: dict[str, object]) -> None:
    assert page_of(value) is None
