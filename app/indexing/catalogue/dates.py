"""Release dates and years in the notations of catalogues."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.indexing.catalogue.cells import integer
from app.indexing.catalogue.columns import COLUMNS

_SECONDS_A_DAY = 86_400
_ISO_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?", re.DOTALL)
_SLASH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ].*)?", re.DOTALL)
_FIRST_YEAR, _LAST_YEAR = 1870, 2100
_MILLISECONDS_FROM = 100_000_000_000


def release(row: Mapping[str, object]) -> tuple[str | None, int | None]:
    """Return the release date (ISO 8601) and the year of a row; None for what cannot be read."""
    for name in COLUMNS["release_date"]:
        value = row.get(name)
        if isinstance(value, str):
            value = value.strip()
        release_date, year = _date_of_text(value) if isinstance(value, str) else _date_of_value(value)
        if year is not None:
            return release_date, year
    return None, None


@lru_cache(maxsize=4096)
def _date_of_text(text: str) -> tuple[str | None, int | None]:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _SLASH_DATE.fullmatch(text):
        month, day, year = match.groups()
        if int(month) > 12:
            month, day = day, month
    else:
        seconds = integer(text)
        return _date_of_value(seconds)
    return _date_of_parts(int(year), int(month or 0), int(day or 0))


def _date_of_parts(year: int, month: int, day: int) -> tuple[str | None, int | None]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None, None
    try:
        return date(year, month, day).isoformat(), year
    except ValueError:
        return None, year


def _compact_date(number: int) -> date | None:
    """Read a date written as YYYYMMDD; None where the number is none."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _date_of_value(value: object) -> tuple[str | None, int | None]:
    """Read a date object, a year, or Unix seconds (milliseconds where the number is too large for seconds)."""
    if isinstance(value, date):
        return _date_of_parts(value.year, value.month, value.day)
    number = integer(value)
    if number is None:
        return None, None
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        return None, number
    if number % _SECONDS_A_DAY and (compact := _compact_date(number)):
        return compact.isoformat(), compact.year
    if abs(number) >= _MILLISECONDS_FROM:
        number //= 1000
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=number)
    except OverflowError:
        return None, None
    return _date_of_parts(moment.year, moment.month, moment.day)
