"""Byte streams of catalogue files: checked, unpacked, decoded to UTF-8, and split into lines."""

import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from app.indexing.errors import IndexingError

MAX_ROW_BYTES = 4_000_000
"""A longer line or JSON object is not a film: it is skipped and not held in memory."""

MAX_EXPANSION = 200
"""Films compress by a factor of 3 to 30. A file that unpacks to more than this factor and a gigabyte is refused."""

EXPANSION_CHECKED_FROM = 2**30
BUFFER_BYTES = 1 << 18


class _CheckedStream(io.RawIOBase):
    """Passes bytes on, raises IndexingError for every failure of unpacking, and limits the expansion."""

    def __init__(self, name: str, source: BinaryIO, size: int) -> None:
        self._name = name
        self._source = source
        self._most = max(EXPANSION_CHECKED_FROM, size * MAX_EXPANSION)
        self._passed = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        """Fill the buffer; return the number of bytes."""
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


class RecodedStream(io.RawIOBase):
    """Passes text of any encoding on as UTF-8, and counts the bytes that the encoding does not have.

    With `every_line_end`, a lone CR ends a line, too.
    """

    def __init__(self, source: BinaryIO, encoding: str, counts: Counter[str], *, every_line_end: bool = False) -> None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True) if every_line_end else decoder
        self._source = source
        self._encoding = encoding
        self._pending = b""
        self._counts = counts
        self._replaced = f"characters that {encoding} does not have, read as \ufffd"

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        """Fill the buffer; return the number of bytes."""
        while not self._pending:
            data = self._source.read(BUFFER_BYTES)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeError as error:  # UTF-16 without a mark, or an encoding that is not one of files
                raise IndexingError(
                    f"The catalogue cannot be read as {self._encoding} ({error}): set another --encoding"
                ) from None
            if "\ufffd" in text:
                self._counts[self._replaced] += text.count("\ufffd")
            self._pending = text.encode()
            if not data:
                break
        given = self._pending[: len(buffer)]
        self._pending = self._pending[len(given) :]
        buffer[: len(given)] = given
        return len(given)


class MixedEncodingStream(io.RawIOBase):
    """Passes UTF-8 lines on unchanged, and other lines converted from another encoding to UTF-8."""

    def __init__(self, source: io.BufferedReader, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._pending = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        """Fill the buffer; return the number of bytes."""
        if not self._pending:
            self._pending = self._as_utf8(self._source.readline(MAX_ROW_BYTES))
        given = self._pending[: len(buffer)]
        self._pending = self._pending[len(given) :]
        buffer[: len(given)] = given
        return len(given)

    def _as_utf8(self, line: bytes) -> bytes:
        try:
            line.decode()
        except UnicodeDecodeError:
            text = line.decode("utf-8", "replace")
            is_damaged_utf8 = not text.replace("\ufffd", "").isascii()  # it has valid non-ASCII characters
            return (text if is_damaged_utf8 else line.decode(self._encoding, "replace")).encode()
        return line


def buffered(name: str, source: BinaryIO, size: int) -> io.BufferedReader:
    """Return a buffered stream over `source` that raises IndexingError for damage."""
    return io.BufferedReader(_CheckedStream(name, source, size), BUFFER_BYTES)


def lines(stream: io.BufferedReader) -> Iterator[tuple[int, str | None]]:
    """Yield each line of UTF-8 with its number; None for a line that is too long to be a row."""
    number = 0
    while line := stream.readline(MAX_ROW_BYTES):
        number += 1
        if len(line) == MAX_ROW_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_ROW_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        text = line.decode("utf-8", "replace")
        if "\r" in text:  # a lone CR inside a line is a line break in a cell, not the end of a row
            text = text.removesuffix("\n").rstrip("\r").replace("\r", " ") + "\n"
        yield number, text.replace("\0", "") if "\0" in text else text
