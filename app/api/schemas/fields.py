"""Types and limits of the fields that several requests share."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from app.core.plain_text import plain_text

MAX_RESULTS = 50
DEFAULT_RESULTS = 10
MAX_OFFSET = 500
MAX_IDS = 100
MAX_EXCLUDED = 1000
MAX_GENRES = 20
MAX_FILTER_NAMES = 50
MAX_LIKED = 50
MAX_RATED = 1000
MAX_REQUESTS_IN_BATCH = 32

_BETWEEN_NAMES = re.compile(r",(?!\s*(?:jr|sr|ii|iii|iv)\.?\s*(?:,|$))", re.IGNORECASE)


def _whole(value: object) -> object:
    """Accept 5.0 as 5, as JSON Schema does, because clients in JavaScript may write either."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: object) -> object:
    """Remove markup and surrounding blanks before the text is validated."""
    return plain_text(value).strip() if isinstance(value, str) else value


def _split_texts(value: object) -> object:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return value
    return [part for item in value for part in (parts_of(item) if isinstance(item, str) and "," in item else [item])]


def parts_of(text: str) -> list[str]:
    """Return the names that commas join; "Robert Downey, Jr." is one name."""
    return [part for part in _BETWEEN_NAMES.split(text) if part.strip()]


Whole = BeforeValidator(_whole)
PlainText = BeforeValidator(_plain)
MovieId = Annotated[int, Field(ge=0, lt=2**53), Whole]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), PlainText]
FilterNames = Annotated[list[Name], Field(max_length=MAX_FILTER_NAMES), BeforeValidator(_split_texts)]
"""A list of names, or the same joined by commas."""

Year = Annotated[int, Field(ge=1888, le=2100), Whole]
Minutes = Annotated[int, Field(ge=1, le=10_000), Whole]
VoteAverage = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _form_of_genres(value: object) -> str | None:
    return "text" if isinstance(value, str) else "list" if isinstance(value, list) else None


# With a discriminator, an invalid value gets one message instead of one for each member of the union.
Genres = Annotated[
    Annotated[str, StringConstraints(max_length=500), PlainText, Tag("text")] | Annotated[list[Name], Tag("list")],
    Discriminator(
        _form_of_genres,
        custom_error_type="genres_type",
        custom_error_message='Input should be a text, such as "Horror, Mystery", or a list of names',
    ),
]


def split_names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names in a list or in one text, split at commas, each once and without blanks."""
    texts = [value] if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(name for text in texts for item in text.split(",") if (name := item.strip())))
