"""Reading of films that a request names as examples, or to leave them out."""

import pytest

from app.services.understanding.understood import Understood, Years
from tests.services.understanding.catalogue import NEWEST_YEAR, read


def titles(understood: Understood) -> list[str]:
    return [film.title for film in understood.like]


class TestExamples:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("movies like Inception but funny", ["Inception"]),
            ("something similar to alien", ["Alien"]),
            ("same vibe as Lost in Translation", ["Lost in Translation"]),
            ("Jaws but not a horror movie", ["Jaws"]),
            ("Alien meets Jaws", ["Alien", "Jaws"]),
            ("alien meets blade runner", ["Alien", "Blade Runner"]),
            ("something between Alien and Jaws", ["Alien", "Jaws"]),
            ("movies simular to alien", ["Alien"]),
            ("films like Heat and Blade Runner", ["Heat", "Blade Runner"]),
            ("more like Shaun of the Dead", ["Shaun of the Dead"]),
            ("it's like Inception but sad", ["Inception"]),
            ("MOVIES LIKE BLADE RUNNER", ["Blade Runner"]),
            ("similar vibe to Alien", ["Alien"]),
            ("i loved the godfather, what next", ["The Godfather"]),
            ("if i enjoy Amélie what would i like", ["Amélie"]),
            ("Blade Runner on a boat", ["Blade Runner"]),
            ("Blade Runner in Wales", ["Blade Runner"]),
            ("like godfather", ["The Godfather"]),
            ("movies like Harry Potter", ["Harry Potter and the Philosopher's Stone"]),
            ('a film like "Her"', ["Her"]),
            ("films like Up", ["Up"]),
            ("I loved Amélie, what else should I watch?", ["Amélie"]),
            ("funnier than Alien", ["Alien"]),
            ("as funny as Alien", ["Alien"]),
            ("something more serious than Jaws", ["Jaws"]),
            ("similar to Blade Runner but with less shooting and much more singing", ["Blade Runner"]),
            ("like Blade Runner but in a very small village in Wales", ["Blade Runner"]),
        ],
    )
    def test_named(self, text: str, named: list[str]) -> None:
        assert titles(read(text)) == named

    @pytest.mark.parametrize(
        "text",
        [
            "movies like it",
            "alien meets life",
            "I'd like something big",
            "I feel like watching a film about trains",
            "movies like big action blockbusters",
            "she saved her life",
            "like horror movies",
            "life with her is a story",
            "films like train",
            "comedies older than 1940",
            "anything other than horror",
            "films about people who live like trains",
            "Alien in a small town",
            "blade runner on a boat",
            "Blade Runner on a boat.",
            "Boy meets life, and a struggle follows",
            "Like his brothers Heat dreams of the sea but must stay and work in the mine",
        ],
    )
    def test_common_words_are_no_titles(self, text: str) -> None:
        assert titles(read(text)) == []

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("like Incepton but funny", ["Inception"]),
            ("movies like the godfathr", ["The Godfather"]),
            ("similar to blade runer", ["Blade Runner"]),
            ("films like Jaws and Incepton", ["Jaws", "Inception"]),
            ("Incepton but funny", ["Inception"]),
            ("two thieves called Incepton and Godfathr", []),
        ],
    )
    def test_with_typing_errors(self, text: str, named: list[str]) -> None:
        assert titles(read(text)) == named

    @pytest.mark.parametrize(
        ("text", "genres", "excluded", "rest"),
        [
            ("Alien but funny", ("Comedy",), (), ""),
            ("like Alien, only funnier", ("Comedy",), (), ""),
            ("like Alien but with jokes", ("Comedy",), (), "jokes"),
            ("like Alien but with a lot of comedy", ("Comedy",), (), ""),
            ("like Alien but on a comedy note", ("Comedy",), (), "note"),
            ("like The Godfather but set in space", ("Science Fiction",), (), "space"),
            ("more serious than Alien", ("Drama",), (), "serious"),
            ("like Alien but for adults", (), ("Family",), ""),
            ("like Alien but live action", (), ("Animation",), ""),
            ("something as funny as Alien", ("Comedy",), (), ""),
            ("like Alien but not so violent", (), (), ""),
            ("like Alien but less slow, more action", ("Action",), (), ""),
            ("like Alien but about a comedy club", (), (), "comedy club"),
            ("films about jokes in space", (), (), "jokes in space"),
            ("films with romance", ("Romance",), (), ""),
            ("a western with more comedy", ("Western", "Comedy"), (), ""),
            ("a family with a horror of dogs", (), (), "a family with a horror of dogs"),
        ],
    )
    def test_changed_in_genre_or_mood(
        self, text: str, genres: tuple[str, ...], excluded: tuple[str, ...], rest: str
    ) -> None:
        understood = read(text)
        assert (understood.genres, understood.excluded_genres, understood.text) == (genres, excluded, rest)

    @pytest.mark.parametrize(
        ("text", "years"),
        [
            ("like The Godfather but modern", Years(NEWEST_YEAR - 10, None)),
            ("like The Godfather but more recent", Years(NEWEST_YEAR - 10, None)),
            ("like Alien but with old people", None),
        ],
    )
    def test_changed_in_time(self, text: str, years: Years | None) -> None:
        assert read(text).years == years

    @pytest.mark.parametrize(
        ("text", "years", "named", "rest"),
        [
            ("horror older than Alien", Years(None, 1978), [], ""),
            ("more recent than Inception and in space", Years(2011, None), [], "space"),
            ("films about trains made before alien", Years(None, 1978), [], "trains"),
            ("something newer than Alien", Years(1980, None), ["Alien"], ""),
            ("more recent than Inception, with the same kind of story", Years(2011, None), ["Inception"], ""),
            ("horror older than Jaws", None, [], "older than Jaws"),
            ("horror older than 1979", Years(None, 1978), [], ""),
        ],
    )
    def test_whose_years_are_bounds(self, text: str, years: Years | None, named: list[str], rest: str) -> None:
        understood = read(text)
        assert (understood.years, titles(understood), understood.text) == (years, named, rest)

    def test_what_changes_the_example_remains(self) -> None:
        understood = read("like The Godfather but with women")
        assert titles(understood) == ["The Godfather"]
        assert understood.text == "women"


class TestUnwantedFilms:
    @pytest.mark.parametrize(
        ("text", "unwanted", "rest"),
        [
            ("anything by Kubrick except 2001: A Space Odyssey", ["2001: A Space Odyssey"], ""),
            ("kubrick other than blade runner", ["Blade Runner"], ""),
            ("science fiction besides Alien and Inception", ["Alien", "Inception"], ""),
            ("other than Jaws, films about sharks", ["Jaws"], "sharks"),
            ("films about sharks, not Jaws", ["Jaws"], "sharks"),
            ("films like Alien but not Jaws", ["Jaws"], ""),
            ("films like Alien but not Terminator 2", ["Terminator 2: Judgment Day"], ""),
        ],
    )
    def test_named(self, text: str, unwanted: list[str], rest: str) -> None:
        understood = read(text)
        assert ([film.title for film in understood.unlike], understood.text) == (unwanted, rest)

    @pytest.mark.parametrize(
        "text", ["anything but horror", "not big", "like Alien but not scary", "a man without life"]
    )
    def test_other_words_are_no_titles(self, text: str) -> None:
        assert read(text).unlike == ()

    def test_a_film_that_is_not_wanted_is_no_example(self) -> None:
        understood = read("films like Alien but not Jaws")
        assert titles(understood) == ["Alien"]
