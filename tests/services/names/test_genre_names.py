"""Lookup of genres by the spellings that people use."""

import pytest

from app.services.names.genre_names import TMDB_MOVIE_GENRES, GenreNames

ALL = GenreNames(TMDB_MOVIE_GENRES.values())


@pytest.mark.parametrize(
    ("written", "genres"),
    [
        ("Horror", ("Horror",)),
        ("HORROR", ("Horror",)),
        ("  horror ", ("Horror",)),
        ("horror movies", ("Horror",)),
        ("sci-fi", ("Science Fiction",)),
        ("Sci Fi", ("Science Fiction",)),
        ("SF", ("Science Fiction",)),
        ("Science-Fiction", ("Science Fiction",)),
        ("science_fiction", ("Science Fiction",)),
        ("romcom", (("Romance", "Comedy"),)),
        ("Rom-Com", (("Romance", "Comedy"),)),
        ("romantic comedies", (("Romance", "Comedy"),)),
        ("Animated", ("Animation",)),
        ("thrillers", ("Thriller",)),
        ("comedies", ("Comedy",)),
        ("Musical", ("Music",)),
        ("television", ("TV Movie",)),
    ],
)
def test_a_genre_is_found_by_its_usual_spellings(written: str, genres: object) -> None:
    assert ALL.find(written) == genres


def test_a_genre_without_a_film_is_known_and_empty() -> None:
    catalogue = GenreNames(["Drama", "Comedy"])
    assert catalogue.find("Western") == ()
    assert catalogue.find("sci-fi") == ()
    assert catalogue.find("Romcom") == ()
    assert catalogue.find("War & Politics") == ()


@pytest.mark.parametrize("written", ["Horor", "Slashers", "", "!", "Bollywood"])
def test_an_unknown_genre_is_none(written: str) -> None:
    assert ALL.find(written) is None


def test_a_catalogue_may_have_its_own_genres() -> None:
    catalogue = GenreNames(["Sci-Fi", "Film-Noir", "Slasher", "Science Fiction & Horror"])
    assert catalogue.find("Science Fiction") == ("Sci-Fi",)
    assert catalogue.find("science-fiction") == ("Sci-Fi",)
    assert catalogue.find("film noir") == ("Film-Noir",)
    assert catalogue.find("noir") == ("Film-Noir",)
    assert catalogue.find("slashers") == ("Slasher",)


def test_a_catalogue_may_have_both_a_genre_and_its_alias() -> None:
    catalogue = GenreNames(["Music", "Musical", "Family", "Kids"])
    assert catalogue.find("Musical") == ("Musical",)
    assert catalogue.find("Music") == ("Music",)
    assert catalogue.find("kids") == ("Kids",)
