import itertools

import pytest

from app.indexing.measure.texts import long_texts, short_texts, synopses, token_lengths

OVERVIEWS = [
    " ".join(f"{name}{number}" for number in range(length)) for name, length in (("red", 20), ("blue", 50), ("sea", 90))
]


def test_synopses_have_the_lengths_of_overviews_and_never_repeat() -> None:
    made = list(synopses(OVERVIEWS))
    assert len(set(made)) == len(made) == 9
    assert {len(text.split()) for text in made} == {20, 50, 90}


def test_short_texts_have_a_dozen_words() -> None:
    assert {len(text.split()) for text in short_texts(OVERVIEWS)} == {12}


def test_long_texts_have_a_thousand_characters() -> None:
    made = list(itertools.islice(long_texts(OVERVIEWS), 2))
    assert [len(text) for text in made] == [1000, 1000]


def test_the_same_catalogue_gives_the_same_texts() -> None:
    first, second = (list(itertools.islice(synopses(OVERVIEWS), 5)) for _ in range(2))
    assert first == second


def test_lengths_are_summarized() -> None:
    lengths = token_lengths([10] * 5 + [100] * 4 + [200])
    assert lengths.median == pytest.approx(55)
    assert lengths.share_over_128 == pytest.approx(0.1)
    assert str(lengths).endswith("10% over 128")
