"""Reading of texts as people type them."""

import json
import re
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.services.understanding.genre_names import near_genres, same_genres
from app.services.understanding.understood import Understood, Years
from tests.conftest import STARTER_CATALOGUE
from tests.services.understanding.catalogue import NEWEST_YEAR, read


def titles(understood: Understood) -> list[str]:
    return [film.title for film in understood.like]


class TestKinds:
    @pytest.mark.parametrize(
        "text",
        [
            "trains",
            "got any good boxing movies?",
            "I'm in the mood for a slow Japanese drama about a family that moves to another town by the sea",
            "no westerns, just a story about a sheriff in a small town",
        ],
    )
    def test_requests(self, text: str) -> None:
        assert read(text).kind == "request"

    @pytest.mark.parametrize(
        "text",
        [
            "In 1944 eight soldiers go behind enemy lines to bring home the last of four brothers",
            "in the 1960s a black pianist is driven through the South by an Italian bouncer",
            "a Chinese girl dresses as a man to take her father's place in the war",
            "The Killing is a 1956 American film noir directed by Stanley Kubrick and produced by James B. Harris",
            "a word " * 400,
        ],
    )
    def test_plots_are_left_as_they_are(self, text: str) -> None:
        assert read(text) == Understood("plot", text)

    def test_a_memory_keeps_its_text_and_says_when_it_was_seen(self) -> None:
        text = (
            "I saw this movie on tv in the 90s when I was a kid. It was black and white, and there was a boy who "
            "lived in a lighthouse with a parrot, and in the end the lighthouse burns down. It was not a horror film."
        )
        assert read(text) == Understood("memory", text, excluded_genres=("Horror",), years=Years(None, 1969))


class TestGenres:
    @pytest.mark.parametrize(
        ("text", "genres", "remaining"),
        [
            ("comedies", ("Comedy",), ""),
            ("romcom set in new york", ("Romance", "Comedy"), "new york"),
            ("suggest a horror comedy with zombies", ("Horror", "Comedy"), "zombies"),
            ("sci-fi", ("Science Fiction",), ""),
            ("what is a funny movie about a wedding?", ("Comedy",), "wedding"),
            ("pirate adventure", ("Adventure",), "pirate"),
            ("superhero movies", ("Superhero",), "superhero"),
            ("war", ("War",), "war"),
            ("documentaries about war", ("Documentary",), "war"),
            ("movies for kids", ("Family",), ""),
        ],
    )
    def test_wanted(self, text: str, genres: tuple[str, ...], remaining: str) -> None:
        understood = read(text)
        assert (understood.genres, understood.text) == (genres, remaining)

    @pytest.mark.parametrize(
        ("text", "genres", "excluded"),
        [
            ("not a horror film", (), ("Horror",)),
            ("something scary that isn't a horror movie", (), ("Horror",)),
            ("animated films that are not for children or family", ("Animation",), ("Family",)),
            ("non-animated family movies", ("Family",), ("Animation",)),
            ("no horror, romance or war", (), ("Horror", "Romance", "War")),
            ("comedy but nothing romantic", ("Comedy",), ("Romance",)),
            ("a scary film, but no horror", (), ("Horror",)),
        ],
    )
    def test_not_wanted(self, text: str, genres: tuple[str, ...], excluded: tuple[str, ...]) -> None:
        understood = read(text)
        assert (understood.genres, understood.excluded_genres) == (genres, excluded)

    @pytest.mark.parametrize("text", ["drama about a family", "they learn the horror of war", "a family in Brooklyn"])
    def test_themes_are_no_genres(self, text: str) -> None:
        assert not {"Family", "War", "Horror"} & set(read(text).genres)

    def test_what_is_not_wanted_and_no_genre_is_not_looked_for(self) -> None:
        assert read("a western without guns").text == ""
        assert "without memory" in read("a movie about a man without memory").text

    def test_a_genre_is_excluded_by_its_own_names_only(self) -> None:
        assert "Crime" in near_genres("Noir")
        assert "Crime" not in same_genres("Noir")


