"""Opens a catalogue file of any kind and yields its rows, told by what is in the file and not by its name.

gzip and zip are unpacked on the way; nothing is read whole, so a file of any size costs the memory of one row. What
cannot be read as a row comes out as a `BadRow`; what makes the whole file unreadable is one IndexingError.
"""

import codecs
import csv
import gzip
import importlib
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.indexing.catalogue.movie import COLUMNS, column_name
from app.indexing.errors import IndexingError
from app.indexing.progress import progress

MAX_ROW_BYTES = 4_000_000
"""A longer line or JSON object is no film: it is skipped without being held in memory."""

MAX_FIELD_LENGTH = 1_000_000
"""Characters of one CSV field; an unclosed quote swallows no more than this before the row is given up."""

MAX_EXPANSION = 200
"""Film texts shrink by 3 to 30 times; one that grows by more than this, past a gigabyte, is no catalogue."""

_EXPANSION_CHECKED_FROM = 2**30
_BUFFER_BYTES = 1 << 18
_EXCERPT_LENGTH = 80
_MOST_MEMBERS = 100
_ROWS_BETWEEN_PROGRESS = 4096
_DELIMITERS = ",;\t|"
_ENVELOPE_KEYS = ("results", "movies", "films", "items", "data", "hits")
_KNOWN_COLUMNS = frozenset(name for names in COLUMNS.values() for name in names)
_FORMATS_READ = "CSV, JSON, JSON Lines or Parquet, as it is or in .gz or .zip"

_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"BZh", "is packed with bzip2: unpack it first (bunzip2)"),
    (b"\xfd7zXZ\0", "is packed with xz: unpack it first (unxz)"),
    (b"\x28\xb5\x2f\xfd", "is packed with Zstandard: unpack it first (unzstd)"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive: unpack it first"),
    (b"Rar!", "is a RAR archive: unpack it first"),
    (b"%PDF", "is a PDF document"),
    (b"SQLite format 3\0", "is an SQLite database: export its table of films as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook: save it as CSV (UTF-8)"),
    (b"version https://git-lfs", "is a Git LFS pointer, not the file itself: run `git lfs pull`"),
)


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


@contextmanager
def open_catalogue_file(path: Path) -> Iterator[CatalogueFile]:
    """Open the catalogue at `path` for as long as the context lasts; a long file shows how far it has been read.

    Raises:
        IndexingError: The file is missing, empty, damaged, or no catalogue; also while rows are read.
    """
    with ExitStack() as stack:
        try:
            if path.is_dir():
                raise IndexingError(f"{path} is a folder: name the catalogue file itself")
            if path.exists() and not path.is_file():
                raise IndexingError(f"{path} is not a regular file: save the catalogue to a file first")
            source: BinaryIO = stack.enter_context(path.open("rb"))
            size = path.stat().st_size
        except FileNotFoundError:
            raise IndexingError(f"There is no catalogue file {path}: check the path") from None
        except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
            raise IndexingError(f"Cannot open {path}: {getattr(error, 'strerror', None) or error}") from None
        file = _catalogue_in(path, source, size, stack)
        yield replace(file, rows=_with_progress(file.rows, path, source, size))


def _with_progress(rows: Iterator[Row | BadRow], path: Path, source: BinaryIO, size: int) -> Iterator[Row | BadRow]:
    with progress(total=size, label=f"Reading {path.name}", unit="B", delay=2.0) as advance:
        shown = 0
        for count, row in enumerate(rows):
            yield row
            if count % _ROWS_BETWEEN_PROGRESS == 0:
                position = source.tell()
                advance(position - shown)
                shown = position


def _catalogue_in(path: Path, source: BinaryIO, size: int, stack: ExitStack) -> CatalogueFile:
    start = source.read(8)
    source.seek(0)
    if start[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _catalogue_in_zip(path, source, size, stack)
    if start[:4] == b"PAR1":
        return _parquet_rows(path, source)
    return _catalogue_in_stream(str(path), source, size, "")


def _catalogue_in_stream(name: str, source: BinaryIO, size: int, container: str) -> CatalogueFile:
    """Tell what a stream of bytes holds, after taking off one layer of gzip."""
    stream = _buffered(name, source, size)
    if stream.peek(2)[:2] == b"\x1f\x8b":
        unpacked = gzip.GzipFile(fileobj=stream)
        stream = _buffered(name, cast(BinaryIO, unpacked), size)
        container = ", gzip" + container
    return _catalogue_of_text(name, stream, container)


# --- containers -------------------------------------------------------------------------------------------------------

# What the zipfile module raises on damaged archives, found by damaging some.
_ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, struct.error)


