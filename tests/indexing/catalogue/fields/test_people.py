"""Directors and leading actors, from every kind of column."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.indexing.catalogue.fields.people import cast_of, directors_of, last_name_comes_first
from app.indexing.catalogue.reader import read_catalogue
from tests.indexing.catalogue.catalogue_files import film, json_lines, movie_from_row

FILM = {"id": 1, "title": "Tidewater", "overview": "A ferry crosses only at night."}
CREW = [{"job": "Editor", "name": "Bo"}, {"job": "Director", "name": "Ida Holm"}]
CAST = [{"name": f"Actor {place}", "order": place, "character": "x"} for place in (2, 0, 1, 5, 4, 3)]
FIRST_FIVE = tuple(f"Actor {place}" for place in range(5))


@pytest.mark.parametrize(
    "columns",
    [
        {"directors": ["Ida Holm"]},
        {"director": "Ida Holm"},
        {"director_name": "Ida Holm"},
        {"Directed by": "Ida Holm (director)"},
        {"credits": {"crew": CREW}},
        {"credits": str({"crew": CREW})},
        {"crew": CREW},
        {"crew": str(CREW)},
    ],
)
def test_directors(columns: dict[str, object]) -> None:
    assert movie_from_row(FILM | columns).directors == ("Ida Holm",)


@pytest.mark.parametrize(
    "columns",
    [
        {"credits": {"cast": CAST}},
        {"credits": str({"cast": CAST, "crew": CREW})},
        {"cast": CAST},
        {"cast": str(CAST)},
        {"cast": ", ".join(FIRST_FIVE) + ", Actor 9"},
        {"actors": "|".join(FIRST_FIVE)},
        {"stars": list(FIRST_FIVE)},
        {f"Star{place + 1}": name for place, name in enumerate(FIRST_FIVE)},
        {f"actor_{place + 1}_name": name for place, name in enumerate(FIRST_FIVE)},
    ],
)
def test_the_first_five_of_the_cast(columns: dict[str, object]) -> None:
    assert movie_from_row(FILM | columns).cast == FIRST_FIVE


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Robert Downey, Jr., Ida Holm", ("Robert Downey, Jr.", "Ida Holm")),
        ("Joel Coen and Ethan Coen", ("Joel Coen", "Ethan Coen")),
        ("Joel Coen & Ethan Coen", ("Joel Coen", "Ethan Coen")),
        ("Lana & Lilly Wachowski", ("Lana & Lilly Wachowski",)),
        ("Ida Holm, Ida Holm", ("Ida Holm",)),
        ("Coen, Joel; Coen, Ethan", ("Joel Coen", "Ethan Coen")),
        ("Anderson, Paul Thomas | von Trier, Lars", ("Paul Thomas Anderson", "Lars von Trier")),
        ("Downey, Robert, Jr.; Ida Holm", ("Robert Downey, Jr.", "Ida Holm")),
        ("Joel Coen, Ethan Coen; Ida Holm", ("Joel Coen", "Ethan Coen", "Ida Holm")),
        ('["Coen, Joel", "Coen, Ethan"]', ("Joel Coen", "Ethan Coen")),
        ('"Coen, Joel","Coen, Ethan"', ("Joel Coen", "Ethan Coen")),
        ('"Robert Downey, Jr.",Ida Holm', ("Robert Downey, Jr.", "Ida Holm")),
        ('Ida Holm, "Robert Downey, Jr."', ("Ida Holm", "Robert Downey, Jr.")),
        ('"Weird Al" Yankovic, Ida Holm', ('"Weird Al" Yankovic', "Ida Holm")),
        ("Mammootty, Mohanlal", ("Mammootty", "Mohanlal")),
        ("N/A", ()),
    ],
)
def test_joined_names(text: str, people: tuple[str, ...]) -> None:
    assert movie_from_row(FILM | {"director": text}).directors == people


def test_a_list_may_have_the_last_name_first() -> None:
    assert directors_of([["Coen, Joel", "Coen, Ethan"]]) == ("Joel Coen", "Ethan Coen")
    assert cast_of([["Tyler, The Creator"], [{"name": "Nobody, Special"}]]) == ("Tyler, The Creator", "Nobody, Special")


INVERTED = {
    "Coen, Joel": ("Joel Coen",),
    "Coen, Joel, Coen, Ethan": ("Joel Coen", "Ethan Coen"),
    "Coen, Joel & Coen, Ethan": ("Joel Coen", "Ethan Coen"),
    "Anderson, Paul Thomas": ("Paul Thomas Anderson",),
    "Downey, Robert, Sr.": ("Robert Downey, Sr.",),
    "Tarsem": ("Tarsem",),
}


def films_by(path: Path, directors: Iterable[str]) -> Path:
    return json_lines(path, *(film(n, director=names) for n, names in enumerate(directors, start=1)))


def test_a_file_that_writes_the_last_name_first_is_recognized_by_its_directors(tmp_path: Path) -> None:
    catalogue = read_catalogue(films_by(tmp_path / "films.jsonl", INVERTED))

    assert [movie.directors for movie in catalogue.movies] == list(INVERTED.values())
    assert "  people such as Coen, Joel: the last name comes first" in catalogue.notes


def test_two_people_with_one_name_each_stay_two_in_other_files(tmp_path: Path) -> None:
    catalogue = read_catalogue(films_by(tmp_path / "films.jsonl", ["Siddharth, Shankar", "Ida Holm"]))

    assert catalogue.movies[0].directors == ("Siddharth", "Shankar")


def test_a_crew_without_a_director_gives_none() -> None:
    assert movie_from_row(FILM | {"crew": [{"job": "Editor", "name": "Bo"}]}).directors == ()


def test_ids_of_imdb_are_not_names() -> None:
    assert directors_of(["nm0001054,nm0001053"]) == ()
    assert directors_of(["nm0001054,nm0001053"], last_name_first=True) == ()
    assert not last_name_comes_first(["nm0001054,nm0001053"])
    assert cast_of(["Ida Holm, nm0001053", ["Bo &amp; Co"]]) == ("Ida Holm", "Bo & Co")
