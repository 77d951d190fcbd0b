"""Rows of a catalogue file, before they are films."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_EXCERPT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: where it stands in the file, and its values by column."""

    number: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: where it stands, why, and how it begins."""

    number: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """An open catalogue: what it is, and its rows in order.

    `unit` tells what a row's number counts: "line" of the file, or "film" of a list. `remarks` fills while rows are
    read with what was put right on the way, such as lines in another encoding.
    """

    format_name: str
    unit: str
    rows: Iterator[Row | BadRow]
    remarks: Counter[str]


class UnusableRowError(ValueError):
    """A row is not a film that can be indexed; the text is the reason, the same for every row of its kind."""


def shortened(text: str, length: int = _EXCERPT_LENGTH) -> str:
    """Return the text on one line, cut to `length` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."
