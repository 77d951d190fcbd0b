"""Detection of the encoding of a text: by name, by a byte-order mark, UTF-8, or guessed from the whole text."""

import codecs
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from app.indexing.catalogue.files.streams import BUFFER_BYTES, MAX_ROW_BYTES, MixedEncodingStream, RecodedStream
from app.indexing.errors import IndexingError

MIN_CONFIDENCE = 0.1
"""A guess with less confidence than this (of 1) gets a warning."""

_GUESSED = (
    *("gb18030", "big5", "cp932", "euc-jp", "cp949"),
    *("windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "cp874", "tis-620", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-8"),
    *("iso-8859-9", "koi8-r", "koi8-u", "macroman", "maccyrillic"),
)
"""Encodings that catalogues have. chardet knows more, and would mistake short texts for them."""

_SUPERSETS = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874"}
_WEAK = 0.15
"""Below this confidence, the text is too short for chardet, and `_reads_as_western` is tried first."""

_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüßÀÁÄÅÇÉÖÜ\u2018\u2019\u201c\u201d\u2013\u2014\u2026«»¿¡£€°®©™\u00a0·")
_NEIGHBOURS = re.compile(r"[^\W\d_a-zA-Z]{2}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE_ESCAPE = b"\x1b$B"
_SAMPLE_BYTES = 400_000
_MIXED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a text. `fallback` is the encoding of lines that are not UTF-8; `remark` describes a guess."""

    name: str = "utf-8"
    fallback: str | None = None
    remark: str | None = None
    is_sure: bool = True
    is_valid: bool = False

    def decoded(self, stream: io.BufferedReader, counts: Counter[str]) -> io.BufferedReader:
        """Return the stream as UTF-8 without a byte-order mark; characters that cannot be read go into `counts`."""
        if self.fallback:
            return io.BufferedReader(MixedEncodingStream(stream, self.fallback), BUFFER_BYTES)
        if self.name == "utf-8" and self.is_valid:
            return stream
        return io.BufferedReader(RecodedStream(stream, self.name, counts), BUFFER_BYTES)


def named_encoding(name: str) -> str:
    """Return Python's name of an encoding of text.

    Raises:
        IndexingError: There is no such encoding.
    """
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        info = None
    if info is None or not info._is_text_encoding:
        raise IndexingError(
            f"--encoding {name} is not known: use a name such as utf-8, cp1252, gbk, shift_jis, big5, euc_kr, cp1251, "
            "cp1254, cp1250 or mac_roman (docs.python.org lists all under codecs)"
        )
    return info.name


def encoding_of(stream: BinaryIO) -> Encoding:
    """Detect the encoding of a text by reading it to its end."""
    start = stream.read(BUFFER_BYTES)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name)
    if wide := _unmarked_utf16(start):
        return Encoding(wide, remark=f"encoding: {wide}, a guess from its zero bytes")
    decoder = codecs.getincrementaldecoder("utf-8")()
    survey = _Survey()
    data, valid, escapes = start, True, False
    while data:
        escapes = escapes or _JAPANESE_ESCAPE in data
        if valid:
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                valid = False
        survey.add(data)
        data = stream.read(BUFFER_BYTES)
    if not valid:
        return survey.encoding()
    if escapes:
        return Encoding("iso2022_jp", remark="encoding: iso2022_jp, a guess from its escape sequences")
    return Encoding(is_valid=True)


def _unmarked_utf16(start: bytes) -> str | None:
    even, odd, half = start[::2].count(0), start[1::2].count(0), len(start) // 2
    if half >= 8 and max(even, odd) > 0.7 * half and min(even, odd) < 0.05 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


class _Survey:
    """Lines with non-ASCII characters: how many are UTF-8, and a sample of the others from the whole text."""

    def __init__(self) -> None:
        self._rest = b""
        self._utf8_lines = 0
        self._other_lines = 0
        self._sample: list[bytes] = []
        self._sample_bytes = 0
        self._every = 1

    def add(self, data: bytes) -> None:
        if data.isascii() and (not self._rest or self._rest.isascii()):
            self._rest = data[data.rfind(b"\n") + 1 :][-MAX_ROW_BYTES:]
            return
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            if not line.isascii():
                self._add_line(line)
        if len(self._rest) > MAX_ROW_BYTES:
            self._add_line(self._rest)
            self._rest = b""

    def _add_line(self, line: bytes) -> None:
        try:
            line.decode()
        except UnicodeDecodeError:
            self._other_lines += 1
            if self._other_lines % self._every == 0:
                self._sample.append(line[:_SAMPLE_BYTES])
                self._sample_bytes += len(self._sample[-1])
            while self._sample_bytes > _SAMPLE_BYTES and len(self._sample) > 1:
                self._sample = self._sample[1::2]
                self._sample_bytes = sum(map(len, self._sample))
                self._every *= 2
        else:
            self._utf8_lines += 1

    def encoding(self) -> Encoding:
        """Return the guess."""
        if not self._rest.isascii():
            self._add_line(self._rest)
        name, confidence = _guess(b"\n".join(self._sample))
        sure = f"{name}, a guess (confidence {confidence:.2f} of 1); --encoding NAME sets another"
        is_sure = confidence >= MIN_CONFIDENCE
        if self._utf8_lines >= _MIXED_SHARE * self._other_lines:
            return Encoding("utf-8", name, f"{self._other_lines:,} lines are not UTF-8: read as {sure}", is_sure)
        return Encoding(name, None, f"encoding: {sure}", is_sure)


def _guess(sample: bytes) -> tuple[str, float]:
    """Return the most probable encoding and chardet's confidence in it, from 0 to 1."""
    import chardet  # imported only for files that are not UTF-8

    found: dict[str, float] = {}
    for result in chardet.detect_all(sample, max_bytes=len(sample) + 1, include_encodings=_GUESSED):
        name = codecs.lookup(result["encoding"] or "cp1252").name
        found.setdefault(_SUPERSETS.get(name, name), float(result["confidence"]))
    best = max(found, key=lambda name: found[name], default="cp1252")
    if found.get(best, 0.0) < _WEAK:
        best = next((name for name in ("cp1252", "mac-roman") if _reads_as_western(sample, name)), best)
    return best, found.get(best, 0.0)


def _reads_as_western(sample: bytes, encoding: str) -> bool:
    """Return whether the non-ASCII characters are only accents and quotes of Western Europe, mostly single ones."""
    text = sample.decode(encoding, "replace")
    others = [character for character in text if not character.isascii()]
    return all(map(_WESTERN.__contains__, others)) and 10 * len(_NEIGHBOURS.findall(text)) <= len(others)
