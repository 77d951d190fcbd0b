"""CSV tables of any delimiter, quoted as programs and people quote them."""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator

from app.indexing.catalogue.columns import COLUMNS, KNOWN_COLUMNS, check_columns, column_name
from app.indexing.catalogue.files.streams import MAX_ROW_BYTES, lines
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row, shortened

MAX_FIELD_LENGTH = 1_000_000
"""Characters of one CSV field; an unclosed quote swallows no more than this before the row is given up."""

_DELIMITERS = ",;\t|"


def csv_table(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    """Read a CSV table; the delimiter is the one that gives most known columns."""
    remarks: Counter[str] = Counter()
    numbered = lines(stream, remarks)
    header = next((line for _, line in numbered if line and _is_header_line(line)), "")
    delimiter = max(_DELIMITERS, key=lambda character: len(KNOWN_COLUMNS & set(_columns(header, character))))
    columns = _columns(header, delimiter)
    check_columns(name, columns)
    format_name = f"{_csv_dialect(set(columns))}{container}"
    return CatalogueFile(format_name, "line", _CsvRows(columns, numbered, delimiter), remarks)


def _is_header_line(line: str) -> bool:
    return bool(line.strip(" \t\r\n,;|")) and not line.startswith("sep=")  # Excel's hint about its delimiter


def _columns(header: str, delimiter: str) -> list[str]:
    try:
        return [column_name(column) for column in next(csv.reader([header], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def _csv_dialect(columns: set[str]) -> str:
    if {"belongs_to_collection", "poster_path"} <= columns:
        return "CSV of The Movies Dataset"
    if {"backdrop_path", "imdb_id", "keywords"} <= columns:
        return "CSV of the full TMDB dataset"
    if {"budget", "keywords", "genres"} <= columns and "poster_path" not in columns:
        return "CSV of TMDB 5000"
    if "genre" in columns and "genres" not in columns:
        return "CSV of the TMDB top 10K"
    return "CSV"


class _Feed:
    """Hands lines to csv.reader, remembers those of the record being read, and takes lines back."""

    def __init__(self, lines: Iterator[tuple[int, str | None]]) -> None:
        self.lines = lines
        self._returned: deque[tuple[int, str]] = deque()
        self.record: list[tuple[int, str]] = []
        self.too_long: list[int] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._returned:
            number, line = self._returned.popleft()
        else:
            number, line = self._next_line()
        self.record.append((number, line))
        return line

    def _next_line(self) -> tuple[int, str]:
        for number, line in self.lines:
            if line is not None:
                return number, line
            self.too_long.append(number)
        raise StopIteration

    def take_back(self, lines: list[tuple[int, str]]) -> None:
        self._returned.extendleft(reversed(lines))


class _CsvRows(Iterator[Row | BadRow]):
    """The rows of a CSV table.

    A record that cannot be read, or that has another number of columns than the header, costs its first line only:
    reading starts again at its second line, so that an unclosed quote does not take the rows after it along.
    """

    def __init__(self, columns: list[str], lines: Iterator[tuple[int, str | None]], delimiter: str) -> None:
        self._columns = columns
        self._delimiter = delimiter
        self._used = [
            (index, column)
            for index, column in enumerate(columns)
            if column in KNOWN_COLUMNS and columns.index(column) == index
        ]
        needed = {name for field in ("id", "title", "overview") for name in COLUMNS[field]}
        self._last_needed = max(index for index, column in self._used if column in needed)
        self._feed = _Feed(lines)
        self._reader = csv.reader(self._feed, delimiter=delimiter, strict=True)
        csv.field_size_limit(MAX_FIELD_LENGTH)

    def __next__(self) -> Row | BadRow:
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
        """Return the row, or None if its number of columns shows that it is not what the header announces.

        Empty cells may follow the last column; cells may be missing after the ones that a film needs.
        """
        surplus = len(record) - len(self._columns)
        if surplus > 0 and any(cell.strip() for cell in record[-surplus:]):
            return None
        if surplus < 0 and self._last_needed >= len(record) - 1:
            return None
        values = {column: record[index] for index, column in self._used if index < len(record)}
        return Row(self._feed.record[0][0], values)

    def _given_up(self, reason: str) -> Row | BadRow:
        (number, line), *rest = self._feed.record
        self._feed.take_back(rest)
        if not rest and (row := self._row_of_loose_quotes(line)):
            return row
        return BadRow(number, "quotes do not close" if rest else reason, shortened(line[:1000]))

    def _row_of_loose_quotes(self, line: str) -> Row | None:
        """Read a line whose quotes stand where they should not, if its number of columns is right all the same."""
        if line.count('"') % 2:
            return None
        try:
            record = next(csv.reader([line], delimiter=self._delimiter))
        except (csv.Error, StopIteration):
            return None
        return self._row(record) if len(record) == len(self._columns) else None
