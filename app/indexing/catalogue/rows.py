"""Rows of a catalogue file, before they are films."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.indexing.catalogue.columns import NEEDED_FIELDS, ColumnMap, Given


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How to read a file: its encoding (None: to be found), columns given for fields, and the fields it must have."""

    encoding: str | None = None
    columns: Given = ()
    needed: tuple[str, ...] = NEEDED_FIELDS


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: its place in the file, its values by column, and the columns of each field."""

    number: int
    values: Mapping[str, object]
    columns: ColumnMap


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: its place in the file, why, and how it begins."""

    number: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """An open catalogue: what it is, and its rows in order.

    `unit` is what a row's number counts: "line" of the file, or "film" of a list. `remarks` are sentences about the
    file as a whole, such as its encoding; `counts` fills while rows are read with what was read in a way that is
    worth telling, such as rows with backslashes. `warnings` are remarks that need a look.
    """

    format_name: str
    unit: str
    rows: Iterator[Row | BadRow]
    counts: Counter[str]
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class UnusableRowError(ValueError):
    """A row is not a film that can be indexed; the text is the reason, the same for every row of its kind."""
