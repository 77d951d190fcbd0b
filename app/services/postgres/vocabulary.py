"""What a reader of a published catalogue holds in memory: terms, genres, languages, titles and people."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.local.lexical_index import query_terms
from app.services.local.name_lookups import NameIndexes
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.postgres.candidates import Sought
from app.services.postgres.database import Database
from app.services.ranking.ranking_query import Target


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
    """By handle; a handle that was deleted has an empty title and no votes."""

    def sought(self, target: Target) -> Sought:
        """Return what candidates for a target are sought for."""
        text = target.words
        read = query_terms(text, self.term_keys, self.idf, self.posting_counts) if text else None
        keys = np.empty(0, np.int64) if read is None else self.term_keys[read.places].view(np.int64)
        return Sought(target.vector, read, keys)


def load_vocabulary(database: Database, schema: str) -> Vocabulary:
    """Read the vocabulary of a catalogue. Raises what `Database.fetch` does."""
    term_keys, idf, posting_counts = _terms(database, schema)
    films = np.array(database.fetch(_select("handle, vote_count, year", schema, "films")), np.int64).reshape(-1, 3)
    handles = int(films[:, 0].max(initial=-1)) + 1
    vote_counts, years = np.zeros(handles, np.int32), np.zeros(handles, np.int16)
    vote_counts[films[:, 0]], years[films[:, 0]] = films[:, 1], films[:, 2]
    return Vocabulary(
        term_keys,
        idf,
        posting_counts,
        genres=_counts(database, schema, "genres"),
        languages=_counts(database, schema, "languages"),
        names=_open_names(database, schema, vote_counts, years),
    )


def _terms(database: Database, schema: str) -> tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.int64]]:
    """Return keys, idf and numbers of postings [T], by ascending key."""
    rows = database.fetch(_select("term, idf, films", schema, "terms"))
    keys, idf, counts = zip(*rows, strict=True) if rows else ((), (), ())
    unsigned = np.array(keys, np.int64).view(np.uint64)
    order = np.argsort(unsigned)
    return unsigned[order], np.array(idf, np.float32)[order], np.array(counts, np.int64)[order]


def _counts(database: Database, schema: str, table: LiteralString) -> dict[str, int]:
    rows = database.fetch(_select("name, films", schema, table))
    return {name: films for name, films in sorted(rows, key=lambda row: (-row[1], row[0])) if films}


def _open_names(
    database: Database, schema: str, vote_counts: NDArray[np.int32], years: NDArray[np.int16]
) -> NameIndexes:
    """Open the indexes of titles and people from their files, which the database stores whole."""
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
