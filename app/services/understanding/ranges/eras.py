"""Eras of film and other spans without numbers: "silent era", "pre-code", "recent", "the last ten years"."""

from dataclasses import dataclass

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film
from app.services.understanding.languages import NATIONALITIES
from app.services.understanding.ranges.amounts import number_at
from app.services.understanding.understood import Years
from app.services.understanding.words import Found, Phrases, Text, word_set

_LAST_YEAR_OF_SILENT_FILMS = 1929
_LAST_YEAR_OF_OLD_FILMS = 1969
"""Most films before are in black and white, most films after in colour."""

_RECENT_YEARS = 10
_NOT_OLD_YEARS = 30


@dataclass(frozen=True, slots=True)
class NamedYears:
    """Years that words name, and whether the words certainly mean films of these years."""

    years: Years
    is_of_films: bool = False


_OLD = Years(None, _LAST_YEAR_OF_OLD_FILMS)
_IN_COLOUR = Years(_LAST_YEAR_OF_OLD_FILMS + 1, None)
_ERAS = Phrases(
    {
        **dict.fromkeys(("black and white", "black n white", "golden age", "old hollywood", "classic hollywood"), _OLD),
        **dict.fromkeys(
            ("golden age of hollywood", "golden age hollywood", "golden era", "hollywood golden era"), _OLD
        ),
        **{
            f"{words} black and white": _IN_COLOUR
            for words in ("not", "not in", "no", "nothing in", "nothing", "isn't", "isn't in", "aren't in", "without")
        },
        **dict.fromkeys(
            ("silent era", "silent days", "silent period", "silent age"), Years(None, _LAST_YEAR_OF_SILENT_FILMS)
        ),
        **dict.fromkeys(("pre code", "precode", "pre code era", "pre code hollywood"), Years(1929, 1934)),
        **dict.fromkeys(("new hollywood",), Years(1967, 1982)),
        **dict.fromkeys(("from the turn of the century", "made at the turn of the century"), Years(1998, 2002)),
        **dict.fromkeys(("turn of the millennium", "turn of the millenium"), Years(1998, 2002)),
    }
)
"""Eras that only films have."""

_MOVEMENTS = Phrases(
    {
        **dict.fromkeys(("french new wave", "nouvelle vague"), Years(1957, 1973)),
        **dict.fromkeys(("italian neorealism", "italian neorealist", "italian neo realism"), Years(1942, 1957)),
        **dict.fromkeys(("german expressionism", "german expressionist"), Years(1913, 1933)),
    }
)
"""Movements whose words also name a language."""

_PERIODS = Phrases(
    {
        **dict.fromkeys(("post war", "postwar"), Years(1945, 1960)),
        **dict.fromkeys(("pre war", "prewar"), Years(None, 1945)),
        **dict.fromkeys(("inter war", "interwar", "between the wars"), Years(1918, 1939)),
        **dict.fromkeys(("this century", "the current century"), Years(2000, None)),
        **dict.fromkeys(("last century", "previous century"), Years(1900, 1999)),
    }
)
"""Periods in which plots take place as well."""

_NEW_WORDS = word_set("recent newest contemporary modern new newer latest newish")
_OLD_WORDS = word_set("old older vintage oldish")
_NOT_OLD = Phrases(
    {
        f"{no} {very} old": True
        for no in ("not", "nothing", "isn't", "isnt", "aren't")
        for very in ("too", "very", "so", "that")
    }
)
_NOT_NEW = Phrases(
    {
        f"{no} {very} {new}": True
        for no in ("not", "nothing", "isn't", "isnt", "aren't")
        for very in ("too", "very", "so", "that")
        for new in ("recent", "new", "modern")
    }
)


def era_at(text: Text, index: int, newest_year: int) -> Found[NamedYears] | None:
    """Return the years of an era at an index."""
    found = _ERAS.at(text, index)
    if found is not None:
        return Found(index, found.end, NamedYears(found.value, is_of_films=True))
    if text.at(index) == "b" and text.at(index + 1) == "w" and text.words[index + 1].gap.strip() in ("&", "/", "+"):
        return Found(index, index + 2, NamedYears(_OLD, is_of_films=True))
    period = _PERIODS.at(text, index)
    if period is not None:
        return Found(index, period.end, NamedYears(period.value))
    if text.at(index) in ("this", "current") and text.at(index + 1) == "decade":
        return Found(index, index + 2, NamedYears(Years(newest_year // 10 * 10, None)))
    return _relative_at(text, index, newest_year)


def movement_years(text: Text) -> Years | None:
    """Return the years of a movement that a text names: "French New Wave"."""
    return next((found.value for index in range(len(text)) if (found := _MOVEMENTS.at(text, index))), None)


def _relative_at(text: Text, index: int, newest_year: int) -> Found[NamedYears] | None:
    """Return the years of "recent", "old", "not too old" and "the last ten years"."""
    recent = Years(newest_year - _RECENT_YEARS, None)
    word = text.at(index)
    if word in ("this", "last") and text.at(index + 1) == "year":
        year = newest_year - (word == "last")
        return Found(index, index + 2, NamedYears(Years(year, year)))
    if word in _NEW_WORDS and _is_film_next(text, index + 1):
        return Found(index, index + 1, NamedYears(recent))
    if word in ("recent", "newer", "newest", "latest") and describes_film(text, index + 1):
        return Found(index, index + 1, NamedYears(recent))
    if word in _OLD_WORDS and _is_film_next(text, index + 1):
        return Found(index, index + 1, NamedYears(_OLD))
    not_old = _NOT_OLD.at(text, index)
    if not_old is not None:
        return Found(index, not_old.end, NamedYears(Years(newest_year - _NOT_OLD_YEARS, None), is_of_films=True))
    not_new = _NOT_NEW.at(text, index)
    if not_new is not None:
        return Found(index, not_new.end, NamedYears(Years(None, newest_year - _RECENT_YEARS), is_of_films=True))
    if is_changed_era(text, index):
        return Found(index, index + 1, NamedYears(_OLD if "old" in word else recent, is_of_films=True))
    return _last_years_at(text, index, newest_year) if word in ("last", "past", "recent") else None


def _last_years_at(text: Text, index: int, newest_year: int) -> Found[NamedYears] | None:
    number = number_at(text, index + 1)
    place = index + 1 if number is None else number.end
    length = {"years": 1, "decade": 10, "decades": 10}.get(text.at(place))
    if length is None:
        return None
    first = newest_year - length * round(1 if number is None else number.value)
    return Found(index, place + 1, NamedYears(Years(first, None))) if first > _LAST_YEAR_OF_SILENT_FILMS else None


def is_changed_era(text: Text, index: int) -> bool:
    """Return whether a word says from when films are wanted instead: "but modern", "but more recent"."""
    if text.at(index) not in ("modern", "contemporary", "newer", "recent", "older", "old"):
        return False
    is_last = index + 1 >= len(text) or text.words[index + 1].begins_clause
    leading = index - 1 - (text.at(index - 1) == "more")
    return is_last and text.at(leading) in ("but", "only", "just")


def _is_film_next(text: Text, index: int) -> bool:
    """Return whether a film noun or a word for a genre follows, with or without a nationality before it."""
    nationality = NATIONALITIES.at(text, index)
    if nationality is not None:
        index = nationality.end
    if text.at(index) in _FILMS:
        return text.at(index + 1) != "maker"
    return GENRE_WORDS.at(text, index) is not None


_FILMS = (FILM_NOUNS - word_set("story tale show picture pictures feature features")) | {"version", "take"}
