from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.people_index import PeopleIndex

DIRECTORS = [["Akira Kurosawa"], ["Pedro Almodóvar"], ["Joel Coen", "Ethan Coen"], ["Lars von Trier"], []]
CASTS = [["Toshirō Mifune"], ["Penélope Cruz"], [], ["Kirsten Dunst"], ["Toshirō Mifune", "Kiyoshi Kurosawa"]]
ALL = len({name for names in [*DIRECTORS, *CASTS] for name in names})


@pytest.fixture
def people() -> PeopleIndex:
    return PeopleIndex.from_credits(DIRECTORS, CASTS)


def found(people: PeopleIndex, typed: str) -> list[str]:
    return [people.name(person) for person in people.search(typed, 10)]


@pytest.mark.parametrize("name", ["Akira Kurosawa", "akira kurosawa", "AKIRA  KUROSAWA"])
def test_full_names_are_found_in_any_capitals(people: PeopleIndex, name: str) -> None:
    assert people.people_named(name) == ["Akira Kurosawa"]


def test_accents_may_be_missing(people: PeopleIndex) -> None:
    assert people.people_named("pedro almodovar") == ["Pedro Almodóvar"]
    assert people.people_surnamed("almodovar") == ["Pedro Almodóvar"]


def test_a_part_of_a_name_is_no_full_name(people: PeopleIndex) -> None:
    assert people.people_named("Akira") == []
    assert people.people_surnamed("akira") == []


def test_of_people_of_one_surname_those_with_most_films_come_first(people: PeopleIndex) -> None:
    assert people.people_surnamed("Kurosawa") == ["Akira Kurosawa", "Kiyoshi Kurosawa"]
    assert sorted(people.people_surnamed("coen")) == ["Ethan Coen", "Joel Coen"]


def test_surnames_with_a_particle_are_found_with_it_and_without(people: PeopleIndex) -> None:
    assert people.people_surnamed("von Trier") == people.people_surnamed("Trier") == ["Lars von Trier"]


def test_films_of_a_person_are_those_directed_and_those_played_in(people: PeopleIndex) -> None:
    assert people.films_of("Toshiro Mifune").tolist() == [0, 4]
    assert people.films_of("Ethan Coen").tolist() == [2]
    assert people.films_of("Nobody").tolist() == []


def test_search_takes_beginnings_and_forgives_typing_errors(people: PeopleIndex) -> None:
    assert found(people, "kuros")[0] == "Akira Kurosawa"
    assert found(people, "almodovr") == ["Pedro Almodóvar"]
    assert found(people, "...") == []


def test_saved_and_opened_it_finds_the_same(people: PeopleIndex, tmp_path: Path) -> None:
    people.save(tmp_path)
    opened = PeopleIndex.open(tmp_path)
    assert (len(opened), opened.film_count) == (ALL, len(DIRECTORS))
    assert found(opened, "coen") == found(people, "coen")


def test_a_catalogue_without_people_has_an_empty_index(tmp_path: Path) -> None:
    PeopleIndex.from_credits([[], []], [[], []]).save(tmp_path)
    opened = PeopleIndex.open(tmp_path)
    assert len(opened) == 0
    assert found(opened, "kurosawa") == []
    assert opened.people_surnamed("kurosawa") == []


def test_positions_outside_the_catalogue_are_refused(people: PeopleIndex, tmp_path: Path) -> None:
    people.save(tmp_path)
    films = np.load(tmp_path / "people_films.npy")
    films[0] = 99
    np.save(tmp_path / "people_films.npy", films)
    with pytest.raises(ModelFileError):
        PeopleIndex.open(tmp_path)
