"""Titles as typed so far."""

from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.title_index import TitleIndex
from tests.services.local.titles import INDEX, ORIGINAL_TITLES, TITLES, VOTES, YEARS


def found(typed: str, limit: int = 3, index: TitleIndex = INDEX) -> list[str]:
    return [TITLES[position] for position in index.search(typed, limit, VOTES, YEARS)]


def first_with_year(typed: str) -> tuple[str, int]:
    position = INDEX.search(typed, 1, VOTES, YEARS)[0]
    return TITLES[position], int(YEARS[position])


def test_every_title_finds_its_film() -> None:
    missed = [
        title
        for position, title in enumerate(TITLES)
        if position not in INDEX.search(title, 3, VOTES, YEARS) or found(title)[0] != title
    ]
    assert missed == []


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
        ("godfahter", "The Godfather"),
        ("schindlr", "Schindler's List"),
        ("shawshenk redemtion", "The Shawshank Redemption"),
    ],
)
def test_what_is_typed_finds_the_film(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "title", "year"),
    [
        ("dune", "Dune", 2021),
        ("dune 1984", "Dune", 1984),
        ("dune 2021", "Dune", 2021),
        ("Dune (1984)", "Dune", 1984),
        ("Dune, 1984", "Dune", 1984),
        ("dune 1983", "Dune", 1984),
        ("dnue 1984", "Dune", 1984),
        ("dune 2003", "Children of Dune", 2003),
        ("dune movie 1984", "Dune", 1984),
        ("2001 a space odyssey", "2001: A Space Odyssey", 1968),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("blade runner 2049", "Blade Runner 2049", 2017),
        ("blade runner 1982", "Blade Runner", 1982),
        ("blade runner 2049 (2017)", "Blade Runner 2049", 2017),
        ("1917", "1917", 2019),
        ("1917 (2019)", "1917", 2019),
        ("2012 2009", "2012", 2009),
        ("wonder woman 1984", "Wonder Woman 1984", 2020),
        ("wonder woman 2017", "Wonder Woman", 2017),
        ("fear street 1994", "Fear Street Part One: 1994", 2021),
        ("alien 2017", "Alien: Covenant", 2017),
    ],
)
def test_a_year_chooses_among_films_of_the_title_unless_it_is_part_of_one(typed: str, title: str, year: int) -> None:
    assert first_with_year(typed) == (title, year)


