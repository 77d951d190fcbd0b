"""Reading of praise and of the occasions of watching, which are not compared with films."""

import pytest

from tests.services.understanding.catalogue import read


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("greatest westerns of all time", ""),
        ("the most underrated musicals", ""),
        ("worst comedies ever made", ""),
        ("feelgood comedies about cooking", "cooking"),
        ("slow burn thrillers", ""),
        ("light comedies about cooks", "cooks"),
        ("cult films with puppets", "puppets"),
        ("forgotten horror gems", ""),
        ("colour films about the sea", "sea"),
        ("musicals in technicolor", ""),
        ("documentaries about famous painters", "painters"),
        ("horror about a cult", "cult"),
        ("the greatest showman", "the greatest showman"),
    ],
)
def test_praise(text: str, remaining: str) -> None:
    assert read(text).text == remaining


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("sunday afternoon western", ""),
        ("a comedy for a girls night in", ""),
        ("movies for a sleepover", ""),
        ("films to watch on a plane", ""),
        ("a thriller to watch while cooking", ""),
        ("what should I watch with my grandparents?", ""),
        ("comedies for a rainy day about cooks", "cooks"),
        ("films about a sleepover", "sleepover"),
        ("a road trip comedy", "road trip"),
        ("movies to watch on halloween", "halloween"),
        ("plane crash movies", "plane crash"),
    ],
)
def test_occasions(text: str, remaining: str) -> None:
    assert read(text).text == remaining


def test_an_evening_for_two_asks_for_romance() -> None:
    assert read("a film for date night").genres == ("Romance",)
    assert read("a man on a first date with a spy").genres == ()


def test_a_later_part_may_begin_like_a_request() -> None:
    understood = read("no musicals, give me a comedy")
    assert (understood.genres, understood.excluded_genres, understood.text) == (("Comedy",), ("Musical",), "")
