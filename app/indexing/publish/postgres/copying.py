"""Copying of the rows of a built set into the tables of a new catalogue."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from app.indexing.progress import with_progress
from app.indexing.publish.postgres.films import COLUMN_TYPES, COLUMNS, film_row
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.files.manifest import Manifest
from app.services.local.lexical_index import LexicalIndex
from app.services.local.movie_map import MovieMap
from app.services.local.people_index import credit_weights
from app.services.postgres.layout import PEOPLE_WEIGHTS_FILE, READERS_FILES
from app.services.vectors import Vector, unit

_CHUNK = 1000

_MAX_FILMS_OF_TERM = 8000
"""Those in which it weighs most. They only find films: for the films found, all weights count."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class BuiltSet:
    """The parts of models/ that are published."""

    manifest: Manifest
    films: MovieMap
    vectors: StoredVectors
    words: LexicalIndex
    directory: Path
    """The serving directory."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, and the function that reads its rows from a built set."""

    name: str
    columns: str
    types: tuple[str, ...]
    rows: Callable[[BuiltSet], Iterator[Row]]


def copy_rows(connection: psycopg.Connection[Any], schema: str, built: BuiltSet) -> None:
    """Fill the tables of a new catalogue."""
    films, terms = len(built.films), len(built.words.terms()[0])
    for table in _TABLES:
        total = terms if table.name in {"terms", "postings"} else films
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
            sql.Identifier(schema, table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns.split(", ")))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(table.types)
            for row in with_progress(table.rows(built), total=total, label=f"Copying {table.name}", unit="rows"):
                copy.write_row(row)
    with connection.cursor() as cursor:
        insert = sql.SQL("INSERT INTO {} (name, films) VALUES (%s, %s)")
        cursor.executemany(insert.format(sql.Identifier(schema, "genres")), built.films.films_per_genre())
        cursor.executemany(insert.format(sql.Identifier(schema, "languages")), built.films.films_per_language())
        files = sql.SQL("INSERT INTO {} VALUES (%s, %b)").format(sql.Identifier(schema, "files"))
        cursor.executemany(files, _files(built))


def _files(built: BuiltSet) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of the files that readers hold in memory."""
    for path in (path for pattern in READERS_FILES for path in sorted(built.directory.glob(pattern))):
        yield path.name, path.read_bytes()
    weights: Counter[str] = Counter()
    for film in map(built.films.record, range(len(built.films))):
        weights.update(credit_weights(film.directors, film.cast))
    content = BytesIO()
    np.save(content, np.array(sorted(weights.values(), reverse=True), np.int32))
    yield PEOPLE_WEIGHTS_FILE, content.getvalue()


def _film_rows(built: BuiltSet) -> Iterator[Row]:
    for handle, vector in _vector_rows(built):
        yield film_row(handle, built.films.record(handle), vector)


def _vector_rows(built: BuiltSet) -> Iterator[tuple[int, Vector]]:
    for start in range(0, len(built.films), _CHUNK):
        stop = min(start + _CHUNK, len(built.films))
        yield from zip(range(start, stop), unit(built.vectors.chunk(start, stop)), strict=True)


def _record_rows(built: BuiltSet) -> Iterator[Row]:
    return ((handle, built.films.record_json(handle).decode()) for handle in range(len(built.films)))


def _term_rows(built: BuiltSet) -> Iterator[Row]:
    keys, idf, _ = built.words.terms()
    return zip(keys.view(np.int64).tolist(), idf.tolist(), strict=True)


def _posting_rows(built: BuiltSet) -> Iterator[Row]:
    """Yield for each term the films in which it weighs most."""
    for key, positions, weights in built.words.postings():
        if len(weights) > _MAX_FILMS_OF_TERM:
            heaviest = np.sort(np.argpartition(-weights, _MAX_FILMS_OF_TERM)[:_MAX_FILMS_OF_TERM])
            positions, weights = positions[heaviest], weights[heaviest]
        yield int(np.uint64(key).view(np.int64)), positions.tolist(), weights.tolist()


def _film_term_rows(built: BuiltSet) -> Iterator[Row]:
    """Yield for each film its terms and their weights."""
    keys, _, counts = built.words.terms()
    of_terms = [(positions, weights) for _, positions, weights in built.words.postings()]
    films = np.concatenate([positions for positions, _ in of_terms])
    order = np.argsort(films, kind="stable")
    terms = np.repeat(keys.view(np.int64), counts)[order]
    weights = np.concatenate([weights for _, weights in of_terms])[order]
    ends = np.cumsum(np.bincount(films, minlength=len(built.films))).tolist()
    for handle, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        yield handle, terms[start:end].tolist(), weights[start:end].tolist()


_TABLES = (
    _Table("films", COLUMNS, COLUMN_TYPES, _film_rows),
    _Table("vectors", "handle, vector", ("int4", "vector"), _vector_rows),
    _Table("records", "handle, record", ("int4", "text"), _record_rows),
    _Table("film_terms", "handle, terms, weights", ("int4", "int8[]", "float4[]"), _film_term_rows),
    _Table("terms", "term, idf", ("int8", "float4"), _term_rows),
    _Table("postings", "term, films, weights", ("int8", "int4[]", "float4[]"), _posting_rows),
)
