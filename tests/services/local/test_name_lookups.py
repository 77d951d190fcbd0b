"""Films found by titles with typing errors, as a request names them."""

import numpy as np
import pytest

from app.services.catalogue import Handles
from app.services.local.name_lookups import NameIndexes, NameLookups
from app.services.local.title_index import TitleIndex
from app.services.movie_record import MovieRecord, write_record

TITLES = (
    "Inception",
    "The Godfather",
    "Train",
    "Forrest Gump",
    "A Forest",
    "Harry Potter and the Goblet",
    "Spider-Man",
    "12 Angry Men",
)


class Titles(NameLookups):
    """A catalogue of the titles above; earlier ones have more votes."""

    @property
    def name_indexes(self) -> NameIndexes:
        votes = np.arange(len(TITLES), 0, -1).astype(np.int32)
        return NameIndexes(TitleIndex.from_titles(TITLES), None, None, votes, np.full(len(TITLES), 2000, np.int16))

    def records_json(self, handles: Handles) -> list[bytes]:
        return [
            write_record(MovieRecord(handle, TITLES[handle], None, None, (), None, None, None, None))
            for handle in handles.tolist()
        ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Incepton", ["Inception"]),
        ("the godfathr", ["The Godfather"]),
        ("godfahter", ["The Godfather"]),
        ("Harry Poter", ["Harry Potter and the Goblet"]),
        ("trains", []),
        ("conception of", []),
        ("forest", []),
        ("", []),
    ],
)
def test_titles_are_found_with_typing_errors(typed: str, found: list[str]) -> None:
    assert [film.title for film in Titles().films_nearly_titled(typed, is_name=False)] == found


def test_words_of_other_titles_are_typing_errors_only_in_a_name() -> None:
    assert Titles().films_nearly_titled("Forest Gump", is_name=False) == []
    assert [film.title for film in Titles().films_nearly_titled("Forest Gump", is_name=True)] == ["Forrest Gump"]
    assert [film.title for film in Titles().films_nearly_titled("Twelve Angry Men", is_name=True)] == ["12 Angry Men"]


def test_words_may_be_joined_otherwise() -> None:
    assert [film.title for film in Titles().films_beginning("Spiderman")] == ["Spider-Man"]
