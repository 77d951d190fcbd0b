"""Opens a catalogue file of any kind and yields its rows, told by what is in the file and not by its name.

gzip and zip are unpacked on the way; nothing is read whole, so a file of any size costs the memory of one row. What
cannot be read as a row comes out as a `BadRow`; what makes the whole file unreadable is one IndexingError.
"""

import codecs
import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from app.indexing.catalogue.columns import FORMATS_READ
from app.indexing.catalogue.files.archives import catalogue_in_zip
from app.indexing.catalogue.files.csv_format import csv_table
from app.indexing.catalogue.files.json_format import is_json_lines, json_lines, json_list
from app.indexing.catalogue.files.parquet_format import parquet_rows
from app.indexing.catalogue.files.streams import BUFFER_BYTES, RecodedStream, buffered
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row
from app.indexing.errors import IndexingError
from app.indexing.progress import progress

_ROWS_BETWEEN_PROGRESS = 4096

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
        return catalogue_in_zip(
            path, source, stack, lambda name, stream: _catalogue_in_stream(name, stream, size, ", zip")
        )
    if start[:4] == b"PAR1":
        return parquet_rows(path, source)
    return _catalogue_in_stream(str(path), source, size, "")


def _catalogue_in_stream(name: str, source: BinaryIO, size: int, container: str) -> CatalogueFile:
    """Tell what a stream of bytes holds, after taking off one layer of gzip."""
    stream = buffered(name, source, size)
    if stream.peek(2)[:2] == b"\x1f\x8b":
        unpacked = gzip.GzipFile(fileobj=stream)
        stream = buffered(name, cast(BinaryIO, unpacked), size)
        container = ", gzip" + container
    return _catalogue_of_text(name, stream, container)


def _catalogue_of_text(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    stream = _as_utf8(name, stream)
    start = stream.peek().decode("utf-8", "replace").lstrip()
    if not start:
        raise IndexingError(f"{name} is empty: fetch it again")
    if start.startswith("<"):
        raise IndexingError(f"{name} is a web page or XML, not a catalogue: a download that needs a login gives this")
    if start.startswith("["):
        return json_list(name, stream, container)
    if start.startswith("{"):
        return json_lines(stream, container) if is_json_lines(start) else json_list(name, stream, container)
    return csv_table(name, stream, container)


def _as_utf8(name: str, stream: io.BufferedReader) -> io.BufferedReader:
    """Return the text as UTF-8 without a byte-order mark; refuse what is no text."""
    start = stream.peek()
    for magic, sentence in _OTHER_KINDS:
        if start.startswith(magic):
            raise IndexingError(f"{name} {sentence}")
    if start.startswith(b"PAR1"):
        raise IndexingError(f"{name} is Parquet inside an archive: unpack it first")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.BufferedReader(RecodedStream(stream, "utf-16"), BUFFER_BYTES)
    if start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        start = stream.peek()
    if start.count(0) > len(start) // 20:
        raise IndexingError(f"{name} is not text: a catalogue is {FORMATS_READ}")
    if b"\r" in start and b"\n" not in start:
        return io.BufferedReader(RecodedStream(stream, "utf-8"), BUFFER_BYTES)
    return stream
