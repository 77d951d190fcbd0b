"""Access to the values of a row by the field of a film."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from app.indexing.catalogue.columns import ColumnMap
from app.indexing.catalogue.fields.cells import is_missing

Value = TypeVar("Value")


class RowCells:
    """Looks up the values of a row by field, in the order of the columns that may hold it."""

    __slots__ = ("_fields", "_row", "_tmdb_ids")

    def __init__(self, row: Mapping[str, object], columns: ColumnMap) -> None:
        self._row = row
        self._fields = columns.fields
        self._tmdb_ids = columns.tmdb_ids

    def raw(self, field: str) -> list[object]:
        """Return the values in the columns of a field, including missing values."""
        return [self._row.get(column) for column in self._fields[field]]

    def values(self, field: str) -> Sequence[object]:
        """Return the values that are not missing."""
        columns = self._fields[field]
        if not columns:
            return ()
        return [value for column in columns if not is_missing(value := self._row.get(column))]

    def ids(self) -> list[tuple[object, bool]]:
        """Return the values in the columns of ids that are not missing, and whether each is TMDB's."""
        cells = ((self._row.get(column), column in self._tmdb_ids) for column in self._fields["id"])
        return [(value, is_tmdb) for value, is_tmdb in cells if not is_missing(value)]

    def first(self, field: str, read: Callable[[object], Value | None]) -> Value | None:
        """Return the first value that can be read and is not empty, else None."""
        found = None
        for column in self._fields[field]:
            value = self._row.get(column)
            if not is_missing(value):
                found = read(value)
                if found is not None and found != ():
                    return found
        return found