class TestPeople:
    @pytest.mark.parametrize(
        ("text", "people", "remaining"),
        [
            ("directed by Alfred Hitchcock", ("Alfred Hitchcock",), ""),
            ("hitchcock", ("Alfred Hitchcock",), ""),
            ("Kurosawa samurai movies", ("Akira Kurosawa",), "samurai"),
            ("Almodovar films about mothers", ("Pedro Almodóvar",), "mothers"),
            ("movies by agnes varda", ("Agnès Varda",), ""),
            ("the Coen brothers' crime films", ("Joel Coen", "Ethan Coen"), ""),
            ("Tom Hanks stuck on an island", ("Tom Hanks",), "stuck on an island"),
            ("early Kubrick", ("Stanley Kubrick",), "early"),
            ("Bong Joon-ho thriller", ("Bong Joon-ho",), ""),
        ],
    )
    def test_named(self, text: str, people: tuple[str, ...], remaining: str) -> None:
        understood = read(text)
        assert (understood.people, understood.text) == (people, remaining)

    @pytest.mark.parametrize("text", ["young love stories", "a famous film director has run out of ideas", "ford"])
    def test_ordinary_words_are_no_names(self, text: str) -> None:
        assert read(text).people == ()


class TestExamples:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("movies like Inception but funny", ["Inception"]),
            ("something similar to alien", ["Alien"]),
            ("same vibe as Lost in Translation", ["Lost in Translation"]),
            ("Jaws but not a horror movie", ["Jaws"]),
            ("Alien meets Jaws", ["Alien", "Jaws"]),
            ("films like Heat and Blade Runner", ["Heat", "Blade Runner"]),
            ("more like Shaun of the Dead", ["Shaun of the Dead"]),
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
            ("like Alien but older", Years(None, 1969)),
            ("like Alien but with old people", None),
        ],
    )
    def test_changed_in_time(self, text: str, years: Years | None) -> None:
        assert read(text).years == years

    def test_what_changes_the_example_remains(self) -> None:
        understood = read("like The Godfather but with women")
        assert titles(understood) == ["The Godfather"]
        assert understood.text == "women"


def is_sound(understood: Understood) -> bool:
    lengths = [len(part) for part in astuple(understood)[2:] if isinstance(part, tuple)]
    return understood.kind in ("plot", "request", "memory") and max(lengths) < 100


WORDS = st.sampled_from(
    """movies film comedy horror not no like by from the 1980s 1994 1999-1950 before after french in about Alien Jaws
    similar to Hitchcock and or , . ? " 's late early between 60s 20th century last ten years without Ang Lee without
    I saw set of a – & b w black white '' kids ½ Ⅻ ١٩٩٠s 0s 00s 2100 9999""".split()
)


class TestAnyText:
    @given(st.text())
    @example("\ud800 film by 's ’s")
    def test_reads(self, text: str) -> None:
        assert is_sound(read(text))

    @given(st.lists(WORDS, max_size=30).map(" ".join))
    def test_of_words_that_mean_something_reads(self, text: str) -> None:
        assert is_sound(read(text))

    @given(st.lists(WORDS, max_size=8).map(" ".join))
    def test_is_read_the_same_each_time(self, text: str) -> None:
        assert read(text) == read(text)


def test_first_sentences_of_plots_do_not_contradict_their_films() -> None:
    films = [json.loads(line) for line in STARTER_CATALOGUE.read_text(encoding="utf-8").splitlines()]
    contradicted = [film["title"] for film in films if contradicts(film)]
    assert len(contradicted) <= 0.01 * len(films), contradicted


def contradicts(film: dict[str, object]) -> bool:
    sentence = re.split(r"(?<=[.!?])\s", str(film["overview"]))[0]
    understood = read(sentence)
    names = set(map(str, film["genres"] if isinstance(film["genres"], list) else ()))
    year = int(str(film.get("release_date") or film["year"])[:4])
    years = understood.years
    return (
        any(not names & set(near_genres(genre)) for genre in understood.genres)
        or any(names & set(same_genres(genre)) for genre in understood.excluded_genres)
        or (years is not None and not (years.first or 0) <= year <= (years.last or 9999))
        or bool(understood.languages and film["original_language"] not in understood.languages)
    )
