"""Reading of lengths of films."""

import pytest

from app.services.understanding.understood import Understood
from tests.services.understanding.catalogue import read


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        ("comedies under 90 minutes", None, 90),
        ("a film of less than two hours", None, 120),
        ("longer than three hours", 180, None),
        ("90-minute thriller", 80, 100),
        ("two hour dramas", 110, 130),
        ("hour-long documentaries", 50, 70),
        ("a thriller no longer than 100 minutes", None, 100),
        ("horror movies under an hour and a half", None, 90),
        ("an epic over 3 hours long", 180, None),
        ("a comedy, under 1h30", None, 90),
        ("a 2.5 hour epic", 140, 160),
        ("drama that's 95 mins or less", None, 95),
        ("2+ hour dramas", 120, None),
        ("films between one and two hours", 60, 120),
        ("1-2 hour comedies", 60, 120),
        ("comedy about a wedding under 100 minutes", None, 100),
        ("something under an hour and 20 minutes", None, 80),
        ("a western with a runtime of less than 100 minutes", None, 100),
        ("something short", None, 90),
        ("crime movies around 100 minutes", 90, 110),
        ("a comedy I can finish in under 90 minutes", None, 90),
        ("a film that isn't too long", None, 120),
    ],
)
def test_of_films(text: str, shortest: int | None, longest: int | None) -> None:
    understood = read(text)
    assert (understood.runtime_min, understood.runtime_max) == (shortest, longest)


@pytest.mark.parametrize(
    "text",
    [
        "movie about a man who has 24 hours to live",
        "he has less than two hours to live",
        "bomb explodes in less than two hours",
        "a thriller set over 24 hours",
        "not too long ago a man lost his dog",
        "one hour photo",
        "127 hours",
        "the true story of a 60 Minutes",
        "90 minutes in heaven",
        "a short comedy about trains",
    ],
)
def test_of_something_else(text: str) -> None:
    understood = read(text)
    assert (understood.runtime_min, understood.runtime_max) == (None, None)


def test_the_words_are_not_compared_with_films() -> None:
    assert read("movies about trains, under 90 minutes").text == "trains"


def test_the_shortest_is_never_above_the_longest() -> None:
    understood = read("films over 2 hours and under 90 minutes")
    assert (understood.runtime_min, understood.runtime_max) == (120, None)
    with pytest.raises(ValueError, match="above the longest"):
        Understood("request", "", runtime_min=100, runtime_max=90)
