"""The part of a published catalogue that readers hold in memory: terms, genres, languages, titles and people."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import Narrowing
from app.services.local.lexical_index import QueryTerms, query_terms
from app.services.local.name_lookups import NameIndexes
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.postgres.database import Database
from app.services.ranking.ranking_query import Target
from app.services.vectors import Vector


@dataclass(frozen=True, slots=True)
class Sought:
    """What candidates are searched by: a direction, and the terms of a text with their keys in the database."""

    vector: Vector
    terms: QueryTerms | None
    keys: NDArray[np.int64]
    word_value: float
    """Raw score for each unit of the sum of a film's weights times the terms' factors."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One revision of a catalogue's vocabulary."""

    term_keys: NDArray[np.uint64]  # [T] ascending
    idf: NDArray[np.float32]  # [T]
    posting_counts: NDArray[np.int64]  # [T]
    genres: dict[str, int]
    """Films of each genre, most first."""
    languages: dict[str, int]
    names: NameIndexes
    """By handle; a deleted handle has an empty title and no votes."""
    counts: dict[Narrowing, int] = field(default_factory=dict)
    """Cached numbers of films that pass narrowings."""

    def sought(self, target: Target) -> Sought:
        """Return what candidates for a target are searched by."""
        text = target.words
        read = query_terms(text, self.term_keys, self.idf, self.posting_counts) if text else None
        keys = np.empty(0, np.int64) if read is None else self.term_keys[read.places].view(np.int64)
        return Sought(target.vector, read, keys, 0.0 if read is None else target.weights.words / read.bound)


def load_vocabulary(database: Database, schema: str) -> Vocabulary:
    """Read the vocabulary of a catalogue. Raises what `Database.fetch` does."""
    term_keys, idf, posting_counts = _terms(database, schema)
    handles, votes, years = _packed(database, schema, "films", ("handle", "vote_count", "year"), "handle")
    by_handle = np.zeros((2, int(handles.max(initial=-1)) + 1), np.int32)
    by_handle[:, handles] = votes, years
    return Vocabulary(
        term_keys,
        idf,
        posting_counts,
        genres=_counts(database, schema, "genres"),
        languages=_counts(database, schema, "languages"),
        names=_open_names(database, schema, by_handle[0], by_handle[1].astype(np.int16)),
    )


def _terms(database: Database, schema: str) -> tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.int64]]:
    """Return keys, idf and numbers of postings [T], by ascending key."""
    keys, idf, counts = _packed(database, schema, "terms", ("term", "idf", "films"), "term")
    unsigned = keys.view(np.uint64)
    order = np.argsort(unsigned)
    return unsigned[order], idf[order], counts[order].astype(np.int64)


_SENT_AS = {"term": ("int8send", np.int64), "idf": ("float4send", np.float32), "year": ("int2send", np.int16)}


def _packed(
    database: Database, schema: str, table: LiteralString, columns: tuple[LiteralString, ...], order: LiteralString
) -> list[NDArray[Any]]:
    """Return whole columns of a table as arrays, each sent as one value, which is ten times faster than row by row."""
    kinds = [_SENT_AS.get(column, ("int4send", np.int32)) for column in columns]
    sent = [
        sql.SQL("string_agg({}({}), NULL ORDER BY {})").format(*map(sql.Identifier, (kind, column, order)))
        for column, (kind, _) in zip(columns, kinds, strict=True)
    ]
    statement = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(sent), sql.Identifier(schema, table))
    (row,) = database.fetch(statement)
    return [
        np.frombuffer(value or b"", np.dtype(dtype).newbyteorder(">")).astype(dtype)
        for value, (_, dtype) in zip(row, kinds, strict=True)
    ]


def _counts(database: Database, schema: str, table: LiteralString) -> dict[str, int]:
    rows = database.fetch(_select("name, films", schema, table))
    return {name: films for name, films in sorted(rows, key=lambda row: (-row[1], row[0])) if films}


def _open_names(
    database: Database, schema: str, vote_counts: NDArray[np.int32], years: NDArray[np.int16]
) -> NameIndexes:
    """Open the indexes of titles and people from their files in the database."""
    with tempfile.TemporaryDirectory(prefix="names-") as scratch:
        directory = Path(scratch)
        for name, content in database.fetch(_select("name, content", schema, "files")):
            (directory / Path(name).name).write_bytes(content)
        has_people = any(directory.glob("people_*"))
        return NameIndexes(
            TitleIndex.open(directory),
            TitleKeys.open(directory),
            PeopleIndex.open(directory) if has_people else None,
            vote_counts,
            years,
        )


def _select(columns: LiteralString, schema: str, table: LiteralString) -> sql.Composed:
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(columns), sql.Identifier(schema, table))
