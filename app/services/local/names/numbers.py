"""Spellings of numbers in names (digits, words, Roman numerals, ordinals), and other words with two spellings."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations

# fmt: off
_ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)
_TENS = ("ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)
# fmt: on
_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_OTHERS = (
    ("and", "n"),
    ("and", "plus"),
    ("vs", "v"),
    ("vs", "versus"),
    ("v", "versus"),
    ("volume", "vol"),
    ("part", "pt"),
    ("episode", "ep"),
    ("doctor", "dr"),
    ("mister", "mr"),
    ("saint", "st"),
    ("pi", "π"),
)
_VALUES = {word: number for number, word in enumerate(_ONES, 1)} | {
    word: 10 * number for number, word in enumerate(_TENS, 1)
}
_MULTIPLIERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_KINDS_OF_PART = frozenset({"part", "pt", "chapter", "volume", "vol", "episode", "ep", "number"})
_GLUED = re.compile(r"([^\W\d]{2,})(\d+)|(\d+)([^\W\d]{3,})")


def _ordinal_digits(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number < 20 else ending}"


def _groups() -> list[tuple[str, ...]]:
    roman = ["x" * (number // 10) + _ROMAN_ONES[number % 10] for number in range(30)]
    words = dict(enumerate(_ONES, 1)) | {10 * tens: word for tens, word in enumerate(_TENS, 1)}
    numbers = [
        (str(number), *([words[number]] if number in words else []), *([roman[number]] if number < 30 else []))
        for number in range(1, 100)
    ]
    ordinals = [(_ordinal_digits(number), word) for number, word in enumerate(_ORDINALS, 1)]
    return [*numbers, *ordinals, *_OTHERS]


def _by_word() -> dict[str, tuple[str, ...]]:
    equals: dict[str, dict[str, None]] = defaultdict(dict)
    for group in _groups():
        for word, other in permutations(group, 2):
            equals[word][other] = None
    return {word: tuple(others) for word, others in equals.items()}


_EQUALS = _by_word()


def equal_words(word: str) -> tuple[str, ...]:
    """Return the other spellings of a word: "2" and "two" for "ii"."""
    return _EQUALS.get(word, ())


def readings(words: Sequence[str]) -> list[list[str]]:
    """Return the ways to read a query, as typed first.

    "one hundred and one" is also 101, "rocky part 2" also "rocky 2", "rocky2" also "rocky 2".
    """
    apart = [part for word in words for part in _apart(word)]
    numbered = read_numbers(apart)
    without_kinds = [
        word
        for word, following in zip(numbered, [*numbered, ""][1:], strict=True)
        if word not in _KINDS_OF_PART or not _is_number(following)
    ]
    read: list[list[str]] = []
    for reading in (list(words), apart, numbered, without_kinds):
        if reading not in read and (len(reading) > 1 or reading is not without_kinds):
            read.append(reading)
    return read


def read_numbers(words: Sequence[str]) -> list[str]:
    """Return the words with each number of two words or more in digits: "twenty", "one" becomes "21"."""
    result: list[str] = []
    place = 0
    while place < len(words):
        value, length = _number_at(words, place)
        result.extend([str(value)] if length > 1 else words[place : place + 1])
        place += max(length, 1)
        if length and list(words[place : place + 3]) == ["and", "a", "half"]:
            result.extend(["1", "2"])
            place += 3
    return result


def _is_number(word: str) -> bool:
    return word.isdigit() or any(other.isdigit() for other in equal_words(word))


def _apart(word: str) -> list[str]:
    glued = _GLUED.fullmatch(word)
    if glued is None or equal_words(word):
        return [word]
    return [part for part in glued.groups() if part]


def _number_at(words: Sequence[str], place: int) -> tuple[int, int]:
    """Return the number that begins at an index, and how many words it has; (0, 0) if there is none."""
    value, length = _below_hundred(words, place)
    if not length and words[place] in ("a", "hundred", "thousand", "million"):
        value, length = 1, int(words[place] == "a")
        if words[place + length : place + length + 1] and words[place + length] not in _MULTIPLIERS:
            return 0, 0
    elif length:
        second, second_length = _below_hundred(words, place + length)
        if 10 <= value < 100 <= 100 * second and second >= 10 and not words[place].isdigit():  # "nineteen eighty four"
            return 100 * value + second, length + second_length
    else:
        return 0, 0
    return _multiplied(words, place, value, length)


def _multiplied(words: Sequence[str], place: int, value: int, length: int) -> tuple[int, int]:
    """Return the number and its length with "hundred", "thousand" and what they add: "three hundred and ten"."""
    total, below = 0, value
    while (multiplier := _MULTIPLIERS.get(_word(words, place + length))) is not None:
        length += 1
        below *= multiplier
        if multiplier > 100:
            total, below = total + below, 0
        joint = int(_word(words, place + length) == "and")
        more, more_length = _below_hundred(words, place + length + joint)
        if more_length:
            below += more
            length += joint + more_length
    return total + below, length


def _below_hundred(words: Sequence[str], place: int) -> tuple[int, int]:
    word = _word(words, place)
    if word.isdigit() and len(word) <= 2:
        return int(word), 1
    value = _VALUES.get(word, 0)
    if not value:
        return 0, 0
    ones = _VALUES.get(_word(words, place + 1), 0)
    if value >= 20 and ones < 10 and ones:
        return value + ones, 2
    return value, 1


def _word(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""
