"""Reading of directors and actors."""

import pytest

from tests.services.understanding.catalogue import read


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
            ("kurosawa samurai", ("Akira Kurosawa",), "samurai"),
            ("films by hitchcok", ("Alfred Hitchcock",), ""),
            ("hichcock thrillers", ("Alfred Hitchcock",), ""),
            ("tom hanks comedies other than Big", ("Tom Hanks",), ""),
            ("kubrick but not spartacus", ("Stanley Kubrick",), ""),
            ("kubrik", ("Stanley Kubrick",), ""),
            ("directed by alfred hitchock", ("Alfred Hitchcock",), ""),
            ("kurosowa movies", ("Akira Kurosawa",), ""),
            ("mystery not by Hitchcock", (), ""),
            ("tom hanks comedies 90s", ("Tom Hanks",), ""),
            ("Kurosawa and Kubrick", ("Akira Kurosawa", "Stanley Kubrick"), ""),
            ("hitchcock or kubrick thrillers", ("Alfred Hitchcock", "Stanley Kubrick"), ""),
            ("films by Varda or Almodóvar about mothers", ("Agnès Varda", "Pedro Almodóvar"), "mothers"),
            ("Kubrick but not with Tom Hanks", ("Stanley Kubrick",), ""),
        ],
    )
    def test_named(self, text: str, people: tuple[str, ...], remaining: str) -> None:
        understood = read(text)
        assert (understood.people, understood.text) == (people, remaining)

    @pytest.mark.parametrize(
        "text",
        ["young love stories", "a famous film director has run out of ideas", "ford", "ford and young at war"],
    )
    def test_ordinary_words_are_no_names(self, text: str) -> None:
        assert read(text).people == ()
