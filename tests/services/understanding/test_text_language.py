import json

import pytest

from app.services.understanding.text_language import language_name, language_of
from tests.conftest import STARTER_CATALOGUE

TEXTS = {
    "pt": "Um jovem pescador parte para a cidade e descobre que o seu pai não é quem ele pensava.",
    "es": "Una mujer vuelve a su pueblo para enterrar a su madre y descubre que no está sola en la casa.",
    "fr": "Un vieil homme quitte sa maison pour retrouver le fils qu'il n'a pas vu depuis la guerre.",
    "de": "Ein alter Mann verlässt sein Haus, um den Sohn zu finden, den er seit dem Krieg nicht mehr gesehen hat.",
    "it": "Un vecchio lascia la sua casa per ritrovare il figlio che non vede dalla fine della guerra.",
    "sv": "En gammal man lämnar sitt hus för att hitta sin son som han inte har sett sedan kriget.",
    "ru": "Старик уходит из дома, чтобы найти сына.",
    "ja": "老人が戦争から帰らない息子を探しに家を出る。",
    "zh": "老人离开家去寻找儿子",
    "ko": "노인이 집을 떠나 아들을 찾는다",
    "en": "An old man leaves his house to find the son whom he has not seen since the war.",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_the_language_of_a_plot(code: str, text: str) -> None:
    assert language_of(text) == code


def test_requests_in_other_languages() -> None:
    assert language_of("películas de terror de los años ochenta") == "es"
    assert language_name("es") == "Spanish"


@pytest.mark.parametrize("text", ["", "trains", "Amélie", "La Dolce Vita", "xx yy zz aa bb cc", "Das Boot"])
def test_too_few_words_are_not_judged(text: str) -> None:
    assert language_of(text) is None


def test_english_overviews_are_english() -> None:
    films = [json.loads(line) for line in STARTER_CATALOGUE.read_text(encoding="utf-8").splitlines()]
    wrong = [film["title"] for film in films if language_of(film["overview"]) not in ("en", None)]
    assert wrong == []
