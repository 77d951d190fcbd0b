"""Age of the catalogue, and the warnings for its operator."""

from datetime import UTC, datetime

from app.services.commands import ACCEPT_COMMAND

MAX_DAYS_CACHED = 183
"""TMDB's terms allow its data to be cached for six months (https://www.themoviedb.org/api-terms-of-use)."""


def age_in_seconds(built_at: str | None) -> float | None:
    """Return the seconds since a time in ISO 8601; None if the time is None or malformed."""
    if built_at is None:
        return None
    try:
        built = datetime.fromisoformat(built_at)
    except ValueError:
        return None
    return max(0.0, (datetime.now(UTC) - built.astimezone(UTC)).total_seconds())


def age_in_days(built_at: str | None) -> int | None:
    """Return the whole days since a time in ISO 8601; None if the time is None or malformed."""
    seconds = age_in_seconds(built_at)
    return None if seconds is None else int(seconds // 86_400)


def catalogue_warnings(built_at: str | None) -> list[str]:
    """Return a warning if the catalogue's age is unknown, or above what TMDB's terms allow."""
    age = age_in_days(built_at)
    warnings = []
    if age is None:
        warnings.append(
            f"The age of the index is unknown, because it has no manifest. To write one, run: {ACCEPT_COMMAND}"
        )
    elif age > MAX_DAYS_CACHED:
        warnings.append(
            f"The index is {age} days old; data from TMDB may be cached for six months at most. Build a new one."
        )
    return warnings
