"""The rows of a CSV table, read so that a broken row does not affect other rows."""

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.indexing.catalogue.columns import ColumnMap, shortened
from app.indexing.catalogue.files.streams import MAX_ROW_BYTES
from app.indexing.catalogue.rows import BadRow, Row

MAX_FIELD_LENGTH = 1_000_000
"""Maximum characters of one CSV field, which bounds what is read after an unclosed quote."""

BACKSLASH = "rows with quotes escaped by a backslash"
_UNIT_SEPARATOR = "\x1f"
_MAX_LINES_REREAD = 50
_ESCAPE = re.compile(r"""\\([\\"'\r\n,;\t|])?""")

Lines = Iterable[tuple[int, str | None]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is quoted: the quote, its escape besides doubling, and whether blanks follow the delimiter."""

    quote: str = '"'
    escape: str | None = None
    skip_spaces: bool = False

    def reader(self, lines: Iterable[str], delimiter: str) -> Any:  # noqa: ANN401 (csv's readers have no public type)
        """Return a strict csv.reader over `lines`."""
        if self.escape:
            lines = map(_protected_line, lines)  # not a generator: it could not continue after lines are taken back
        return csv.reader(
            lines,
            delimiter=delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.skip_spaces,
            strict=True,
        )


def _protected_line(line: str) -> str:
    return _ESCAPE.sub(_protected, line) if "\\" in line else line


def _protected(match: re.Match[str]) -> str:
    """Double a backslash that escapes nothing, such as that of JSON's `\\u00e9`, so that it is kept."""
    return match[0] if match[1] else "\\\\"


def single_delimiter(delimiter: str) -> tuple[str, Callable[[str], str]]:
    """Return a delimiter of one character, as csv.reader needs it, and the function that puts it into a line."""
    if len(delimiter) == 1:
        return delimiter, lambda line: line
    return _UNIT_SEPARATOR, lambda line: line.replace(delimiter, _UNIT_SEPARATOR)


def readable_rows(tried: Sequence[tuple[int, str | None]], columns: Sequence[str], delimiter: str, how: Dialect) -> int:
    """Return how many records of the first lines have as many columns as the header, read as `how` says."""
    delimiter, prepared = single_delimiter(delimiter)
    csv.field_size_limit(MAX_FIELD_LENGTH)
    texts = [prepared(line) for _, line in tried if line is not None]
    readable = start = 0
    while start < len(texts):
        reader = how.reader(texts[start:], delimiter)
        try:
            for record in reader:
                readable += len(record) == len(columns)
            break
        except csv.Error:
            start += max(reader.line_num, 1)
    return readable


class _Feed:
    """Iterator of lines for csv.reader, which records the lines of the current record and can take lines back."""

    def __init__(self, lines: Lines, prepared: Callable[[str], str]) -> None:
        self._lines = iter(lines)
        self._prepared = prepared
        self._returned: deque[tuple[int, str]] = deque()
        self.record: list[tuple[int, str]] = []
        self.too_long: list[int] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        number, line = self._returned.popleft() if self._returned else self._next_line()
        self.record.append((number, line))
        return line

    def _next_line(self) -> tuple[int, str]:
        for number, line in self._lines:
            if line is not None:
                return number, self._prepared(line)
            self.too_long.append(number)
        raise StopIteration

    def take_back(self, lines: Sequence[tuple[int, str]]) -> None:
        self._returned.extendleft(reversed(lines))


class CsvRows(Iterator[Row | BadRow]):
    """The rows of a CSV table.

    If a record cannot be read, or does not have the header's number of columns, only its first line is skipped: reading
    continues at its second line, so that an unclosed quote does not affect the rows after it.
    """

    def __init__(
        self,
        columns: Sequence[str],
        column_map: ColumnMap,
        lines: Lines,
        delimiter: str,
        dialect: Dialect,
        counts: Counter[str],
    ) -> None:
        self._width = len(columns)
        self._column_map = column_map
        self._used = [(columns.index(column), column) for column in column_map.used]
        needed = {column for field in ("id", "title", "overview") for column in column_map.fields[field]}
        self._last_needed = max((index for index, column in self._used if column in needed), default=0)
        self._delimiter, prepared = single_delimiter(delimiter)
        self._feed = _Feed(lines, prepared)
        self._dialect = dialect
        self._reader = dialect.reader(self._feed, self._delimiter)
        self._counts = counts
        csv.field_size_limit(MAX_FIELD_LENGTH)

    def __next__(self) -> Row | BadRow:
        """Return the next row.

        Raises:
            StopIteration: The file has ended.
        """
        while True:
            if self._feed.too_long:
                return BadRow(self._feed.too_long.pop(0), f"line longer than {MAX_ROW_BYTES:,} bytes", "")
            self._feed.record.clear()
            try:
                record = next(self._reader)
            except csv.Error as error:
                too_long = "field limit" in str(error)
                return self._given_up("field too long" if too_long else "quotes do not close")
            except StopIteration:
                if self._feed.too_long:
                    continue
                raise
            if record:
                return self._row(record) or self._given_up("wrong number of columns")

    def _row(self, record: list[str]) -> Row | None:
        """Return the row, or None if its number of columns does not fit the header.

        Empty cells may follow the last column, and cells may be missing after those that a film needs.
        """
        surplus = len(record) - self._width
        if surplus > 0 and any(cell.strip() for cell in record[-surplus:]):
            return None
        if surplus < 0 and self._last_needed >= len(record) - 1:
            return None
        values = {column: record[index] for index, column in self._used if index < len(record)}
        return Row(self._feed.record[0][0], values, self._column_map)

    def _given_up(self, reason: str) -> Row | BadRow:
        if row := self._row_with_backslashes():
            return row
        (number, line), *rest = self._feed.record
        self._feed.take_back(rest)
        del self._feed.record[1:]
        if not rest and (row := self._row_of_loose_quotes(line)):
            return row
        return BadRow(number, "quotes do not close" if rest else reason, shortened(line[:1000]))

    def _row_with_backslashes(self) -> Row | None:
        """Read the failed record again with backslashes as escapes; take back the lines after it."""
        if self._dialect.escape or not any('\\"' in line for _, line in self._feed.record):
            return None
        failed = len(self._feed.record)
        for _ in islice(self._feed, _MAX_LINES_REREAD):
            pass
        read = list(self._feed.record)
        reader = Dialect(escape="\\").reader((line for _, line in read), self._delimiter)
        try:
            record = next(reader)
        except (csv.Error, StopIteration):
            record = []
        used = reader.line_num if len(record) == self._width else failed
        self._feed.take_back(read[used:])
        del self._feed.record[used:]
        if len(record) != self._width:
            return None
        self._counts[BACKSLASH] += 1
        return self._row(record)

    def _row_of_loose_quotes(self, line: str) -> Row | None:
        """Read a line with misplaced quotes if its number of columns is right."""
        if line.count('"') % 2:
            return None
        try:
            record = next(csv.reader([line], delimiter=self._delimiter))
        except (csv.Error, StopIteration):
            return None
        return self._row(record) if len(record) == self._width else None
