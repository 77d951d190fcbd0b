"""Conversion of a query, and of what is read from it, into a ranking query."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from app.services.catalogue import Catalogue, Handles
from app.services.interpretation import embedded_text, interpret, ranking_query
from app.services.queries import MovieFilter, Query, Selection
from app.services.ranking.ranking_query import Target
from app.services.understanding.understood import NamedFilm, Understood, Years
from tests.services.understanding.catalogue import NEWEST_YEAR, SmallCatalogue


class ReadableCatalogue(SmallCatalogue):
    """A catalogue with only the methods that interpretation calls."""

    newest_year = NEWEST_YEAR

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        return np.array(movie_ids, np.int64)

    def targets(self, handles: Handles) -> list[Target]:
        vector = np.zeros(384, np.float32)
        return [Target(vector, genres=("Horror", "Science Fiction")) for _ in handles]


CATALOGUE = cast(Catalogue, ReadableCatalogue())
LIKE_ALIEN = Understood("request", "", like=(NamedFilm(1, "Alien"),))
ABOUT_TRAINS = Understood("request", "trains", ("Comedy",))
REQUEST = "French comedies of the 1980s about trains"


def read(query: Query) -> Understood:
    return interpret(query, CATALOGUE)


def test_a_request_is_read() -> None:
    assert read(Query(REQUEST)) == Understood("request", "trains", ("Comedy",), (), Years(1980, 1989), ("fr",))


@pytest.mark.parametrize(
    "query", [Query(REQUEST, interpret=False), Query(REQUEST, title="X"), Query(REQUEST, keywords=("x",))]
)
def test_a_described_film_is_a_plot(query: Query) -> None:
    assert read(query) == Understood("plot", REQUEST)


def test_an_understanding_of_the_caller_is_used() -> None:
    corrected = Understood("request", "trains", years=Years(1980, 1989))
    assert read(Query(REQUEST, understood=corrected)) == corrected


def test_context_overrides_what_is_read() -> None:
    understood = read(Query(REQUEST, genres=("Drama",), year=1990))
    assert (understood.genres, understood.years, understood.languages) == ((), None, ("fr",))


def test_filters_override_what_is_read() -> None:
    movie_filter = MovieFilter(genres_any=("Drama",), year_min=1990, original_language="it")
    understood = read(Query(REQUEST, selection=Selection(movie_filter=movie_filter)))
    assert (understood.genres, understood.years, understood.languages) == ((), None, ())


@pytest.mark.parametrize(
    ("query", "understood", "text"),
    [
        (Query("1980s comedies"), Understood("request", "", ("Comedy",)), "Comedy"),
        (Query("hitchcock"), Understood("request", "", people=("Alfred Hitchcock",)), "Alfred Hitchcock"),
        (Query("like Alien"), Understood("request", "", like=(NamedFilm(1, "Alien"),)), None),
        (
            Query("like Alien", year=1980),
            Understood("request", "", like=(NamedFilm(1, "Alien"),)),
            "Year: 1980. Overview: like Alien",
        ),
        (Query("from the 1950s"), Understood("request", "", years=Years(1950, 1959)), "from the 1950s"),
        (
            Query("comedies about trains", year=1980),
            Understood("request", "trains", ("Comedy",)),
            "Year: 1980. Overview: trains",
        ),
        (Query("a plot", genres=("Drama",)), Understood("plot", "a plot"), "Genre: Drama. Overview: a plot"),
        (Query("I saw a film"), Understood("memory", "I saw a film", ("Drama",)), "I saw a film"),
    ],
)
def test_the_remaining_text_is_embedded(query: Query, understood: Understood, text: str | None) -> None:
    assert embedded_text(query, understood) == text


class TestChangedExamples:
    @pytest.mark.parametrize(
        ("understood", "genres"),
        [
            (LIKE_ALIEN, ("Horror", "Science Fiction")),
            (replace(LIKE_ALIEN, genres=("Comedy",)), ("Horror", "Science Fiction", "Comedy")),
            (replace(LIKE_ALIEN, excluded_genres=("Horror",)), ("Science Fiction",)),
        ],
    )
    def test_have_the_genres_that_are_asked_for(self, understood: Understood, genres: tuple[str, ...]) -> None:
        ranking = ranking_query(Query("like Alien"), understood, None, CATALOGUE)
        (example,) = ranking.likes
        assert example.genres == genres

    def test_lose_to_films_that_have_what_is_asked_for(self) -> None:
        beside_an_example = ranking_query(Query("like Alien"), replace(LIKE_ALIEN, genres=("Comedy",)), None, CATALOGUE)
        alone = ranking_query(Query("comedies"), replace(ABOUT_TRAINS, text=""), None, CATALOGUE)
        assert beside_an_example.anchors.weights.genre > alone.anchors.weights.genre
