"""Incremental reading of the values of a JSON text, which holds only a piece of the file in memory."""

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.files.json_shape import PAGE_KEYS
from app.indexing.catalogue.files.streams import MAX_ROW_BYTES
from app.indexing.catalogue.rows import BadRow
from app.indexing.errors import IndexingError

JSON_ERRORS = (ValueError, RecursionError)

USUAL_PAGE = re.compile(r'"(?:' + "|".join(PAGE_KEYS) + r')"\s*:\s*(?=\[)', re.IGNORECASE)
OTHER_PAGE = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*(?=\[\s*\{)')
"""Where the films in pages of results begin: a list under a usual name, or any list of objects."""

_MAX_PAGE_KEY = 1000
_NEXT_OBJECT = re.compile(r"\}\s*,?\s*(?=\{)")
_NEXT_KEY = re.compile(r'\}\s*,?\s*(?="(?:[^"\\]|\\.)*"\s*:)')
_KEY = re.compile(r'[\s,{]*("(?:[^"\\]|\\.)*")\s*:\s*(?=\S)')
_OBJECT_END = re.compile(r"[\s,]*\}")
_LIST_END = re.compile(r"\]\s*\}*\s*$")
_SEPARATORS = re.compile(r"[\s,\[\]]*")
_READ_CHARACTERS = 1 << 18


class JsonText:
    """A JSON text that is read in pieces: `text` is the current piece, `position` the place reached in it."""

    def __init__(self, name: str, stream: io.BufferedReader) -> None:
        self._name = name
        self._read: Callable[[int], str] = codecs.getreader("utf-8")(stream, "replace").read
        self._decoder = json.JSONDecoder()
        self.text = ""
        self.position = 0
        self.ended = False
        self.refill()

    def refill(self, keep_from: int | None = None) -> None:
        """Drop the text before the position, or before `keep_from`, and read the next piece."""
        start = self.position if keep_from is None else keep_from
        more = self._read(_READ_CHARACTERS)
        self.text, self.position, self.ended = self.text[start:] + more, self.position - start, not more

    def ensure_ahead(self) -> None:
        """Read until a whole piece follows the position, or the file has ended."""
        while len(self.text) - self.position < _READ_CHARACTERS and not self.ended:
            self.refill()

    def value(self) -> object:
        """Return the value at the position and move the position behind it.

        Raises:
            ValueError, RecursionError: The value is not JSON, or longer than a row may be.
        """
        while True:
            try:
                value, self.position = self._decoder.raw_decode(self.text, self.position)
            except JSON_ERRORS:
                if self.ended or len(self.text) - self.position >= MAX_ROW_BYTES:
                    raise
                self.refill()
            else:
                return value

    def bad_row(self) -> BadRow:
        """Return the report on the value at the position, which cannot be read."""
        return BadRow(0, "broken JSON", shortened(self.text[self.position : self.position + 1000]))

    def go_to(self, pattern: re.Pattern[str], *, overlap: int = 1000) -> bool:
        """Move the position behind the next match of `pattern`; return False if there is none."""
        start = self.position + 1
        while True:
            if match := pattern.search(self.text, start):
                self.position = match.end()
                return True
            if self.ended:
                return False
            self.refill(keep_from=max(0, len(self.text) - overlap))
            start = self.position = 0

    def ends_as_list(self) -> bool:
        """Return whether the file ends as a JSON list does."""
        return bool(_LIST_END.search(self.text[-1000:]))

    def cut(self) -> IndexingError:
        """Return the error of a text that ends too early."""
        return IndexingError(f"{self._name} ends before its JSON does: the download was cut, fetch it again")


def listed_values(json_text: JsonText, *, page: re.Pattern[str] | None = None) -> Iterator[object]:
    """Yield the values of a JSON list, of the lists in pages of results, or of objects one after the other.

    `page` matches what comes before a list in a page of results.
    A value that cannot be read becomes a BadRow, and reading continues at the next object.
    """
    depth = 0
    if page and not json_text.go_to(page, overlap=_MAX_PAGE_KEY):
        return
    while True:
        json_text.ensure_ahead()
        if separators := _SEPARATORS.match(json_text.text, json_text.position):
            depth += separators[0].count("[") - separators[0].count("]")
            json_text.position = separators.end()
        if page and depth <= 0:  # each of several pages has its own list
            json_text.position -= 1
            if not json_text.go_to(page, overlap=_MAX_PAGE_KEY):
                return
            depth = 0
            continue
        if len(json_text.text) == json_text.position:
            if not json_text.ended:
                continue
            if depth > 0:
                raise json_text.cut()
            return
        try:
            yield json_text.value()
        except JSON_ERRORS:
            yield json_text.bad_row()
            if not json_text.go_to(_NEXT_OBJECT):
                if depth > 0 and not json_text.ends_as_list():
                    raise json_text.cut() from None
                return


def keyed_values(json_text: JsonText, position: int) -> Iterator[tuple[str, object]]:
    """Yield the members of the object at `position`; a value that cannot be read becomes a BadRow."""
    json_text.position = position
    while True:
        json_text.ensure_ahead()
        if _OBJECT_END.match(json_text.text, json_text.position):
            return
        match = _KEY.match(json_text.text, json_text.position)
        if not match:
            raise json_text.cut()
        key = _text_of_key(match[1])
        json_text.position = match.end()
        try:
            yield key, json_text.value()
        except JSON_ERRORS:
            yield key, json_text.bad_row()
            if not json_text.go_to(_NEXT_KEY):
                return


def _text_of_key(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except JSON_ERRORS:
        return quoted[1:-1]
