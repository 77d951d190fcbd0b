"""How what was read from a query becomes a ranking query."""

from typing import cast

import pytest

from app.services.catalogue import Catalogue
from app.services.interpretation import embedded_text, interpret
from app.services.queries import MovieFilter, Query, Selection
from app.services.understanding.understood import NamedFilm, Understood, Years
from tests.services.understanding.catalogue import NEWEST_YEAR, SmallCatalogue


class ReadableCatalogue(SmallCatalogue):
    """What interpretation needs of a catalogue."""

    newest_year = NEWEST_YEAR


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


def test_what_the_caller_understood_counts() -> None:
    corrected = Understood("request", "trains", years=Years(1980, 1989))
    assert read(Query(REQUEST, understood=corrected)) == corrected


def test_context_counts_instead_of_what_is_read() -> None:
    understood = read(Query(REQUEST, genres=("Drama",), year=1990))
    assert (understood.genres, understood.years, understood.languages) == ((), None, ("fr",))


def test_filters_count_instead_of_what_is_read() -> None:
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
def test_what_remains_is_embedded(query: Query, understood: Understood, text: str | None) -> None:
    assert embedded_text(query, understood) == text
