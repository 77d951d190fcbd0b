"""Parsing of runtimes, whose unit may be smaller than a minute."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from app.indexing.catalogue.fields.cells import number

_RUNTIME = re.compile(
    r"(?:P?T?\s*(?P<hours>\d{1,2})\s*(?:h|hrs?|hours?)(?![a-z])\.?[\s,:]*|PT(?P<iso>\d{1,2})H)?"
    r"(?:(?P<minutes>\d{1,5})(?:[.,]\d+)?\s*(?:m|min|mins|minutes?)?\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?")
MAX_RUNTIME = 10_000


@dataclass(frozen=True, slots=True)
class RuntimeUnit:
    """A unit of runtimes that are plain numbers: its name, how many make a minute, and the least usual median."""

    name: str
    per_minute: int
    least_median: float


MINUTES = RuntimeUnit("minutes", 1, 0)
_SMALLER_UNITS = (
    RuntimeUnit("100 nanoseconds", 600_000_000, 1e9),  # Jellyfin's ticks
    RuntimeUnit("milliseconds", 60_000, 1e6),  # Plex
    RuntimeUnit("seconds", 60, 1e3),  # Kodi, Airtable
)


def runtime_unit(cells: Iterable[object]) -> RuntimeUnit:
    """Return the unit of a file's runtimes: a median of 1,000 minutes, nearly 17 hours, shows a smaller unit."""
    numbers = [value for cell in cells if (value := number(_first(cell)))]
    middle = median(numbers) if numbers else 0.0
    return next((unit for unit in _SMALLER_UNITS if middle >= unit.least_median), MINUTES)


def runtime(value: object, unit: RuntimeUnit = MINUTES) -> int | None:
    """Return a runtime in minutes, or None; 0 means unknown."""
    value = _first(value)
    plain = number(value)
    if plain is not None:
        minutes: float | None = plain / unit.per_minute
    else:
        minutes = _minutes_of_text(value) if isinstance(value, str) else None
    return round(minutes) if minutes and 1 <= minutes <= MAX_RUNTIME else None


def _first(value: object) -> object:
    """Return the first of several runtimes, as in TMDB's episode_run_time."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value.strip(" []") if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _minutes_of_text(text: str) -> float | None:
    if match := _CLOCK.fullmatch(text):
        return 60 * int(match[1]) + int(match[2])
    match = _RUNTIME.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    return 60 * int(match["hours"] or match["iso"] or 0) + int(match["minutes"] or 0)
