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
"""A longer line or JSON object is no film: it is skipped without being held in memory."""

MAX_EXPANSION = 200
"""Film texts shrink by 3 to 30 times; one that grows by more than this, past a gigabyte, is no catalogue."""

EXPANSION_CHECKED_FROM = 2**30
BUFFER_BYTES = 1 << 18


class _CheckedStream(io.RawIOBase):
    """Passes bytes on, turns every way in which unpacking fails into an IndexingError, and bounds the expansion."""

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
    """Passes text on as UTF-8 with Unix line ends, whatever encoding and line ends it came in."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._source = source
        self._pending = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (the type is the standard library's)
        """Fill the buffer; return the number of bytes."""
        while not self._pending:
            data = self._source.read(BUFFER_BYTES)
            self._pending = self._decoder.decode(data, final=not data).encode()
            if not data:
                break
        given = self._pending[: len(buffer)]
        self._pending = self._pending[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def buffered(name: str, source: BinaryIO, size: int) -> io.BufferedReader:
    """Return a buffered stream over `source` that raises IndexingError for damage."""
    return io.BufferedReader(_CheckedStream(name, source, size), BUFFER_BYTES)


def lines(stream: io.BufferedReader, remarks: Counter[str]) -> Iterator[tuple[int, str | None]]:
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
