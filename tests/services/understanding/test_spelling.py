"""Correction of typing errors in requests."""

import pytest

from app.services.understanding.spelling import correct_spelling
from app.services.understanding.understood import Years
from app.services.understanding.words import Text
from tests.services.understanding.catalogue import read


@pytest.mark.parametrize(
    ("text", "genres", "languages"),
    [
        ("horor film", ("Horror",), ()),
        ("documantary about the sea", ("Documentary",), ()),
        ("sience fiction about robots", ("Science Fiction",), ()),
        ("scfi movies", ("Science Fiction",), ()),
        ("animted movies for kids", ("Animation", "Family"), ()),
        ("a Fench comedy", ("Comedy",), ("fr",)),
        ("japaneese horrer", ("Horror",), ("ja",)),
        ("OLD HOROR MOVIES", ("Horror",), ()),
        ("WESTERNS THAT ARE IN FENCH", ("Western",), ("fr",)),
    ],
)
def test_of_kinds_and_nationalities(text: str, genres: tuple[str, ...], languages: tuple[str, ...]) -> None:
    understood = read(text)
    assert (understood.genres, understood.languages) == (genres, languages)


@pytest.mark.parametrize("text", ["ninties comedys", "comedies from the ninetys"])
def test_of_decades(text: str) -> None:
    assert read(text).years == Years(1990, 1999)


@pytest.mark.parametrize(
    "text",
    [
        "moves at an auction",
        "a carton of milk",
        "the mastery of fire",
        "Germans and Russians in Korea",
        "adventurer",
        "movies by Bob Wesstern",
    ],
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    words = Text(text)
    plain = words.plain
    correct_spelling(words)
    assert words.plain == plain


def test_the_remaining_text_is_as_it_was_written() -> None:
    assert read("scary slashr movies").text == "slashr"
