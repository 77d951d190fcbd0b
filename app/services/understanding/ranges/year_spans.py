"""Reading of words for years: "1994", "the nineties", "early 80s", "1940-45", "before 1960", "the last ten years"."""

import re
from collections.abc import Callable

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.ranges.eras import NamedYears, era_at
from app.services.understanding.understood import Years
from app.services.understanding.words import Found, Phrases, Text, word_set

FIRST_FILM_YEAR = 1888

_YEAR = re.compile(r"(?:18[89]|19\d|20\d)\d")
_DECADE = re.compile(r"(1[89]|20)?(\d0)'?s?")
_DECADE_NAMES = {
    **{"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970},
    **{"eighties": 1980, "nineties": 1990, "noughties": 2000, "naughties": 2000, "aughts": 2000, "noughts": 2000},
}
_CENTURIES = {"20th": 1900, "twentieth": 1900, "21st": 2000}
_PARTS = {"early": (0, 3), "mid": (3, 6), "middle": (3, 6), "late": (6, 9)}
_PARTS_BY_NAME = {
    **dict.fromkeys(("first", "beginning", "start", "early"), (0, 4)),
    **dict.fromkeys(("second", "end", "latter", "late", "last"), (5, 9)),
}
_LITTLE_WORDS = word_set("the year years decade decades of s a")
_RANGE_WORDS = word_set("to and until till through thru or")
_RANGE_MARKS = frozenset("-–—/&")
_ABOUT_YEARS = 2


def _since(span: Years) -> Years:
    return Years(span.first, None)


def _after(span: Years) -> Years:
    return Years((span.last or 0) + 1, None)


def _before(span: Years) -> Years:
    return Years(None, (span.first or 0) - 1)


def _until(span: Years) -> Years:
    return Years(None, span.last)


def _about(span: Years) -> Years:
    slack = _ABOUT_YEARS if span.first == span.last else 0
    return Years((span.first or 0) - slack, (span.last or 0) + slack)


def _same(span: Years) -> Years:
    return span


_Comparison = Callable[[Years], Years]
_COMPARISONS: Phrases[_Comparison] = Phrases(
    {
        **dict.fromkeys(
            (
                "since",
                "post",
                "not before",
                "nothing before",
                "in or after",
                "no earlier than",
                "not older than",
                "no older than",
                "nothing older than",
                "nothing earlier than",
                "nothing from before",
                "nothing made before",
                "not from before",
                "not made before",
            ),
            _since,
        ),
        **dict.fromkeys(("starting in", "starting from", "beginning in", "from after", "at least"), _since),
        **dict.fromkeys(("after", "later than", "newer than", "more recent than", "younger than"), _after),
        **dict.fromkeys(("before", "pre", "prior to", "older than", "earlier than", "preceding"), _before),
        **dict.fromkeys(
            (
                "until",
                "till",
                "up to",
                "up until",
                "not after",
                "nothing after",
                "in or before",
                "no later than",
                "not newer than",
                "nothing newer than",
                "nothing later than",
                "nothing from after",
                "nothing made after",
                "not from after",
                "not made after",
            ),
            _until,
        ),
        **dict.fromkeys(("no newer than", "at most", "at the latest", "by"), _until),
        **dict.fromkeys(("around", "about", "circa", "ca", "roughly", "approximately", "near"), _about),
        **dict.fromkeys(("between", "from between"), _same),
    }
)
_OPEN_ENDS: Phrases[_Comparison] = Phrases(
    {
        **dict.fromkeys(("or later", "and later", "or newer", "and newer", "and after", "or after", "onwards"), _since),
        **dict.fromkeys(("to now", "till now", "until now", "to today", "until today", "to the present"), _since),
        **dict.fromkeys(("onward", "and up", "and onwards", "and onward", "on", "and beyond", "plus"), _since),
        **dict.fromkeys(("or earlier", "and earlier", "or older", "and older", "or before", "and before"), _until),
    }
)


def named_years_at(text: Text, index: int, newest_year: int) -> Found[NamedYears] | None:
    """Return the years named by words at an index, with the words before and after that make them a bound."""
    found = _range_at(text, index)
    if found is None:
        return era_at(text, index, newest_year)
    start, end = _skip_back(text, index), found.end
    ending = _OPEN_ENDS.at(text, end) if end < len(text) and not text.words[end].begins_clause else None
    comparison = _COMPARISONS.ending_at(text, start)
    if text.at(start - 1) == "about" and _is_after_films(text, start - 1):
        comparison = None  # "documentaries about the 60s"
    years = found.value
    if ending is not None and not (text.at(end) == "on" and text.at(start - 1) != "from"):
        return Found(start, ending.end, NamedYears(ending.value(years)))
    if comparison is not None:
        return Found(comparison.start, end, NamedYears(comparison.value(years)))
    return Found(start, end, NamedYears(years))


def _is_after_films(text: Text, index: int) -> bool:
    return text.at(index - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, index) is not None


def decade_of(word: str) -> int | None:
    """Return the first year of "80s", "1980s", "80's" or "eighties"; None if the word is no decade."""
    if word in _DECADE_NAMES:
        return _DECADE_NAMES[word]
    match = _DECADE.fullmatch(word)
    if match is None or not word.endswith("s"):
        return None
    century, decade = match.groups()
    if century is not None:
        return int(century + decade) if int(century + decade) >= FIRST_FILM_YEAR - 8 else None
    return int(decade) + (2000 if int(decade) <= 10 else 1900)


def _skip_back(text: Text, index: int) -> int:
    while text.at(index - 1) in _LITTLE_WORDS and not text.words[index].begins_clause:
        index -= 1
    return index


def _range_at(text: Text, index: int) -> Found[Years] | None:
    """Return the years at an index: "1994", "1940-1945", "the 60s and 70s", "early nineties"."""
    first = _span_at(text, index)
    if first is None or first.end >= len(text):
        return first
    place = first.end
    mark = text.words[place].gap.strip()
    if text.at(place) in _RANGE_WORDS:
        place += 1
        while text.at(place) in _LITTLE_WORDS:
            place += 1
    elif mark not in _RANGE_MARKS:
        return first
    second = _span_at(text, place) or _short_year_at(text, place, first.value)
    if second is None or (second.value.last or 0) < (first.value.first or 0):
        return first
    return Found(index, second.end, Years(first.value.first, second.value.last))


def _short_year_at(text: Text, place: int, first: Years) -> Found[Years] | None:
    """Return the second year of "1940-45" or "1940 to 45"."""
    word = text.at(place)
    if first.first != first.last or len(word) != 2 or not (word.isascii() and word.isdigit()):
        return None
    year = (first.first or 0) // 100 * 100 + int(word)
    return Found(place, place + 1, Years(year, year))


def _span_at(text: Text, index: int) -> Found[Years] | None:
    """Return a year, a decade, a part of one, or a century at an index."""
    word = text.at(index)
    if word in _PARTS:
        place, (first, last) = index + 1, _PARTS[word]
        while text.at(place) in ("the", "to", "of", "and", "or") or text.at(place) in _PARTS:
            last = _PARTS.get(text.at(place), (0, last))[1]
            place += 1
        decade = _decade_at(text, place)
        in_decade = None if decade is None else Years(decade.value + first, decade.value + last)
        return Found(index, decade.end, in_decade) if decade is not None and in_decade is not None else None
    decade = _decade_at(text, index)
    if decade is not None:
        return Found(index, decade.end, Years(decade.value, decade.value + 9))
    if text.at(index + 1) in ("half", "part", "years", "end") or word in ("beginning", "start", "end"):
        part = _part_of_decade_at(text, index)
        if part is not None:
            return part
    if _YEAR.fullmatch(word) and word.isascii() and int(word) >= FIRST_FILM_YEAR:
        return Found(index, index + 1, Years(int(word), int(word)))
    return _century_at(text, index)


def _decade_at(text: Text, index: int) -> Found[int] | None:
    """Return the first year of a decade: "80s", "nineteen eighties", "twenty tens", "two thousands"."""
    if (text.at(index), text.at(index + 1)) == ("two", "thousands"):
        return Found(index, index + 2, 2000)
    decade = decade_of(text.at(index + 1)) if text.at(index) in ("nineteen", "twenty") else None
    if text.at(index) == "twenty" and text.at(index + 1) in ("tens", "twenties"):
        decade = 2010 if text.at(index + 1) == "tens" else 2020
    if decade is not None:
        return Found(index, index + 2, decade)
    decade = decade_of(text.at(index))
    return None if decade is None else Found(index, index + 1, decade)


def _part_of_decade_at(text: Text, index: int) -> Found[Years] | None:
    """Return the years of "first half of the 1940s", "the end of the sixties"."""
    part = _PARTS_BY_NAME.get(text.at(index))
    place = index + 1
    while text.at(place) in ("half", "part", "years", "end", "of", "the"):
        place += 1
    decade = decade_of(text.at(place))
    if part is None or decade is None:
        return None
    return Found(index, place + 1, Years(decade + part[0], decade + part[1]))


def _century_at(text: Text, index: int) -> Found[Years] | None:
    """Return the years of "20th century", "last decade of the 20th century" or "second half of the 20th century"."""
    place = index
    part = text.at(index + 1) if text.at(index) in ("first", "last", "final", "second") else ""
    if part in ("decade", "half"):
        place = index + 3
        while text.at(place) in ("the", "this", "of"):
            place += 1
    century = _CENTURIES.get(text.at(place))
    if century is None or text.at(place + 1) != "century":
        return None
    is_early = text.at(index) == "first"
    first, last = century, century + 99
    if part == "decade":
        first = century if is_early else century + (10 if text.at(index) == "second" else 90)
        last = first + 9
    elif part == "half":
        first, last = (century, century + 49) if is_early else (century + 50, century + 99)
    return Found(index, place + 2, Years(first, last))
