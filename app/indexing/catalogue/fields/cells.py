"""Parsing of single cells: text, numbers, truth values and identifiers."""

import math
import re
from decimal import Decimal
from functools import lru_cache

from app.core.plain_text import plain_text
from app.indexing.catalogue.rows import UnusableRowError

MAX_MOVIE_ID = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

MISSING_TEXTS = frozenset(
    {
        "",
        "nan",
        "none",
        "null",
        "nil",
        "n/a",
        "na",
        "#n/a",
        "<na>",
        "\\n",
        "-",
        "--",
        "?",
        "nat",
        "undefined",
        "unknown",
        "(no genres listed)",
    }
)
_MAX_MISSING_LENGTH = 40
_EMPTY_LISTS = frozenset({"[]", "{}", "()", "set()", "[nan]", "[none]", "[null]", "['']", '[""]'})
_MISSING_STARTS = frozenset({text[:1] for text in MISSING_TEXTS | _EMPTY_LISTS} | set("NU \t\r\n\u00a0"))
"""First characters of the texts that mean no value, for a quick test that excludes most values."""

_OVERVIEW = "(?:overview|description|synopsis|plot|summary|storyline)"
_PLACEHOLDER = re.compile(
    f"no {_OVERVIEW}(?: found| available| yet)?|add an? {_OVERVIEW}|we don['\u2019]t have an {_OVERVIEW}.*"
    f"|(?:the )?{_OVERVIEW} (?:is )?(?:(?:currently )?unknown|(?:not |un)available|(?:being )?(?:kept )?under wraps)"
    "|coming soon|to be announced|tb[acd]"
)
"""What sites write if a film has no overview; the sentence that begins with "We don't have" is TMDB's."""

_MAX_PLACEHOLDER_LENGTH = 120
_TRUE_TEXTS = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE_TEXTS = frozenset({"false", "f", "no", "n", "0", "0.0"})

_INTEGER = re.compile(r"[+-]?\d{1,19}(?:[.,]0*)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0*)?")
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,\s'\u2019])\d{3}(?:(?P=mark)\d{3})*(?:[.,]\d{1,2})?")
_SHORT_COUNT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([km])", re.IGNORECASE)
_DECIMAL = re.compile(r"([+-]?\d*[.,]?\d+(?:e[+-]?\d+)?)(?:\s*/\s*10)?", re.IGNORECASE)
_IMDB_ID = re.compile(r"(?<![a-z])tt(\d{6,10})(?!\d)", re.IGNORECASE)


def is_missing(value: object) -> bool:
    """Return True for None, NaN, an empty list, blanks and the words that mean no value."""
    if isinstance(value, str):
        return not value or (
            value[0] in _MISSING_STARTS and len(value) < _MAX_MISSING_LENGTH and _is_missing_text(value)
        )
    return value is None or (isinstance(value, float) and math.isnan(value)) or value in ([], {}, ())


@lru_cache(maxsize=4096)
def _is_missing_text(text: str) -> bool:
    text = text.strip().casefold()
    return text in MISSING_TEXTS or text in _EMPTY_LISTS


def one_line(text: str) -> str:
    """Return the text without markup and invisible characters, on one line; lone surrogates become question marks."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(plain_text(text).split())


def is_missing_overview(text: str) -> bool:
    """Return True for text without a letter or digit, and for what is written in place of an overview."""
    if not any(map(str.isalnum, text)):
        return True
    if len(text) > _MAX_PLACEHOLDER_LENGTH:
        return False
    folded = text.casefold()
    return folded in MISSING_TEXTS - {"unknown"} or _PLACEHOLDER.fullmatch(folded.rstrip(".! ")) is not None


def truth(value: object) -> bool:
    """Read a truth value; a missing one is False.

    Raises:
        UnusableRowError: The value is neither true nor false, which shows that the row's columns are shifted.
    """
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
    if isinstance(value, Decimal):  # from Parquet
        return int(value) if value.is_finite() and value % 1 == 0 else None
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and text.isdigit() and len(text) < 20:
            return int(text)
        if _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        if _INTEGER.fullmatch(text):
            return int(re.split("[.,]", text)[0])
    return None


def number(value: object, maximum: float = math.inf) -> float | None:
    """Return a finite number from 0 to `maximum`, or None; `8,7` and `8.7/10` are read too."""
    if isinstance(value, str):
        value = _number_of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) and 0.0 <= result <= maximum else None


def _number_of_text(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    if match := _DECIMAL.fullmatch(text):
        return float(match[1].replace(",", "."))
    if "," in text and "." in text:  # the first of the two signs separates thousands
        mark = min(",.", key=text.index)
        if match := _DECIMAL.fullmatch(text.replace(mark, "")):
            return float(match[1].replace(",", "."))
    return None


def count(value: object) -> int | None:
    """Return a whole number of 0 or more, or None; thousands may be grouped or written as `12K`."""
    result = _count_of_text(value.strip()) if isinstance(value, str) else integer(value)
    return result if result is not None and 0 <= result <= MAX_MOVIE_ID else None


def _count_of_text(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    text = text.removesuffix(" votes")
    if match := _GROUPED.fullmatch(text):
        mark, digits = match["mark"], text
        zeros = f"{mark}000"
        if mark != "." or not text.endswith(zeros) or text.count(mark) > 1:  # 77.000 is a float as pandas writes it
            whole = re.split(r"[.,]\d{1,2}$", digits)[0]
            return int(re.sub(r"\D", "", whole))
    if match := _SHORT_COUNT.fullmatch(text):
        return round(float(match[1].replace(",", ".")) * (1000 if match[2] in "kK" else 1_000_000))
    return integer(text)


def imdb_id(value: object) -> str | None:
    """Return an IMDb id of a film (`tt0111161`) from an id, an address, a number, or TMDB's `external_ids`."""
    if isinstance(value, dict):
        value = value.get("imdb_id")
    if isinstance(value, str) and (match := _IMDB_ID.search(value)):
        return f"tt{match[1]}"
    digits = integer(value)
    return f"tt{digits:07}" if digits is not None and 0 < digits < 10**9 else None
