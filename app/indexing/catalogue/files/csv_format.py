"""CSV tables: detection of the header, the delimiter and the quoting."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from app.indexing.catalogue.columns import KNOWN_KEYS, check_columns, column_key, distinct_names, map_columns
from app.indexing.catalogue.files.csv_rows import CsvRows, Dialect, readable_rows
from app.indexing.catalogue.files.streams import lines
from app.indexing.catalogue.rows import CatalogueFile, FileOptions

_DELIMITERS = (",", ";", "\t", "|")
_DECLARED = re.compile(r'"?sep=(.)"?\s*')
"""Excel's line that names the delimiter."""

_PREAMBLE = re.compile(r"\ufeff?Letterboxd list export")
"""Begins a table about the list, which an empty line separates from the table of its films."""

_OTHER_DELIMITER = re.compile(r"""[^\w\s"'().-]|\x01""")
_LONG_DELIMITER = re.compile(r"""(?<=\w)[^\w\s"'().-]{2,3}(?=\w)""")
_ESCAPED_QUOTE = re.compile(r"""\\["']""")

_LINES_TRIED = 500
_LINES_BEFORE_HEADER = 10

Lines = Iterator[tuple[int, str | None]]


def csv_table(
    name: str, stream: io.BufferedReader, container: str, options: FileOptions, counts: Counter[str]
) -> CatalogueFile:
    """Open a CSV table; the delimiter and the quoting are those by which most of its first lines can be read."""
    numbered = lines(stream)
    header, delimiter, numbered = _header(numbered, options)
    columns = distinct_names(split_header(header, delimiter))
    check_columns(name, columns, options.needed, options.columns)
    column_map = map_columns(tuple(columns), options.columns)
    tried = list(islice(numbered, _LINES_TRIED))
    dialect = _dialect(tried, columns, delimiter)
    rows = CsvRows(columns, column_map, chain(tried, numbered), delimiter, dialect, counts)
    return CatalogueFile(_dataset(columns) + container, "line", rows, counts)


def split_header(header: str, delimiter: str) -> list[str]:
    """Return the names of a header line."""
    if len(delimiter) > 1:
        return [part.strip().strip("\"'") for part in header.split(delimiter)]
    try:
        return [column.strip() for column in next(csv.reader([header], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def _header(numbered: Lines, options: FileOptions) -> tuple[str, str, Lines]:
    """Return the header line, its delimiter, and the lines after it; text before the header is skipped."""
    before: list[tuple[int, str | None]] = []
    declared: str | None = None
    first: tuple[str, str, int] | None = None
    is_preamble = False
    for number, line in islice(numbered, _LINES_BEFORE_HEADER):
        before.append((number, line))
        if not line or not line.strip(" \t\r\n,;|"):
            is_preamble = False
            continue
        is_preamble = is_preamble or _PREAMBLE.match(line) is not None
        if is_preamble:
            continue
        if match := _DECLARED.fullmatch(line):
            declared = match[1]
            continue
        delimiter = _delimiter(line, declared, options)
        first = first or (line, delimiter, len(before))
        if _known_columns(line, delimiter, options) >= 2:
            return line, delimiter, numbered
    header, delimiter, place = first or ("", ",", len(before))
    return header, delimiter, chain(before[place:], numbered)


def _delimiter(header: str, declared: str | None, options: FileOptions) -> str:
    """Return the delimiter that gives the most known columns; among equals, a declared or usual delimiter."""
    candidates: Iterable[str] = dict.fromkeys(
        chain(
            [declared] if declared else [],
            _DELIMITERS,
            _LONG_DELIMITER.findall(header),
            _OTHER_DELIMITER.findall(header),
        )
    )
    return max(candidates, key=lambda candidate: _known_columns(header, candidate, options))


def _dialect(tried: Sequence[tuple[int, str | None]], columns: Sequence[str], delimiter: str) -> Dialect:
    """Return the dialect in which most of the first lines can be read; an unusual one must be better than the usual."""
    text = "".join(line or "" for _, line in tried)
    usual, backslash = Dialect(), Dialect(escape="\\")
    best, most = usual, readable_rows(tried, columns, delimiter, usual)
    if _ESCAPED_QUOTE.search(text):
        readable = readable_rows(tried, columns, delimiter, backslash)
        if readable > most or (readable == most and '""' not in text):
            best, most = backslash, readable
    if f'{delimiter} "' in text:
        spaced = Dialect(skip_spaces=True)
        if (readable := readable_rows(tried, columns, delimiter, spaced)) > most:
            best, most = spaced, readable
    if f"{delimiter}'" in text:
        single = Dialect(quote="'", escape="\\")
        if readable_rows(tried, columns, delimiter, single) > 2 * most:
            best = single
    return best


def _known_columns(header: str, delimiter: str, options: FileOptions) -> int:
    known = KNOWN_KEYS | {column_key(column) for _, column in options.columns}
    return len(known.intersection(map(column_key, split_header(header, delimiter))))


def _dataset(columns: Sequence[str]) -> str:
    names = {column.casefold() for column in columns}
    if {"belongs_to_collection", "poster_path"} <= names:
        return "CSV of The Movies Dataset"
    if {"backdrop_path", "imdb_id", "keywords"} <= names:
        return "CSV of the full TMDB dataset"
    if {"budget", "keywords", "genres"} <= names and "poster_path" not in names:
        return "CSV of TMDB 5000"
    if {"id", "genre", "overview", "popularity"} <= names and "genres" not in names:
        return "CSV of the TMDB top 10K"
    return "CSV"
