"""Opening of a catalogue file of any format, which is recognized by its content and not by its name.

gzip and zip are unpacked while reading. Only JSON tables saved by columns are read into memory as a whole. A row that
cannot be read becomes a `BadRow`; a file that cannot be read raises one IndexingError.
"""

import gzip
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from app.indexing.catalogue.columns import FORMATS_READ
from app.indexing.catalogue.files.archives import catalogue_in_zip
from app.indexing.catalogue.files.csv_format import csv_table
from app.indexing.catalogue.files.encodings import Encoding, encoding_of, named_encoding
from app.indexing.catalogue.files.json_format import json_catalogue
from app.indexing.catalogue.files.parquet_format import parquet_table
from app.indexing.catalogue.files.streams import RecodedStream, buffered
from app.indexing.catalogue.rows import BadRow, CatalogueFile, FileOptions, Row
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
    (b"ARROW1", "is an Arrow (Feather) file: save it as Parquet or CSV"),
    (b"PAR1", "is Parquet inside an archive: unpack it first"),
)


@contextmanager
def open_catalogue_file(path: Path, options: FileOptions | None = None) -> Iterator[CatalogueFile]:
    """Open the catalogue at `path` while the block runs; reading a long file shows progress.

    Raises:
        IndexingError: The file is missing, empty, damaged, or not a catalogue; also while rows are read.
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
        file = _catalogue_in(path, source, size, stack, options or FileOptions())
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


def _catalogue_in(path: Path, source: BinaryIO, size: int, stack: ExitStack, options: FileOptions) -> CatalogueFile:
    start = source.read(8)
    source.seek(0)
    if start[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:

        def opened(name: str, stream: BinaryIO) -> CatalogueFile:
            return _catalogue_in_stream(name, stream, size, ", zip", options)

        return catalogue_in_zip(path, source, stack, opened)
    if start[:4] == b"PAR1":
        return parquet_table(path, source, options)
    return _catalogue_in_stream(str(path), source, size, "", options)


def _catalogue_in_stream(name: str, source: BinaryIO, size: int, container: str, options: FileOptions) -> CatalogueFile:
    """Open the catalogue in a stream of bytes, with or without gzip; the stream is read twice."""
    stream, unpacked = _unpacked(name, source, size)
    _refuse_other_kinds(name, stream)
    _refuse_other_tables(name, stream.peek(), options)
    encoding = Encoding(named_encoding(options.encoding)) if options.encoding else encoding_of(stream)
    source.seek(0)
    stream, _ = _unpacked(name, source, size)
    file = _catalogue_of_text(name, stream, encoding, unpacked + container, options)
    remarks = (encoding.remark,) if encoding.remark else ()
    return replace(file, remarks=remarks, warnings=() if encoding.is_sure else remarks)


def _unpacked(name: str, source: BinaryIO, size: int) -> tuple[io.BufferedReader, str]:
    stream = buffered(name, source, size)
    if stream.peek(2)[:2] != b"\x1f\x8b":
        return stream, ""
    return buffered(name, cast(BinaryIO, gzip.GzipFile(fileobj=stream)), size), ", gzip"


def _refuse_other_kinds(name: str, stream: io.BufferedReader) -> None:
    start = stream.peek()
    for magic, sentence in _OTHER_KINDS:
        if start.startswith(magic):
            raise IndexingError(f"{name} {sentence}")
    if start[257:262] == b"ustar":
        raise IndexingError(f"{name} is a tar archive: unpack it first (tar -xf) and name the catalogue")


def _refuse_other_tables(name: str, start: bytes, options: FileOptions) -> None:
    """Refuse a table without the columns of a catalogue by its first lines, before the whole file is read."""
    if not start.isascii() or b"\0" in start or start.lstrip()[:1] in b"[{<":
        return
    if not _lines_end_with_cr(start.decode()):
        csv_table(name, io.BufferedReader(io.BytesIO(start)), "", options, Counter())


def _catalogue_of_text(
    name: str, raw: io.BufferedReader, encoding: Encoding, container: str, options: FileOptions
) -> CatalogueFile:
    counts: Counter[str] = Counter()
    stream = encoding.decoded(raw, counts)
    start = stream.peek().decode("utf-8", "replace")
    if start.count("\0") > len(start) // 20:
        raise IndexingError(f"{name} is not text: a catalogue is {FORMATS_READ}")
    if _lines_end_with_cr(start):
        stream = io.BufferedReader(RecodedStream(stream, "utf-8", counts, every_line_end=True))
    start = start.lstrip()
    if not start:
        raise IndexingError(f"{name} is empty: fetch it again")
    if start.startswith("<"):
        raise IndexingError(
            f"{name} is a web page or XML, not a catalogue: a download that needs a login gives a page; export JSON or "
            "CSV instead of XML"
        )
    if start.startswith(("[", "{")):
        return json_catalogue(name, stream, container, options, counts)
    return csv_table(name, stream, container, options, counts)


def _lines_end_with_cr(start: str) -> bool:
    """Return whether the first line ends with a lone CR, as old programs on a Mac write it."""
    line, ending, rest = start.partition("\r")
    return bool(ending) and "\n" not in line and not rest.startswith("\n")
