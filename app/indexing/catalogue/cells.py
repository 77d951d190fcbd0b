"""Single values of a row: text, numbers, truth values, language codes, poster paths."""

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.indexing.catalogue.rows import UnusableRowError

MAX_MOVIE_ID = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

MISSING_TEXTS = frozenset({"", "nan", "none", "null", "n/a", "<na>", "\\n"})
MISSING_OVERVIEWS = MISSING_TEXTS | {
    "no overview",
    "no overview.",
    "no overview found",
    "no overview found.",
    "no overview available",
    "no overview available.",
    "no overview yet",
    "no overview yet.",
}
_TRUE_TEXTS = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE_TEXTS = frozenset({"false", "f", "no", "n", "0", "0.0"})

_INTEGER = re.compile(r"[+-]?\d{1,19}(?:\.0*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE | re.ASCII)


def is_missing(value: object) -> bool:
    """Return True for None, NaN, blanks and the words that stand for them."""
    if isinstance(value, str):
        return value.strip().casefold() in MISSING_TEXTS
    return value is None or (isinstance(value, float) and math.isnan(value))


def first_text(row: Mapping[str, object], names: Iterable[str], missing: frozenset[str]) -> str:
    """Return the first of the named values that is text, as one line; "" if there is none."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str):
            text = one_line(value)
            if text.casefold() not in missing:
                return text
        elif isinstance(value, int | float) and not isinstance(value, bool) and not is_missing(value):
            return str(value)  # a title such as 1917 or 300, which JSON and Parquet may hold as a number
    return ""


def one_line(text: str) -> str:
    """Join lines, turn no-break and repeated spaces into one space, and drop what cannot be written as UTF-8."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.replace("\0", "").split())


def truth(value: object) -> bool:
    """Read a truth value."""
    if isinstance(value, bool):
        return value
    if is_missing(value):
        return False
    text = str(value).strip().casefold()
    if text in _FALSE_TEXTS:
        return False
    if text in _TRUE_TEXTS:
        return True
    raise UnusableRowError("columns are shifted (adult is neither true nor false)")


def integer(value: object) -> int | None:
    """Return a whole number, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, Decimal):  # of Parquet
        return int(value) if value.is_finite() and value % 1 == 0 else None
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text.split(".")[0])
    return None


def number(value: object, most: float = math.inf) -> float | None:
    """Return a finite number from 0 to `most`, else None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.count(",") == 1 and "." not in value:
        value = value.replace(",", ".")  # a decimal comma, as spreadsheets write in much of Europe
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0.0 <= number <= most else None


def count(value: object) -> int | None:
    """Return a whole number of 0 or more, or None."""
    if isinstance(value, str):
        value = value.replace(",", "")
    number = integer(value)
    return number if number is not None and 0 <= number <= MAX_MOVIE_ID else None


def language(value: object) -> str | None:
    """Return an ISO 639 code in lower case, or None."""
    if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
        return value.strip().lower()
    return None
