"""JSON Lines, JSON lists and pages of results."""

import codecs
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator

from app.indexing.catalogue.columns import column_name
from app.indexing.catalogue.files.streams import MAX_ROW_BYTES, lines
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row, shortened
from app.indexing.errors import IndexingError

ENVELOPE_KEYS = ("results", "movies", "films", "items", "data", "hits")

_ENVELOPE = re.compile(r'"(?:' + "|".join(ENVELOPE_KEYS) + r')"\s*:\s*(?=\[)')
_LONGEST_ENVELOPE = 1000
_NEXT_OBJECT = re.compile(r"\}\s*,?\s*(?=\{)")
_LIST_END = re.compile(r"\]\s*\}?\s*$")
_SEPARATORS = re.compile(r"[\s,\[\]]*")
_JSON_ERRORS = (ValueError, RecursionError)
_READ_CHARACTERS = 1 << 18

_AS_CP1252 = "utf-8, else cp1252"


def is_json_lines(start: str) -> bool:
    """Tell JSON Lines from an indented or enclosed list by how the file begins."""
    first, _, rest = start.partition("\n")
    if rest.lstrip().startswith("{"):
        return True
    try:
        return isinstance(json.loads(first), dict)
    except _JSON_ERRORS:
        return False


def json_lines(stream: io.BufferedReader, container: str) -> CatalogueFile:
    """Read one JSON object from each line."""
    remarks: Counter[str] = Counter()

    def rows() -> Iterator[Row | BadRow]:
        for number, line in lines(stream, remarks):
            if line is None:
                yield BadRow(number, f"line longer than {MAX_ROW_BYTES:,} bytes", "")
            elif not line.isspace():
                try:
                    value = json.loads(line)
                except _JSON_ERRORS:
                    yield BadRow(number, "broken JSON", shortened(line))
                else:
                    yield from _rows_of_value(number, value)

    return CatalogueFile("JSON Lines" + container, "line", rows(), remarks)


def _rows_of_value(number: int, value: object) -> Iterator[Row | BadRow]:
    """Yield the film that a JSON value is, or the films of the page of results that it is."""
    if not isinstance(value, dict):
        yield BadRow(number, "not a JSON object", shortened(str(value)[:1000]))
        return
    page = next((value[key] for key in ENVELOPE_KEYS if isinstance(value.get(key), list)), None)
    if page is not None and "overview" not in value:
        for item in page:
            yield from _rows_of_value(number, item)
        return
    yield Row(number, {column_name(key): item for key, item in value.items()})


def json_list(name: str, stream: io.BufferedReader, container: str) -> CatalogueFile:
    """Read a JSON list, a list inside an object, or objects one after the other."""

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
            yield BadRow(0, "broken JSON", shortened(text[position : position + 1000]))
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
