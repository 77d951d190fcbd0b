"""JSON catalogues of every usual shape: lines, lists, pages of results, pandas' orientations, mongoexport."""

import ast
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from app.indexing.catalogue.columns import (
    KNOWN_KEYS,
    GivenColumns,
    check_columns,
    column_key,
    distinct_names,
    map_columns,
    shortened,
)
from app.indexing.catalogue.files.json_shape import Shape, shape_of
from app.indexing.catalogue.files.json_values import (
    JSON_ERRORS,
    OTHER_PAGE,
    USUAL_PAGE,
    JsonText,
    keyed_values,
    listed_values,
)
from app.indexing.catalogue.files.json_wrappers import page_of, plain, unwrapped
from app.indexing.catalogue.files.streams import MAX_ROW_BYTES, lines
from app.indexing.catalogue.rows import BadRow, CatalogueFile, FileOptions, Row
from app.indexing.errors import IndexingError

MAX_WHOLE_CHARACTERS = 500_000_000
"""Maximum length of a table saved by columns, which must be read as a whole."""

Rows = Iterator[Row | BadRow]

_BRACKET_LINES = frozenset({"", "[", "]", ",", "],"})
_SHELL_CALL = re.compile(r'\b(?:ObjectId|ISODate|NumberInt|NumberLong|NumberDecimal|Date|new Date)\(("?[^()"]*"?)\)')


def json_catalogue(
    name: str, stream: io.BufferedReader, container: str, options: FileOptions, counts: Counter[str]
) -> CatalogueFile:
    """Open JSON of any shape."""
    start = stream.peek().decode("utf-8", "replace")
    shape, position = shape_of(start)
    pages = {Shape.OBJECTS: None, Shape.PAGES: USUAL_PAGE, Shape.OTHER_PAGES: OTHER_PAGE}
    if shape in pages and _is_json_lines(start.lstrip(), shape):
        rows = _line_rows(stream, options.columns)
        return CatalogueFile("JSON Lines" + container, "line", rows, counts)
    if shape in pages:
        values = listed_values(JsonText(name, stream), page=pages[shape])
        rows = _numbered(values, options.columns)
    elif shape is Shape.KEYED:
        rows = _numbered(_with_keys(keyed_values(JsonText(name, stream), position)), options.columns)
    else:
        rows = _table_rows(name, _whole(name, stream, position, shape), shape, options)
    kind = {Shape.COLUMNS: "JSON by columns", Shape.SPLIT: "JSON of columns and data", Shape.LISTS: "JSON of lists"}
    return CatalogueFile(kind.get(shape, "JSON") + container, "film", rows, counts)


def _is_json_lines(start: str, shape: Shape) -> bool:
    """Return whether the beginning of a file is JSON Lines and not an indented or enclosed list."""
    if not start.startswith("{"):
        return False
    first, newline, rest = start.partition("\n")
    if rest.lstrip().startswith("{"):
        return True
    if shape is not Shape.OBJECTS and not newline:
        return False
    return isinstance(_value_of_line(first), dict)


def _line_rows(stream: io.BufferedReader, given: GivenColumns) -> Rows:
    for number, line in lines(stream):
        if line is None:
            yield BadRow(number, f"line longer than {MAX_ROW_BYTES:,} bytes", "")
        elif line.strip() not in _BRACKET_LINES:
            value = _value_of_line(line)
            yield from (
                [BadRow(number, "broken JSON", shortened(line[:1000]))]
                if value is None
                else _rows_of_value(number, value, given)
            )


def _value_of_line(line: str) -> object:
    """Return the value of a line: JSON, possibly with a list's comma or bracket, mongo shell notation, or Python."""
    try:
        return json.loads(line)
    except JSON_ERRORS:
        pass
    text = line.strip().rstrip(",")
    text = text.removeprefix("[") if text.startswith("[{") and not text.endswith("]") else text
    text = text.removesuffix("]") if text.endswith("}]") and not text.startswith("[") else text
    for candidate in (text, _SHELL_CALL.sub(r"\1", text)):
        try:
            return json.loads(candidate)
        except JSON_ERRORS:
            continue
    if not text.startswith("{'"):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _numbered(values: Iterable[object], given: GivenColumns) -> Rows:
    for number, value in enumerate(values, start=1):
        if isinstance(value, BadRow):
            yield BadRow(number, value.reason, value.excerpt)
        else:
            yield from _rows_of_value(number, value, given)