def test_films_of_other_years_follow_the_one_asked_for() -> None:
    assert found("dune 1984") == ["Dune", "Dune", "Dune: Part Two"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("thelma and louise", "Thelma & Louise"),
        ("thelma & louise", "Thelma & Louise"),
        ("thelma louise", "Thelma & Louise"),
        ("romeo and juliet", "Romeo + Juliet"),
        ("romeo & juliet", "Romeo + Juliet"),
        ("rocky 2", "Rocky II"),
        ("rocky two", "Rocky II"),
        ("rocky part 2", "Rocky II"),
        ("rocky part ii", "Rocky II"),
        ("rocky2", "Rocky II"),
        ("godfather 2", "The Godfather: Part II"),
        ("the godfather part two", "The Godfather: Part II"),
        ("dune 2", "Dune: Part Two"),
        ("dune part ii", "Dune: Part Two"),
        ("alien 3", "Alien³"),
        ("alien3", "Alien³"),
        ("8 1/2", "8½"),
        ("8.5", "8½"),
        ("eight and a half", "8½"),
        ("9 1/2 weeks", "9½ Weeks"),
        ("nine and a half weeks", "9½ Weeks"),
        ("naked gun 33 1/3", "The Naked Gun 33⅓: The Final Insult"),
        ("12 monkeys", "Twelve Monkeys"),
        ("12monkeys", "Twelve Monkeys"),
        ("twelve angry men", "12 Angry Men"),
        ("seven", "Se7en"),
        ("101 dalmatians", "One Hundred and One Dalmatians"),
        ("twenty one jump street", "21 Jump Street"),
        ("twenty-one jump street", "21 Jump Street"),
        ("10000 bc", "10,000 BC"),
        ("ten thousand bc", "10,000 BC"),
        ("kill bill 2", "Kill Bill: Vol. 2"),
        ("kill bill volume ii", "Kill Bill: Vol. 2"),
        ("toy story iii", "Toy Story 3"),
        ("toy story three", "Toy Story 3"),
        ("friday the thirteenth", "Friday the 13th"),
        ("1984", "Nineteen Eighty-Four"),
        ("batman vs. superman", "Batman v Superman: Dawn of Justice"),
        ("public enemy number one", "Mesrine: Public Enemy #1"),
        ("public enemy no. 1", "Mesrine: Public Enemy #1"),
        ("malcolm 10", "Malcolm X"),
        ("starwars", "Star Wars"),
        ("ironman", "Iron Man"),
        ("ironman 2", "Iron Man 2"),
        ("ironman2", "Iron Man 2"),
        ("ro cky", "Rocky"),
        ("lordoftherings", "The Lord of the Rings: The Two Towers"),
        ("the two towers lordoftherings", "The Lord of the Rings: The Two Towers"),
        ("cash", "Ca$h"),
    ],
)
def test_other_spellings_of_a_title_find_it(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("$", ["$", "Ca$h"]),
        ("&", ["Thelma & Louise"]),
        ("+", ["Romeo + Juliet"]),
        ("#", ["Mesrine: Public Enemy #1"]),
    ],
)
def test_a_symbol_alone_finds_the_titles_that_have_it(typed: str, titles: list[str]) -> None:
    assert found(typed) == titles


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("le fabuleux destin", "Amélie"),
        ("기생", "Parasite"),
        ("기생충", "Parasite"),
        ("солярис", "Solaris"),
        ("СОЛЯ", "Solaris"),
        ("千と千尋の神隠し 一", "Spirited Away"),
        ("侍", "Seven Samurai"),
        ("の侍", "Seven Samurai"),
        ("ยำกุ้ง", "The Protector"),
        ("अलविदा", "Kabhi Alvida Naa Kehna"),
        ("parasite", "Parasite"),
    ],
)
def test_original_titles_in_any_script_find_the_film(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize("typed", ["神隠し", "千尋", "と千尋", "千 神隠"])
def test_scripts_without_spaces_are_searched_inside(typed: str) -> None:
    assert set(found(typed, 2)) == {"千と千尋の神隠し", "Spirited Away"}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("the shawshank prison break", "The Shawshank Redemption"),
        ("blade runner final cut", "Blade Runner"),
        ("zzzzzz parasite", "Parasite"),
        ("solaris tarkovsky 1972 criterion", "Solaris"),
        ("shawshenk prison", "The Shawshank Redemption"),
        ("the parasite", "Parasite"),
    ],
)
def test_films_with_most_of_the_words_are_found_if_none_has_all(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_films_with_the_rarest_words_follow_those_with_all() -> None:
    assert found("rocky ii", 4) == ["Rocky II", "Rocky III", "Rocky"]
    assert found("parasite solaris godfather", 4) == ["Parasite", "Solaris", "The Godfather", "The Godfather: Part II"]


def test_exact_titles_come_before_better_known_films() -> None:
    assert found("alien", 4) == ["Alien", "Aliens", "Alien: Covenant", "Alien³"]


def test_titles_without_errors_come_before_similar_ones() -> None:
    assert found("aliens", 3) == ["Aliens", "Alien", "Alien: Covenant"]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzzzz", "\0", "4711", "\ud83d"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert found(typed) == []


@pytest.mark.parametrize("typed", ["a", "the", "dune 2021", "千", "amelie", "zzzzzz dune runner wars"])
def test_no_film_comes_twice(typed: str) -> None:
    everything = INDEX.search(typed, 50, VOTES, YEARS)
    assert len(everything) == len(set(everything))


def test_a_saved_index_finds_the_same(tmp_path: Path) -> None:
    INDEX.save(tmp_path)
    opened = TitleIndex.open(tmp_path)
    assert len(opened) == len(TITLES)
    for typed in ("godf", "amelie", "shawshenk", "starwars", "千尋", "le fabuleux destin", "dune 1984"):
        assert found(typed, 5, opened) == found(typed, 5)


def test_the_same_titles_give_the_same_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        TitleIndex.from_titles(TITLES, [ORIGINAL_TITLES.get(title) for title in TITLES]).save(tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("films", np.arange(len(TITLES) + 20, dtype=np.int32)),  # more names than there are
        ("films", np.zeros(3, np.int32)),
        ("squeezed", np.frombuffer(b"godfather\n", np.uint8)),
        ("name_offsets", np.zeros(5, np.int32)),
    ],
)
def test_arrays_of_different_builds_are_refused(tmp_path: Path, field: str, wrong: np.ndarray) -> None:
    INDEX.save(tmp_path)
    np.save(tmp_path / f"titles_{field}.npy", wrong)
    with pytest.raises(ModelFileError, match="do not fit together"):
        TitleIndex.open(tmp_path)


def test_an_index_of_the_format_before_is_refused_with_the_build_command(tmp_path: Path) -> None:
    INDEX.save(tmp_path)
    (tmp_path / "titles_squeezed.npy").unlink()
    with pytest.raises(ModelFileError, match=r"app\.indexing build"):
        TitleIndex.open(tmp_path)


def test_an_index_of_no_films_finds_nothing() -> None:
    empty = TitleIndex.from_titles([])
    nothing = np.empty(0, np.int32)
    assert len(empty) == 0
    assert empty.search("dune 2021", 5, nothing, nothing.astype(np.int16)) == []


def test_films_whose_titles_begin_with_words() -> None:
    index = TitleIndex.from_titles(
        ["Harry Potter and the Goblet of Fire", "Dirty Harry", "The Harry Potter Story", "X"]
    )
    assert index.beginning("harry potter").tolist() == [0, 2]
    assert index.beginning("dirty harry").tolist() == [1]
    assert index.beginning("...").tolist() == []
