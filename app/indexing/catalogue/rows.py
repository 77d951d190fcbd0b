"""Rows of a catalogue file, from which films are read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.indexing.catalogue.columns import NEEDED_FIELDS, ColumnMap, GivenColumns


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How to read a file: its encoding (None: detect it), columns given for fields, and the fields it must have."""

    encoding: str | None = None
    columns: GivenColumns = ()
    needed: tuple[str, ...] = NEEDED_FIELDS


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: its place in the file, its values by column, and the columns of each field."""

    number: int
    values: Mapping[str, object]
    columns: ColumnMap


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: its place in the file, the reason, and its beginning."""

    number: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """An open catalogue: its format, and its rows in order.

    `unit` is what a row's number counts: "line" of the file, or "film" of a list. `remarks` are sentences about the
    file as a whole, such as its encoding. `counts` counts the rows that were read in an unusual way, such as rows with
    backslashes; it grows while rows are read. `warnings` are remarks on problems to check.
    """

    format_name: str
    unit: str
    rows: Iterator[Row | BadRow]
    counts: Counter[str]
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class UnusableRowError(ValueError):
    """A row is not a film that can be indexed. The text is the reason, by which such rows are counted."""