def _rows_of_value(number: int, value: object, given: GivenColumns) -> Rows:
    """Yield the film in a JSON value, or the films if the value is a page of results."""
    if not isinstance(value, dict):
        yield BadRow(number, "not a JSON object", shortened(str(value)[:1000]))
        return
    if (page := page_of(value)) is not None:
        for item in page:
            yield from _rows_of_value(number, item, given)
        return
    film = unwrapped(value)
    yield Row(number, film, map_columns(tuple(film), given))


def _with_keys(members: Iterable[tuple[str, object]]) -> Iterator[object]:
    """Yield each object, with its key as the id if it has none, unless the keys count from 0 as pandas' index does."""
    first: str | None = None
    for key, value in members:
        first = key if first is None else first
        if first != "0" and isinstance(value, dict) and not any(map_columns(tuple(value)).fields["id"]):
            yield {"id": key, **value}
        else:
            yield value


# --- tables -----------------------------------------------------------------------------------------------------------


def _whole(name: str, stream: io.BufferedReader, position: int, shape: Shape) -> Any:  # noqa: ANN401 (any JSON)
    text = stream.read(MAX_WHOLE_CHARACTERS + 1).decode("utf-8", "replace")
    if len(text) > MAX_WHOLE_CHARACTERS:
        raise IndexingError(f"{name} is {shape.value} and too long to be read whole: save it with orient='records'")
    try:
        return json.JSONDecoder().raw_decode(text, position)[0]
    except JSON_ERRORS:
        raise IndexingError(f"{name} ends before its JSON does, or is broken: fetch it again") from None


def _table_rows(name: str, table: Any, shape: Shape, options: FileOptions) -> Rows:  # noqa: ANN401 (any JSON)
    if shape is Shape.COLUMNS:
        return _rows_of_columns(name, table, options)
    if shape is Shape.SPLIT:
        return _rows_of_split(name, table, options)
    names = list(map(str, table[0])) if table else []
    if len(KNOWN_KEYS.intersection(map(column_key, names))) >= 2:
        return _rows_of_lists(name, names, table[1:], options)
    if not options.columns:
        raise IndexingError(
            f"{name} is a list of lists without names: name the columns by their place, from 0, such as "
            "--column id=0 --column title=1 --column overview=2, or save it with orient='records'"
        )
    return _rows_of_lists(name, [str(place) for place in range(len(names))], table, options)


def _rows_of_split(name: str, table: Mapping[str, Any], options: FileOptions) -> Rows:
    columns, data, index = list(map(str, table["columns"])), table.get("data") or [], table.get("index") or []
    if len(index) == len(data) and _holds_ids(columns, map(str, index)):
        columns = ["id", *columns]
        data = [[label, *record] for label, record in zip(index, data, strict=True) if isinstance(record, list)]
    return _rows_of_lists(name, columns, data, options)


def _holds_ids(columns: Iterable[str], labels: Iterable[str]) -> bool:
    """Return whether the labels of the rows are the ids: no column has ids, and the labels do not count from 0."""
    return not map_columns(tuple(columns)).fields["id"] and any(
        label != str(place) for place, label in enumerate(labels)
    )


def _rows_of_lists(name: str, columns: list[str], data: Iterable[Any], options: FileOptions) -> Rows:
    columns = distinct_names(columns)
    check_columns(name, columns, options.needed, options.columns)
    column_map = map_columns(tuple(columns), options.columns)
    for number, record in enumerate(data, start=1):
        if isinstance(record, list) and len(record) == len(columns):
            yield Row(number, dict(zip(columns, map(plain, record), strict=True)), column_map)
        else:
            yield BadRow(number, "wrong number of columns", shortened(str(record)[:1000]))


def _rows_of_columns(name: str, table: Mapping[str, Any], options: FileOptions) -> Rows:
    """Yield the rows of a table saved by columns: a list per column, or an object by the rows' labels."""
    labels = dict.fromkeys(chain.from_iterable(column for column in table.values() if isinstance(column, dict)))
    if labels and _holds_ids(table, labels):
        table = {"id": dict(zip(labels, labels, strict=True)), **table}
    check_columns(name, list(table), options.needed, options.columns)
    column_map = map_columns(tuple(table), options.columns)
    cells = {
        column: dict(enumerate(table[column])) if isinstance(table[column], list) else table[column]
        for column in column_map.used
        if isinstance(table[column], dict | list)
    }
    for number, label in enumerate(dict.fromkeys(chain.from_iterable(cells.values())), start=1):
        yield Row(number, {column: plain(by_label.get(label)) for column, by_label in cells.items()}, column_map)
