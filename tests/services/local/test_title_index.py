"""Titles as typed so far."""

from pathlib import Path

import numpy as np
import pytest

from app.services.local.title_index import TitleIndex, title_words

TITLES = [
    "The Godfather",
    "The Godfather: Part II",
    "Amélie",
    "Spider-Man: Homecoming",
    "Alien",
    "Aliens",
    "Alien: Covenant",
    "Rosemary's Baby",
    "Schindler's List",
    "WALL·E",
    "Æon Flux",
    "千と千尋の神隠し",
    "The Shawshank Redemption",
    "M*A*S*H",
    "Black",
    "Blackmail and a Book",
    "Black Book",
    "L.A. Confidential",
    "La Notte",
    "La La Land",
]
VOTES = np.array([90, 80, 50, 60, 30, 40, 20, 10, 70, 5, 4, 3, 95, 1, 2, 85, 1, 88, 87, 1], np.int32)
INDEX = TitleIndex.from_titles(TITLES)


def found(typed: str, limit: int = 3) -> list[str]:
    return [TITLES[position] for position in INDEX.search(typed, limit, VOTES)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("godf", "The Godfather"),
        ("godfather the", "The Godfather"),
        ("part god", "The Godfather: Part II"),
        ("amelie", "Amélie"),
        ("AMÉLIE", "Amélie"),
        ("spiderman", "Spider-Man: Homecoming"),
        ("spider man", "Spider-Man: Homecoming"),
        ("rosemarys", "Rosemary's Baby"),
        ("rosemary’s b", "Rosemary's Baby"),
        ("wall-e", "WALL·E"),
        ("walle", "WALL·E"),
        ("aeon", "Æon Flux"),
        ("mash", "M*A*S*H"),
        ("black b", "Black Book"),
        ("la la l", "La La Land"),
        ("la la", "La La Land"),
        ("千と", "千と千尋の神隠し"),
        ("godfahter", "The Godfather"),
        ("schindlr", "Schindler's List"),
        ("shawshenk redemtion", "The Shawshank Redemption"),
    ],
)
def test_what_is_typed_finds_the_film(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_exact_titles_come_before_better_known_films() -> None:
    assert found("alien") == ["Alien", "Aliens", "Alien: Covenant"]


def test_titles_without_errors_come_before_similar_ones() -> None:
    assert found("aliens", 3) == ["Aliens", "Alien", "Alien: Covenant"]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzzzz", "\0"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert found(typed) == []


def test_no_film_comes_twice() -> None:
    everything = INDEX.search("a", 50, VOTES)
    assert len(everything) == len(set(everything))


def test_a_saved_index_finds_the_same(tmp_path: Path) -> None:
    INDEX.save(tmp_path)
    opened = TitleIndex.open(tmp_path)
    for typed in ("godf", "amelie", "shawshenk"):
        assert opened.search(typed, 5, VOTES) == INDEX.search(typed, 5, VOTES)


def test_words_are_compared_without_accents_apostrophes_and_punctuation() -> None:
    assert title_words("L'Été: ça, là-bas!") == ["lete", "ca", "la", "bas"]
