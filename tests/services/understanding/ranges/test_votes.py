"""Reading of mean votes."""

import pytest

from tests.services.understanding.catalogue import read


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("movies rated above 8", 8.0),
        ("horror rated at least 7", 7.0),
        ("sci-fi with at least 7.5 stars", 7.5),
        ("imdb 8+ thriller", 8.0),
        ("8/10 or better comedies", 8.0),
        ("a thriller with a score over 6.5", 6.5),
        ("8 out of 10 romance", 8.0),
        ("highly rated thrillers", 7.0),
        ("critically acclaimed dramas about war", 7.0),
        ("top rated Korean films", 7.0),
        ("award-winning dramas", 7.0),
        ("oscar winners from the 1970s", 7.0),
        ("movies with high ratings about chess", 7.0),
        ("horror with good reviews", 7.0),
        ("which musicals won oscars?", 7.0),
    ],
)
def test_of_films(text: str, lowest: float) -> None:
    assert read(text).min_vote_average == lowest


@pytest.mark.parametrize(
    "text",
    [
        "rated R comedies",
        "rated PG-13 horror",
        "four star comedies",
        "rated below 5",
        "film about a man who won an oscar",
        "film about a critically acclaimed pianist",
        "films with 3 astronauts",
        "12 angry men",
    ],
)
def test_of_something_else(text: str) -> None:
    assert read(text).min_vote_average is None
