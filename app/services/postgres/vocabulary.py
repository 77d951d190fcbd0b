"""The part of a published catalogue that readers hold in memory: terms, genres, languages, titles and people.

It is read once, as it was when the catalogue was published. Then readers apply the changes of single films to it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import LiteralString, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import Narrowing
from app.services.local.lexical_index import QueryTerms, film_words, query_terms
from app.services.local.name_lookups import NameIndexes
from app.services.movie_record import MovieRecord, read_record
from app.services.postgres.database import Database
from app.services.postgres.layout import IDF_OF_NEW_TERM
from app.services.postgres.names.edits import Edit
from app.services.postgres.names.names import Films, Names, read_array, read_names
from app.services.ranking.ranking_query import Target
from app.services.terms import term_key, terms
from app.services.vectors import Vector

Name = TypeVar("Name", int, str)


@dataclass(frozen=True, slots=True)
class Sought:
    """What candidates are searched by: a direction, and the terms of a text with their keys in the database."""

    vector: Vector
    terms: QueryTerms | None
    keys: NDArray[np.int64]
    word_value: float
    """Raw score for each unit of the sum of a film's weights times the terms' factors."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all films."""

    keys: NDArray[np.uint64]  # [T] ascending
    idf: NDArray[np.float32]  # [T] as when the catalogue was published
    counts: NDArray[np.int64]  # [T] films of each term

    def changed(self, removed: Films, added: Films) -> Self:
        """Return the terms after films were removed and added."""
        by = _count(added, _term_keys)
        by.subtract(_count(removed, _term_keys))
        found = np.array(sorted(by), np.uint64)
        places = np.searchsorted(self.keys, found)
        is_new = self.keys.take(places, mode="clip") != found if len(self.keys) else np.ones(len(found), np.bool_)
        insertion = Edit(np.empty(0, np.int64), places[is_new])
        keys = insertion.column(self.keys, found[is_new])
        idf = insertion.column(self.idf, np.full(np.count_nonzero(is_new), IDF_OF_NEW_TERM))
        counts = insertion.column(self.counts, np.zeros(np.count_nonzero(is_new)))
        counts[np.searchsorted(keys, found)] += [by[key] for key in found.tolist()]
        return type(self)(keys, idf, counts)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One revision of a catalogue's vocabulary."""

    revision: int
    films: int
    """The number of films of the catalogue."""
    terms: Terms
    genres: dict[str, int]
    """Films of each genre, most first."""
    languages: dict[str, int]
    names: Names
    name_indexes: NameIndexes
    """By handle; a removed film has an empty title and no votes."""
    counts: dict[Narrowing, int] = field(default_factory=dict)
    """Cached numbers of films that pass narrowings."""

    def sought(self, target: Target) -> Sought:
        """Return what candidates for a target are searched by."""
        text, of_all = target.words, self.terms
        read = query_terms(text, of_all.keys, of_all.idf, of_all.counts) if text else None
        keys = np.empty(0, np.int64) if read is None else of_all.keys[read.places].view(np.int64)
        return Sought(target.vector, read, keys, 0.0 if read is None else target.weights.words / read.bound)

    def changed(self, revision: int, removed: Films, added: Films) -> Self:
        """Return the vocabulary of a later revision, after films were removed and added."""
        names = self.names.changed(removed, added)
        return type(self)(
            revision,
            self.films + len(added) - len(removed),
            self.terms.changed(removed, added),
            _recounted(self.genres, _count(removed, _genres), _count(added, _genres)),
            _recounted(self.languages, _count(removed, _languages), _count(added, _languages)),
            names,
            names.indexes(),
        )


def load_vocabulary(database: Database, schema: str) -> Vocabulary:
    """Read the vocabulary of a catalogue. Raises what `Database.fetch` does."""
    files = dict(database.fetch(_select("name, content", schema, "files")))
    names = read_names(files)
    counts = np.diff(read_array(files, "lexical_offsets"))
    published = Vocabulary(
        0,
        len(names.years),
        Terms(read_array(files, "lexical_term_keys"), read_array(files, "lexical_idf"), counts),
        _most_first(dict(database.fetch(_select("name, films", schema, "genres")))),
        _most_first(dict(database.fetch(_select("name, films", schema, "languages")))),
        names,
        names.indexes(),
    )
    return refreshed(database, schema, published)


def refreshed(database: Database, schema: str, vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary after the changes since its revision. Raises what `Database.fetch` does."""
    statement: LiteralString = (
        "SELECT c.revision, c.handle, c.is_added, r.record FROM {changes} c JOIN {records} r USING (handle) "
        "WHERE c.revision > %(revision)s ORDER BY c.revision"
    )
    tables = {name: sql.Identifier(schema, name) for name in ("changes", "records")}
    rows = database.fetch(sql.SQL(statement).format(**tables), {"revision": vocabulary.revision})
    if not rows:
        return vocabulary
    removed: dict[int, MovieRecord] = {}
    added: dict[int, MovieRecord] = {}
    for _, handle, is_added, record in rows:
        if is_added:
            added[handle] = read_record(record.encode())
        elif added.pop(handle, None) is None:
            removed[handle] = read_record(record.encode())
    return vocabulary.changed(rows[-1][0], removed, added)


def _count(films: Films, names: Callable[[MovieRecord], Iterable[Name]]) -> Counter[Name]:
    """Return how many films have each name."""
    return Counter(name for film in films.values() for name in set(names(film)))


def _term_keys(film: MovieRecord) -> Iterable[int]:
    return map(term_key, terms(film_words(film.title, film.overview, film.keywords)))


def _genres(film: MovieRecord) -> Iterable[str]:
    return film.genres


def _languages(film: MovieRecord) -> Iterable[str]:
    return [film.original_language] if film.original_language else []


def _recounted(counts: dict[str, int], removed: Counter[str], added: Counter[str]) -> dict[str, int]:
    return _most_first(Counter(counts) + added - removed)


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    return {name: films for name, films in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if films}


def _select(columns: LiteralString, schema: str, table: LiteralString) -> sql.Composed:
    return sql.SQL("SELECT {} FROM {}").format(sql.SQL(columns), sql.Identifier(schema, table))