class _CheckedStream(io.RawIOBase):
    """Passes bytes on, turns every way in which unpacking fails into an IndexingError, and bounds the expansion."""

    def __init__(self, name: str, source: BinaryIO, size: int) -> None:
        self._name = name
        self._source = source
        self._most = max(_EXPANSION_CHECKED_FROM, size * MAX_EXPANSION)
        self._passed = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        try:
            data = self._source.read(len(buffer))
        except EOFError:
            raise IndexingError(f"{self._name} ends too early: the download was cut, fetch it again") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError) as error:
            raise IndexingError(f"{self._name} is damaged ({error}): fetch it again") from None
        except OSError as error:
            raise IndexingError(f"Cannot read {self._name}: {error.strerror or error}") from None
        self._passed += len(data)
        if self._passed > self._most:
            raise IndexingError(
                f"{self._name} unpacks to more than {MAX_EXPANSION} times its size: this is not a catalogue"
            )
        buffer[: len(data)] = data
        return len(data)


class _RecodedStream(io.RawIOBase):
    """Passes text on as UTF-8 with Unix line ends, whatever encoding and line ends it came in."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._source = source
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        while not self._pending:
            data = self._source.read(_BUFFER_BYTES)
            self._pending = self._decoder.decode(data, final=not data).encode()
            if not data:
                break
        given = self._pending[: len(buffer)]
        self._pending = self._pending[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def _buffered(name: str, source: BinaryIO, size: int) -> io.BufferedReader:
    return io.BufferedReader(_CheckedStream(name, source, size), _BUFFER_BYTES)


def _catalogue_in_zip(path: Path, source: BinaryIO, size: int, stack: ExitStack) -> CatalogueFile:
    try:
        archive = stack.enter_context(zipfile.ZipFile(source))
    except _ZIP_ERRORS as error:
        raise IndexingError(f"{path} is a damaged zip archive ({error}): fetch it again") from None
    names = {member.filename for member in archive.infolist()}
    if "[Content_Types].xml" in names:
        raise IndexingError(f"{path} is a spreadsheet: save it as CSV (UTF-8)")
    members = [member for member in archive.infolist() if not _is_hidden(member)]
    if not members:
        raise IndexingError(f"{path} is an archive without files: fetch it again")
    if len(members) > _MOST_MEMBERS:
        raise IndexingError(f"{path} holds {len(members):,} files: unpack it and name the catalogue")

    def opened(member: zipfile.ZipInfo) -> CatalogueFile:
        if member.flag_bits & 1:
            raise IndexingError(f"{path} is locked with a password: unpack it first")
        try:
            stream = cast(BinaryIO, stack.enter_context(archive.open(member)))
        except _ZIP_ERRORS as error:
            raise IndexingError(f"{path} is a damaged zip archive ({error}): fetch it again") from None
        return _catalogue_in_stream(f"{_shortened(member.filename)} in {path}", stream, size, ", zip")

    if len(members) == 1:
        return opened(members[0])
    return _only_catalogue(path, members, opened)


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    *folders, name = member.filename.replace("\\", "/").split("/")
    return not name or name.startswith(".") or "__MACOSX" in folders


def _only_catalogue(
    path: Path, members: list[zipfile.ZipInfo], opened: Callable[[zipfile.ZipInfo], CatalogueFile]
) -> CatalogueFile:
    """Return the one member that is a catalogue; its neighbours may be ratings, credits, a read-me."""
    catalogues: dict[str, CatalogueFile] = {}
    for member in members:
        try:
            catalogues[member.filename] = opened(member)
        except IndexingError:
            continue
    if len(catalogues) == 1:
        return next(iter(catalogues.values()))
    listed = _shortened(", ".join(catalogues or [member.filename for member in members]), 300)
    if catalogues:
        raise IndexingError(f"{path} holds several catalogues ({listed}): unpack it and name the one to read")
    raise IndexingError(f"{path} holds no file that is a catalogue ({listed})")


# --- telling the format -----------------------------------------------------------------------------------------------


def _catalogue_of_text(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    stream = _as_utf8(name, stream)
    start = stream.peek().decode("utf-8", "replace").lstrip()
    if not start:
        raise IndexingError(f"{name} is empty: fetch it again")
    if start.startswith("<"):
        raise IndexingError(f"{name} is a web page or XML, not a catalogue: a download that needs a login gives this")
    if start.startswith("["):
        return _json_list(name, stream, container)
    if start.startswith("{"):
        return _json_lines(stream, container) if _is_json_lines(start) else _json_list(name, stream, container)
    return _csv_table(name, stream, container)


def _as_utf8(name: str, stream: io.BufferedReader) -> io.BufferedReader:
    """Return the text as UTF-8 without a byte-order mark; refuse what is no text."""
    start = stream.peek()
    for magic, sentence in _OTHER_KINDS:
        if start.startswith(magic):
            raise IndexingError(f"{name} {sentence}")
    if start.startswith(b"PAR1"):
        raise IndexingError(f"{name} is Parquet inside an archive: unpack it first")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.BufferedReader(_RecodedStream(stream, "utf-16"), _BUFFER_BYTES)
    if start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        start = stream.peek()
    if start.count(0) > len(start) // 20:
        raise IndexingError(f"{name} is not text: a catalogue is {_FORMATS_READ}")
    if b"\r" in start and b"\n" not in start:
        return io.BufferedReader(_RecodedStream(stream, "utf-8"), _BUFFER_BYTES)
    return stream


def _lines(stream: io.BufferedReader, remarks: Counter[str]) -> Iterator[tuple[int, str | None]]:
    """Yield each line with its number; None for one that is too long to be a row."""
    number = 0
    while line := stream.readline(MAX_ROW_BYTES):
        number += 1
        if len(line) == MAX_ROW_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_ROW_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = _decoded(line)
            remarks["lines that are not valid UTF-8"] += 1
        yield number, text.replace("\0", "") if "\0" in text else text


def _decoded(line: bytes) -> str:
    """Decode a line that is not valid UTF-8: as Windows-1252, unless other characters in it show that it is UTF-8."""
    text = line.decode("utf-8", "replace")
    return text if not text.replace("\ufffd", "").isascii() else line.decode("cp1252", "replace")


def _shortened(text: str, length: int = _EXCERPT_LENGTH) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


# --- JSON -------------------------------------------------------------------------------------------------------------

_ENVELOPE = re.compile(r'"(?:' + "|".join(_ENVELOPE_KEYS) + r')"\s*:\s*(?=\[)')
_LONGEST_ENVELOPE = 1000
_NEXT_OBJECT = re.compile(r"\}\s*,?\s*(?=\{)")
_LIST_END = re.compile(r"\]\s*\}?\s*$")
_SEPARATORS = re.compile(r"[\s,\[\]]*")
_JSON_ERRORS = (ValueError, RecursionError)
_READ_CHARACTERS = 1 << 18

_AS_CP1252 = "utf-8, else cp1252"


def _is_json_lines(start: str) -> bool:
    """Tell JSON Lines from an indented or enclosed list by how the file begins."""
    first, _, rest = start.partition("\n")
    if rest.lstrip().startswith("{"):
        return True
    try:
        return isinstance(json.loads(first), dict)
    except _JSON_ERRORS:
        return False


def _json_lines(stream: io.BufferedReader, container: str) -> CatalogueFile:
    remarks: Counter[str] = Counter()

    def rows() -> Iterator[Row | BadRow]:
        for number, line in _lines(stream, remarks):
            if line is None:
                yield BadRow(number, f"line longer than {MAX_ROW_BYTES:,} bytes", "")
            elif not line.isspace():
                try:
                    value = json.loads(line)
                except _JSON_ERRORS:
                    yield BadRow(number, "broken JSON", _shortened(line))
                else:
                    yield from _rows_of_value(number, value)

    return CatalogueFile("JSON Lines" + container, "line", rows(), remarks)


def _rows_of_value(number: int, value: object) -> Iterator[Row | BadRow]:
    """Yield the film that a JSON value is, or the films of the page of results that it is."""
    if not isinstance(value, dict):
        yield BadRow(number, "not a JSON object", _shortened(str(value)[:1000]))
        return
    page = next((value[key] for key in _ENVELOPE_KEYS if isinstance(value.get(key), list)), None)
    if page is not None and "overview" not in value:
        for item in page:
            yield from _rows_of_value(number, item)
        return
    yield Row(number, {column_name(key): item for key, item in value.items()})


def _json_list(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    def rows() -> Iterator[Row | BadRow]:
        for number, value in enumerate(_json_values(name, stream), start=1):
            if isinstance(value, BadRow):
                yield BadRow(number, value.reason, value.excerpt)
            else:
                yield from _rows_of_value(number, value)

    return CatalogueFile("JSON" + container, "film", rows(), Counter())


def _json_values(name: str, stream: io.BufferedReader) -> Iterator[object]:
    """Yield the values of a JSON list, or of objects one after the other, holding only a piece of the file.

    A value that cannot be read comes out as a BadRow, and reading goes on at the next object.
    """
    decoder = json.JSONDecoder()
    read = codecs.getreader("utf-8")(stream, _AS_CP1252).read
    text = read(_READ_CHARACTERS)
    envelope = _ENVELOPE.search(text) if text.lstrip().startswith("{") else None
    position = envelope.end() if envelope else 0
    depth, ended = 0, False
    while True:
        separators = _SEPARATORS.match(text, position)
        if separators:
            depth += separators[0].count("[") - separators[0].count("]")
            position = separators.end()
        if envelope and depth <= 0:  # pages one after the other have an envelope each
            following = _ENVELOPE.search(text, position)
            while following is None and not ended:
                text, position, ended = _refilled(text[-_LONGEST_ENVELOPE:], 0, read)
                following = _ENVELOPE.search(text)
            if following is None:
                return
            position = following.end()
            continue
        if len(text) - position < _READ_CHARACTERS and not ended:
            text, position, ended = _refilled(text, position, read)
            continue
        if position == len(text):
            if depth > 0:
                raise _cut_json(name)
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except _JSON_ERRORS:
            if not ended and len(text) - position < MAX_ROW_BYTES:
                text, position, ended = _refilled(text, position, read)
                continue
            yield BadRow(0, "broken JSON", _shortened(text[position : position + 1000]))
            following = _NEXT_OBJECT.search(text, position + 1)
            while following is None and not ended:
                text, position, ended = _refilled(text[-1000:], 0, read)
                following = _NEXT_OBJECT.search(text)
            if following is None:
                if depth > 0 and not _LIST_END.search(text[-1000:]):
                    raise _cut_json(name) from None
                return
            position = following.end()
        else:
            yield value


def _in_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as the encoding that such files are in, as it is done for a line."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_AS_CP1252, _in_cp1252)


def _refilled(text: str, position: int, read: Callable[[int], str]) -> tuple[str, int, bool]:
    """Return the text from `position` on with more of the file behind it, its start, and if the file has ended."""
    more = read(_READ_CHARACTERS)
    return text[position:] + more, 0, not more


def _cut_json(name: str) -> IndexingError:
    return IndexingError(f"{name} ends before its JSON list does: the download was cut, fetch it again")


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_table(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    remarks: Counter[str] = Counter()
    lines = _lines(stream, remarks)
    header = next((line for _, line in lines if line and _is_header_line(line)), "")
    delimiter = max(_DELIMITERS, key=lambda character: len(_KNOWN_COLUMNS & set(_columns(header, character))))
    columns = _columns(header, delimiter)
    _check_columns(name, columns)
    format_name = f"{_csv_dialect(set(columns))}{container}"
    return CatalogueFile(format_name, "line", _CsvRows(columns, lines, delimiter), remarks)


def _is_header_line(line: str) -> bool:
    return bool(line.strip(" \t\r\n,;|")) and not line.startswith("sep=")  # Excel's hint about its delimiter


def _columns(header: str, delimiter: str) -> list[str]:
    try:
        return [column_name(column) for column in next(csv.reader([header], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def _check_columns(name: str, columns: list[str]) -> None:
    missing = [
        field for field in ("id", "title", "overview") if not any(column in columns for column in COLUMNS[field])
    ]
    if len(missing) == 3:
        raise IndexingError(f"{name} is not a catalogue: its first line names no columns; give {_FORMATS_READ}")
    if missing:
        wanted = "; ".join(f"{field} (or {', '.join(n for n in COLUMNS[field] if n != field)})" for field in missing)
        found = _shortened(", ".join(columns), 200)
        raise IndexingError(f"{name} has no column {wanted}: a catalogue needs it. Its columns: {found}")


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
        self._lines = lines
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
        for number, line in self._lines:
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
            if column in _KNOWN_COLUMNS and columns.index(column) == index
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
        return BadRow(number, "quotes do not close" if rest else reason, _shortened(line[:1000]))

    def _row_of_loose_quotes(self, line: str) -> Row | None:
        """Read a line whose quotes stand where they should not, if its number of columns is right all the same."""
        if line.count('"') % 2:
            return None
        try:
            record = next(csv.reader([line], delimiter=self._delimiter))
        except (csv.Error, StopIteration):
            return None
        return self._row(record) if len(record) == len(self._columns) else None


# --- Parquet ----------------------------------------------------------------------------------------------------------


def _parquet_rows(path: Path, source: BinaryIO) -> CatalogueFile:
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise IndexingError(f"{path} is Parquet, which needs pyarrow: pip install pyarrow") from None
    try:
        table = parquet.ParquetFile(source)
        columns = {column: column_name(column) for column in table.schema_arrow.names}
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise IndexingError(f"{path} is damaged ({_shortened(str(error), 200)}): fetch it again") from None
    _check_columns(str(path), list(columns.values()))
    used = [column for column, known in columns.items() if known in _KNOWN_COLUMNS]

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        try:
            for batch in table.iter_batches(batch_size=1000, columns=used):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, {columns[column]: value for column, value in values.items()})
        except (OSError, ValueError) as error:
            raise IndexingError(f"{path} is damaged ({_shortened(str(error), 200)}): fetch it again") from None

    return CatalogueFile("Parquet", "film", rows(), Counter())
