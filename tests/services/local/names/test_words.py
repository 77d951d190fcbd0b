"""Words of names in their form for comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.local.names.words import name_words, other_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("L'Été: ça, là-bas!", ["lete", "ca", "la", "bas"]),
        ("Rosemary’s Baby", ["rosemarys", "baby"]),
        ("Smørrebrød og Æbler", ["smorrebrod", "og", "aebler"]),
        ("İstanbul, Straße", ["istanbul", "strasse"]),
        ("ＩＰ ＭＡＮ Ⅲ", ["ip", "man", "iii"]),
        ("Солярис, ёлка", ["солярис", "елка"]),
        ("Thelma & Louise", ["thelma", "and", "louise"]),
        ("Romeo + Juliet", ["romeo", "and", "juliet"]),
        ("X+Y", ["x", "and", "y"]),
        ("Romeo +", ["romeo"]),
        ("F*&% the Prom", ["f", "the", "prom"]),
        ("Ca$h, In God We Tru$t", ["cash", "in", "god", "we", "trust"]),
        ("$9.99", ["9", "99"]),
        ("Young@Heart", ["young", "at", "heart"]),
        ("I ♥ Huckabees", ["i", "heart", "huckabees"]),
        ("100% Wolf", ["100", "percent", "wolf"]),
        ("Public Enemy #1", ["public", "enemy", "number", "1"]),
        ("Miracle in Cell No. 7", ["miracle", "in", "cell", "number", "7"]),
        ("No", ["no"]),
        ("8½", ["8", "1", "2"]),
        ("8 1/2", ["8", "1", "2"]),
        ("8.5", ["8", "1", "2"]),
        ("33+1⁄3", ["33", "1", "3"]),
        ("Alien³", ["alien", "3"]),
        ("[REC]²", ["rec", "2"]),
        ("20,000 Leagues", ["20000", "leagues"]),
        ("4.3.2.1", ["4", "3", "2", "1"]),
        ("$", ["$"]),
        ("? !", ["?!"]),
        ("   ", []),
        ("कभी अलविदा", ["कभी", "अलविदा"]),
        ("ต้มยำกุ้ง", name_words("ตมยำกุง")),  # without its tone marks
        ("co\u00adoper\u200bation", ["cooperation"]),
    ],
)
def test_words_are_compared_in_one_spelling(name: str, words: list[str]) -> None:
    assert name_words(name) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Spider-Man", ["spiderman"]),
        ("M*A*S*H", ["mash"]),
        ("WALL·E", ["walle"]),
        ("Q&A", ["qa", "&"]),
        ("Se7en", ["seven"]),
        ("S1m0ne", ["simone"]),
        ("Fant4stic", ["fantastic"]),
        ("$9.99", ["999", "$"]),
        ("R2D2", []),
        ("Alien", []),
    ],
)
def test_other_words_find_the_name_too(name: str, words: list[str]) -> None:
    assert other_words(name) == words


@given(st.text())
def test_words_of_any_text_have_neither_spaces_nor_capitals(text: str) -> None:
    for word in name_words(text):
        assert word
        assert not any(letter.isspace() for letter in word)
        assert name_words(word) == [word] or not word.isascii()
