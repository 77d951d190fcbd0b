"""Index of names by the beginnings of their words, here of people."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.local.names.name_index import NameIndex
from app.services.local.names.words import name_words

NAMES = [
    "Akira Kurosawa",
    "Kiyoshi Kurosawa",
    "Akira",
    "Pedro Almodóvar",
    "Jean-Luc Godard",
    "王家衛",
    "Wong Kar-wai",
    "Tom Hanks",
    "Tom Hardy",
    "Steven Spielberg",
]
INDEX = NameIndex.from_names(NAMES)


def full(typed: str) -> list[list[str]]:
    return [[NAMES[name] for name in names] for names in INDEX.full_matches(name_words(typed))]


def near(typed: str) -> list[str]:
    return list(dict.fromkeys(NAMES[name] for names in INDEX.near_matches(name_words(typed)) for name in names))


def test_full_matches_are_grouped_by_how_they_match() -> None:
    assert full("akira") == [["Akira"], [], ["Akira Kurosawa"], []]
    assert full("kurosawa") == [[], [], [], ["Akira Kurosawa", "Kiyoshi Kurosawa"]]
    assert full("kurosawa akira") == [["Akira Kurosawa"], [], [], []]
    assert full("jeanluc godard") == [[], ["Jean-Luc Godard"], [], []]
    assert full("almodovar") == [[], [], [], ["Pedro Almodóvar"]]
    assert full("家") == [[], [], [], ["王家衛"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("akira kurosawo", "Akira Kurosawa"),
        ("speilberg", "Steven Spielberg"),
        ("karwai", "Wong Kar-wai"),
        ("tom hanks the actor", "Tom Hanks"),
    ],
)
def test_near_matches_forgive_errors_and_other_words(typed: str, first: str) -> None:
    assert near(typed)[0] == first


def test_near_matches_with_half_the_weight_of_the_best_follow() -> None:
    assert near("tom hanks spielberg") == ["Tom Hanks", "Steven Spielberg"]  # not Tom Hardy: Tom is less rare
    assert near("xqzt") == []


def test_a_saved_index_finds_the_same(tmp_path: Path) -> None:
    INDEX.save(tmp_path, "people")
    opened = NameIndex.open(tmp_path, "people")
    assert len(opened) == len(NAMES)
    for typed in ("akira", "jeanluc godard", "家"):
        words = name_words(typed)
        assert [names.tolist() for names in opened.full_matches(words)] == [
            names.tolist() for names in INDEX.full_matches(words)
        ]


@given(st.text(min_size=1))
def test_any_text_can_be_searched(text: str) -> None:
    words = name_words(text)[:12]
    if words:
        full(text)
        near(text)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_every_name_is_found_by_its_words(names: list[str]) -> None:
    index = NameIndex.from_names(names)
    for position, name in enumerate(names):
        words = name_words(name)
        if words:
            literal = index.full_matches(words).literal
            assert position in literal
