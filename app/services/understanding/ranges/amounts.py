"""Numbers in digits and in words, and the words before and after them that make them bounds."""

from enum import Enum, auto

from app.services.understanding.words import Found, Phrases, Text, word_set


class Bound(Enum):
    """How a number bounds what is asked for."""

    MIN = auto()
    MAX = auto()
    ABOUT = auto()


_WORDS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "couple": 3, "few": 5},
    **{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90},
}
_MAX_DIGITS = 3

ABOUT_WORDS = word_set("about around roughly approximately approx nearly almost circa")
"""Words before a number that is not exact."""

_THAN = {"than", "then"}
"""Many people write "less then"."""

_BEFORE: Phrases[Bound] = Phrases(
    {
        **{f"{words} {than}": Bound.MAX for words in ("less", "fewer", "shorter") for than in _THAN},
        **{
            f"{no} {words} than": Bound.MAX
            for no in ("no", "not", "nothing", "isn't", "isnt", "aren't", "arent")
            for words in ("longer", "more")
        },
        **{
            f"{no} {words}": Bound.MAX
            for no in ("no", "not", "nothing", "isn't", "isnt", "aren't")
            for words in ("over", "above", "exceeding")
        },
        **dict.fromkeys(
            ("under", "below", "within", "up to", "at most", "at the most", "max", "maximum", "maximum of", "max of"),
            Bound.MAX,
        ),
        **dict.fromkeys(("doesn't exceed", "doesnt exceed", "don't exceed", "dont exceed", "upto"), Bound.MAX),
        **{
            f"{words} {than}": Bound.MIN
            for words in ("more", "longer", "higher", "better", "greater")
            for than in _THAN
        },
        **{
            f"{no} {words} than": Bound.MIN
            for no in ("no", "not", "nothing", "isn't", "aren't")
            for words in ("less", "shorter", "lower", "worse")
        },
        **{f"{no} {words}": Bound.MIN for no in ("no", "not", "nothing") for words in ("under", "below")},
        **dict.fromkeys(
            ("over", "above", "at least", "atleast", "minimum", "minimum of", "min", "exceeding", "upwards of"),
            Bound.MIN,
        ),
        **dict.fromkeys((*ABOUT_WORDS, "close to"), Bound.ABOUT),
    }
)
_AFTER: Phrases[Bound] = Phrases(
    {
        **{f"{word} {words}": Bound.MAX for word in ("or", "and") for words in ("less", "under", "shorter", "below")},
        **dict.fromkeys(("max", "maximum", "tops", "at most", "at the most"), Bound.MAX),
        **{
            f"{word} {words}": Bound.MIN
            for word in ("or", "and")
            for words in ("more", "longer", "over", "above", "up", "higher", "better", "greater", "upwards")
        },
        **dict.fromkeys(("plus", "at least", "minimum", "at minimum"), Bound.MIN),
    }
)


def number_at(text: Text, index: int) -> Found[float] | None:
    """Return a number at a word: "90", "7.5", "ninety", "forty five", "a hundred and twenty"."""
    word = text.at(index)
    if word.isascii() and word.isdigit() and len(word) <= _MAX_DIGITS:
        fraction = text.at(index + 1)
        if fraction.isascii() and fraction.isdigit() and text.words[index + 1].gap in (".", ","):
            return Found(index, index + 2, float(f"{word}.{fraction}"))
        return Found(index, index + 1, float(word))
    value = _WORDS.get(word)
    if value is None:
        return None
    end = index + 1
    if value <= 1 and text.at(end) == "hundred":
        value, end = 100, end + 1
        rest = number_at(text, end + (text.at(end) == "and"))
        if rest is not None and 1 < rest.value < value:
            return Found(index, rest.end, value + rest.value)
    elif value >= 20 and 1 < _WORDS.get(text.at(end), 0) < 10:
        value, end = value + _WORDS[text.at(end)], end + 1
    return Found(index, end, float(value))


def bound_before(text: Text, index: int) -> Found[Bound] | None:
    """Return the words before an index that make a number there a bound, and small words between."""
    end = index
    while text.at(end - 1) in ("a", "the", "of"):
        end -= 1
    return _BEFORE.ending_at(text, end, longest=3) or _BEFORE.ending_at(text, index, longest=3)


def bound_after(text: Text, index: int) -> Found[Bound] | None:
    """Return the words from an index on that make a number before them a bound."""
    found = _AFTER.at(text, index)
    return None if found is not None and number_at(text, found.end) is not None else found
