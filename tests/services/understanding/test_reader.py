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
from tests.services.understanding.catalogue import read


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
            "a documentary filmmaker disappears in the jungle with her crew and the tapes",
            "a silent film actor loses his career when sound comes to Hollywood",
            "the best friend of a comedy writer steals his wife and all of his jokes",
            "more than twenty years after the war an old soldier comes back to the island",
            "an ageing movie star and her lover plan to get rid of her husband",
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
        assert read("I saw a cartoon as a kid about rabbits that have to leave their home").kind == "memory"


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
            ("cartoons for toddlers", ("Animation", "Family"), ""),
            ("fantasy adventure for children", ("Fantasy", "Adventure", "Family"), ""),
            ("a comedy for my 6 year old", ("Comedy", "Family"), ""),
            ("gory but funny", ("Horror", "Comedy"), "gory"),
            ("films for a lazy sunday with the kids", ("Family",), ""),
            ("a horror film my 10 year old can watch", ("Horror", "Family"), ""),
            ("comedies my kids would love", ("Comedy", "Family"), ""),
            ("true crime docs", ("Documentary",), "true crime"),
            ("kids party movie", ("Family",), "party"),
            ("story of a 6 year old boy", (), "6 year old boy"),
            ("a sad film about dogs", ("Drama",), "sad about dogs"),
            ("a sad romance", ("Romance",), "sad"),
            ("mockumentaries about bands", ("Comedy",), "mockumentaries about bands"),
            ("police procedurals", ("Crime",), "police procedurals"),
            ("jazz doc", ("Documentary",), "jazz"),
            ("films for a kids party", ("Family",), ""),
            ("family movie night", ("Family",), ""),
            ("a good cry", ("Drama",), ""),
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
            ("anything but horror from 1985", (), ("Horror",)),
            ("not too scary horror", ("Horror",), ()),
            ("a halloween movie that is not too scary", (), ("Horror",)),
            ("funny but not too sad", ("Comedy",), ("Drama",)),
            ("romantic movies instead of romantic comedies", ("Romance",), ("Comedy",)),
            ("horror not slasher", ("Horror",), ()),
            ("no slashers, please", (), ("Horror",)),
            ("the best horror films of all time that aren't slashers", ("Horror",), ()),
            ("less gory horror", ("Horror",), ()),
            ("less scary monster movies", (), ("Horror",)),
            ("documentaries not about war", ("Documentary",), ("War",)),
            ("war movies other than war documentaries", ("War",), ("Documentary",)),
        ],
    )
    def test_not_wanted(self, text: str, genres: tuple[str, ...], excluded: tuple[str, ...]) -> None:
        understood = read(text)
        assert (understood.genres, understood.excluded_genres) == (genres, excluded)

    @pytest.mark.parametrize(
        "text", ["drama about a family", "what's up doc", "they learn the horror of war", "a family in Brooklyn"]
    )
    def test_themes_are_no_genres(self, text: str) -> None:
        assert not {"Family", "War", "Horror", "Documentary"} & set(read(text).genres)

    def test_judgements_are_not_compared_with_films(self) -> None:
        assert read("hidden gem comedies").text == ""
        assert read("underrated westerns about a sheriff").text == "sheriff"
        assert read("films about a hidden gem").text == "hidden gem"

    def test_what_is_not_wanted_and_no_genre_is_not_looked_for(self) -> None:
        assert read("a western without guns").text == ""
        assert read("documentaries, but not about animals").text == ""
        assert read("films set in Rome but not about gladiators").text == "Rome"
        assert read("romance that isn't cheesy").text == ""
        assert read("a thriller that isn't too violent").text == ""
        assert read("documentaries about cooking but not competitions").text == "cooking"
        assert read("films with no talking").text == ""
        assert read("a thriller about a bank but with no guns").text == "bank"
        assert read("romance movies that don't end badly").text == ""
        assert read("a spy film, not james bond").text == "spy"
        assert read("a man with no name").text == "a man with no name"
        assert read("films about a man that isn't dead").text == "man that isn't dead"
        assert "without memory" in read("a movie about a man without memory").text

    def test_a_genre_is_excluded_by_its_own_names_only(self) -> None:
        assert "Crime" in near_genres("Noir")
        assert "Crime" not in same_genres("Noir")


def is_sound(understood: Understood) -> bool:
    lengths = [len(part) for part in astuple(understood)[2:] if isinstance(part, tuple)]
    return understood.kind in ("plot", "request", "memory") and max(lengths) < 100


WORDS = st.sampled_from(
    """movies film comedy horror not no like by from the 1980s 1994 1999-1950 before after french in about Alien Jaws
    similar to Hitchcock and or , . ? " 's late early between 60s 20th century last ten years without Ang Lee without
    I saw set of a – & b w black white '' kids ½ Ⅻ ١٩٩٠s 0s 00s 2100 9999 90 minutes under
    over 1h30 2.5 hours half an hour long rated 8 stars / 10 + horor foreign American but except Psycho short too
    nineteen twenty war post pre code decade century meets Hitchcok 6 year old for kids subtitles""".split()
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


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("movies about family", "family"),
        ("films about friends", "friends"),
        ("a film about a father and a daughter", "father and a daughter"),
        ("movies about my father", "father"),
        ("comedies to watch with my wife", ""),
        ("a comedy to watch with friends", ""),
        ("a western for my dad and my brother", ""),
    ],
)
def test_relatives_are_a_theme_unless_they_watch(text: str, remaining: str) -> None:
    assert read(text).text == remaining


@pytest.mark.parametrize(
    ("text", "genres", "excluded"),
    [
        ("scary but not gory", ("Horror",), ()),
        ("horror movies that are not scary", ("Horror",), ()),
        ("a funny film, but not a comedy", (), ("Comedy",)),
        ("thrillers, not scary", ("Thriller",), ("Horror",)),
        ("gritty westerns, not spaghetti westerns", ("Western",), ()),
    ],
)
def test_a_quality_that_is_not_wanted_excludes_no_requested_genre(
    text: str, genres: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    understood = read(text)
    assert (understood.genres, understood.excluded_genres) == (genres, excluded)


@pytest.mark.parametrize(("text", "remaining"), [("movies about love", "love"), ("I love movies about ships", "ships")])
def test_love_is_a_theme_after_about(text: str, remaining: str) -> None:
    assert read(text).text == remaining
