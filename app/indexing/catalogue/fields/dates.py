"""Parsing of release dates and years in the notations of catalogues."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.indexing.catalogue.fields.cells import integer

MIN_YEAR, MAX_YEAR = 1870, 2100
_SECONDS_PER_DAY = 86_400
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SPREADSHEET_DAYS = range(MAX_YEAR + 1, 73_051)
"""Days as spreadsheets count them, from 1905 to the end of 2099; lower numbers are years."""

_CENTURY_FROM = 31
"""Two-digit years from this one on are in the 20th century, lower ones in the 21st, unless a column of years has it."""

_ISO_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?", re.DOTALL)
_NUMBERS = re.compile(r"(\d{1,2})([/. -])(\d{1,2})\2\s*'?(\d{4}|\d{2})(?:[T ,].*)?", re.DOTALL)
_WORDS = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d|2100)(?!\d)")
_TEXT_DATE = re.compile(r"[^\0]{4,60}")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_NET_DATE = re.compile(r"/Date\((-?\d{1,19})(?:[+-]\d{4})?\)/")


@dataclass(frozen=True, slots=True)
class Release:
    """When a film was released: an ISO 8601 date, a year, or neither; `guessed` names the kind of a guess."""

    date: str | None = None
    year: int | None = None
    guessed: str | None = None


GUESSED_CENTURY = "two-digit years without a column for the year"
GUESSED_ORDER = "dates such as 4/5/1999, read as month/day"
GUESSED_DAYS = "numbers, read as a spreadsheet's days"
GUESSED_YEAR = "dates of other years than the column of years, such as the day of viewing: only the year is kept"
_UNKNOWN = Release()


def release_of(dates: Iterable[object], years: Iterable[object], *, day_first: bool | None = None) -> Release:
    """Return the release from columns of dates and of years; a column of years gives the century of `6/9/15`.

    `day_first` is whether 4/5/1999 is in May. None means unknown: April is then guessed.
    """
    year = next((found for value in years if (found := year_of(value)) is not None), None)
    fallback = Release(year=year) if year is not None else _UNKNOWN
    for value in dates:
        release = _of_text(value.strip(), year, day_first) if isinstance(value, str) else _of_value(value)
        if release.year is not None:
            if year is None:
                return release
            if abs(release.year - year) > 1:
                return Release(year=year, guessed=GUESSED_YEAR)
            return release if release.date else fallback
    return fallback


def year_of(value: object) -> int | None:
    """Return the year in a column of years: `1999`, `1999.0`, `(1999)`, `1999-2003`, or a whole date."""
    if isinstance(value, date):
        return value.year
    number = integer(value)
    text = value.strip() if isinstance(value, str) and number is None else str(number)
    return _year_of_text(text)


@lru_cache(maxsize=4096)
def _year_of_text(text: str) -> int | None:
    found = _YEAR.findall(text) if len(text) < 60 else []
    if found:
        return int(found[0])
    return None if text.isdigit() and len(text) != 8 else _of_text(text, None, None).year  # 19990504


def shows_day_first(value: object) -> bool | None:
    """Return whether a date such as 25/12/1999 has its day first; None if the date is ambiguous."""
    match = _NUMBERS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match or match[2] == ".":
        return None
    first, second = int(match[1]), int(match[3])
    return first > 12 if (first > 12) != (second > 12) else None


@lru_cache(maxsize=2048)
def _of_text(text: str, known_year: int | None, day_first: bool | None) -> Release:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
        return _of_parts(int(year), int(month or 0), int(day or 0))
    if match := _NUMBERS.fullmatch(text):
        return _of_numbers(match, known_year, day_first)
    if match := _NET_DATE.fullmatch(text):
        return _of_value(int(match[1]))
    if (whole := integer(text)) is not None:
        return _of_value(whole)
    return _of_words(text, known_year) if _TEXT_DATE.fullmatch(text) else _UNKNOWN


def _of_numbers(match: re.Match[str], known_year: int | None, day_first: bool | None) -> Release:
    first, second, last = int(match[1]), int(match[3]), match[4]
    if len(last) == 2 and known_year is not None and int(last) != known_year % 100:
        if first == known_year % 100:  # 99-12-25
            return _of_parts(known_year, second, int(last))
        return Release(year=known_year)
    year = _full_year(last, known_year)
    swapped = first > 12 or (second <= 12 and (day_first or match[2] == "."))
    month, day = (second, first) if swapped else (first, second)
    release = _of_parts(year, month, day)
    if len(last) == 2 and known_year is None:
        return Release(release.date, release.year, GUESSED_CENTURY)
    certain = first > 12 or second > 12 or first == second or day_first is not None or match[2] == "."
    return release if certain else Release(release.date, release.year, GUESSED_ORDER)


def _full_year(text: str, known_year: int | None) -> int:
    if len(text) == 4:
        return int(text)
    if known_year is not None:
        return known_year
    return int(text) + (1900 if int(text) >= _CENTURY_FROM else 2000)


def _of_words(text: str, known_year: int | None) -> Release:
    """Read `January 1, 1966`, `1 Jan 66`, `October 1966` and the like."""
    tokens = [token.casefold() for token in _WORDS.findall(text.split("(")[0])]
    month = next((_MONTHS[token[:3]] for token in tokens if token[:3] in _MONTHS and _is_month(token)), 0)
    numbers = [int(token) for token in tokens if token.isdigit() and len(token) <= 4]
    years = [number for number in numbers if MIN_YEAR <= number <= MAX_YEAR]
    if not month:
        return Release(year=years[0]) if len(years) == 1 else _UNKNOWN
    days = [number for number in numbers if 1 <= number <= 31]
    if years:
        return _of_parts(years[0], month, days[0] if days else 0)
    if len(numbers) == 2 and numbers[1] < 100:  # 1-Jan-66
        release = _of_parts(_full_year(str(numbers[1]).zfill(2), known_year), month, numbers[0])
        return release if known_year is not None else Release(release.date, release.year, GUESSED_CENTURY)
    return _UNKNOWN


def _is_month(word: str) -> bool:
    return len(word) == 3 or word in {"sept", *_MONTH_NAMES}


def _of_parts(year: int, month: int, day: int) -> Release:
    if not MIN_YEAR <= year <= MAX_YEAR:
        return _UNKNOWN
    try:
        return Release(date(year, month, day).isoformat(), year)
    except (ValueError, OverflowError):
        return Release(year=year)


def _of_compact(number: int) -> Release:
    """Read a date written as YYYYMMDD."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    release = _of_parts(year, month, day)
    return release if release.date else _UNKNOWN


def _of_value(value: object) -> Release:
    """Read a date object, a year, a spreadsheet's day, YYYYMMDD, or a Unix time in seconds, ms, µs or ns."""
    if isinstance(value, date):
        return _of_parts(value.year, value.month, value.day)
    number = integer(value)
    if number is None:
        return _UNKNOWN
    if MIN_YEAR <= number <= MAX_YEAR:
        return Release(year=number)
    if number in _SPREADSHEET_DAYS:
        day = _SPREADSHEET_EPOCH + timedelta(days=number)
        return Release(day.isoformat(), day.year, GUESSED_DAYS)
    if number % _SECONDS_PER_DAY and (compact := _of_compact(number)).date:
        return compact
    for unit in (1, 1000, 1_000_000, 1_000_000_000):
        try:
            moment = datetime(1970, 1, 1) + timedelta(seconds=number // unit)
        except OverflowError:
            continue
        if (release := _of_parts(moment.year, moment.month, moment.day)).date:
            return release
    return _UNKNOWN
