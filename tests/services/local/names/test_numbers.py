"""Numbers and other words with more than one spelling."""

import pytest

from app.services.local.names.numbers import equal_words, read_numbers, readings


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("one hundred and one dalmatians", "101 dalmatians"),
        ("the four hundred blows", "the 400 blows"),
        ("twenty one jump street", "21 jump street"),
        ("twenty thousand leagues", "20000 leagues"),
        ("20 thousand leagues", "20000 leagues"),
        ("ten thousand bc", "10000 bc"),
        ("nineteen eighty four", "1984"),
        ("nineteen seventeen", "1917"),
        ("two thousand and one", "2001"),
        ("a thousand and one nights", "1001 nights"),
        ("a million ways", "1000000 ways"),
        ("three hundred and ten to yuma", "310 to yuma"),
        ("nine and a half weeks", "nine 1 2 weeks"),
        ("two and a half men", "two 1 2 men"),
        ("twelve monkeys", "twelve monkeys"),
        ("one two three", "one two three"),
        ("hundred foot journey", "hundred foot journey"),
        ("a man", "a man"),
        ("a", "a"),
        ("", ""),
    ],
)
def test_numbers_of_more_than_one_word_are_read_as_digits(words: str, read: str) -> None:
    assert read_numbers(words.split()) == read.split()


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("rocky part 2", ["rocky part 2", "rocky 2"]),
        ("kill bill vol two", ["kill bill vol two", "kill bill two"]),
        ("john wick chapter iv", ["john wick chapter iv", "john wick iv"]),
        ("part 2", ["part 2"]),
        ("rocky2", ["rocky2", "rocky 2"]),
        ("12monkeys", ["12monkeys", "12 monkeys"]),
        ("friday the 13th", ["friday the 13th"]),
        ("a part of me", ["a part of me"]),
        ("se7en", ["se7en"]),
        ("", [""]),
    ],
)
def test_a_query_is_read_in_each_way_it_may_be_meant(words: str, read: list[str]) -> None:
    assert readings(words.split()) == [reading.split() for reading in read]


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("2", {"two", "ii"}),
        ("ii", {"2", "two"}),
        ("twelve", {"12", "xii"}),
        ("21", {"xxi"}),
        ("forty", {"40"}),
        ("13th", {"thirteenth"}),
        ("first", {"1st"}),
        ("22nd", set()),
        ("and", {"n", "plus"}),
        ("v", {"5", "five", "vs", "versus"}),
        ("dune", set()),
    ],
)
def test_words_have_other_spellings(word: str, others: set[str]) -> None:
    assert set(equal_words(word)) == others
