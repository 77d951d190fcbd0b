"""Reading of the columns, vectors and shared words from which the raw scores of some films are computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Self

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import Handles
from app.services.postgres.database import Database
from app.services.postgres.vocabulary import Sought
from app.services.ranking.scores import UNKNOWN
from app.services.vectors import Positions, unit

_VECTOR_HEADER = np.dtype([("dimension", ">u2"), ("unused", ">u2")])
_COLUMNS: LiteralString = (
    "SELECT f.handle, f.year, f.runtime, f.vote_average, f.language, f.genres, vector_send(v.vector) "
    "FROM {films} f JOIN {vectors} v USING (handle) WHERE f.handle = ANY(%(handles)s)"
)
_SHARED_TERMS: LiteralString = (
    "SELECT u.term, array_agg(t.handle), array_agg(u.weight) "
    "FROM {film_terms} t CROSS JOIN unnest(t.terms, t.weights) AS u(term, weight) "
    "WHERE t.handle = ANY(%(handles)s) AND u.term = ANY(%(terms)s) GROUP BY u.term"
)


@dataclass(frozen=True, slots=True)
class DatabaseColumns:
    """The columns of n films; see FilmColumns."""

    handles: Handles  # [n] ascending
    years: NDArray[np.int16]  # [n]
    runtimes: NDArray[np.int16]  # [n]
    vote_averages: NDArray[np.int32]  # [n]
    languages: list[str | None]  # [n] casefolded
    genres: list[list[str]]  # [n] casefolded
    known_genres: frozenset[str]
    """Casefolded genres of the whole catalogue."""

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]], known_genres: frozenset[str]) -> Self:
        """Return handles, years, runtimes, mean votes, languages and genres with their types."""
        handles, years, runtimes, vote_averages, languages, genres = columns
        return cls(
            handles=np.array(handles, np.int64),
            years=np.array(years, np.int16),
            runtimes=np.array([UNKNOWN if minutes is None else minutes for minutes in runtimes], np.int16),
            vote_averages=np.array([UNKNOWN if average is None else average for average in vote_averages], np.int32),
            languages=list(languages),
            genres=list(genres),
            known_genres=known_genres,
        )

    def __len__(self) -> int:
        return len(self.handles)

    @property
    def genre_counts(self) -> NDArray[np.uint8]:
        """How many genres each film has; see FilmColumns."""
        return np.array([len(genres) for genres in self.genres], np.uint8)

    def has_genre(self, name: str) -> bool:
        """Return whether any film of the catalogue has a genre; see FilmColumns."""
        return name.casefold() in self.known_genres

    def genre_positions(self, name: str) -> Positions:
        """Return which of the films have a genre; see FilmColumns."""
        folded = name.casefold()
        return np.array([i for i, genres in enumerate(self.genres) if folded in genres], np.int64)

    def in_languages(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return which of the films are in one of these languages; see FilmColumns."""
        folded = {code.casefold() for code in codes}
        return np.array([language in folded for language in self.languages], np.bool_)


def columns_of(rows: list[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Return the columns of rows in ascending order of handles, which are the first column."""
    return list(zip(*sorted(rows, key=lambda row: row[0]), strict=True)) or [()] * width


def fetch_columns(
    database: Database, schema: str, handles: Handles, known_genres: frozenset[str]
) -> tuple[DatabaseColumns, NDArray[np.float32]]:
    """Return the columns and the unit vectors [n, dimension] of films."""
    statement = sql.SQL(_COLUMNS).format(**_tables(schema))
    *columns, vectors = columns_of(database.fetch(statement, {"handles": handles.tolist()}), 7)
    return DatabaseColumns.of(columns, known_genres), read_vectors(vectors)


def read_vectors(sent: Sequence[bytes]) -> NDArray[np.float32]:
    """Return unit vectors [n, dimension] from what vector_send gives: a header, and floats of the network's order."""
    if not sent:
        return np.empty((0, 0), np.float32)
    rows = np.frombuffer(b"".join(sent), np.uint8).reshape(len(sent), -1)[:, _VECTOR_HEADER.itemsize :]
    return unit(np.ascontiguousarray(rows).view(">f4").astype(np.float32))


def fetch_word_shares(
    database: Database, schema: str, handles: Handles, sought: Sequence[Sought]
) -> list[NDArray[np.float32] | None]:
    """Return for each text the films' word scores [n] divided by the highest possible; None without words."""
    terms = np.unique(np.concatenate([each.keys for each in sought]))
    parameters = {"terms": terms.tolist(), "handles": handles.tolist()}
    sums: dict[int, NDArray[np.float64]] = {}
    for term, films, weights in database.fetch(sql.SQL(_SHARED_TERMS).format(**_tables(schema)), parameters):
        positions = np.searchsorted(handles, np.array(films, np.int64))
        of_films = np.zeros(len(handles))
        of_films[positions] = weights
        sums[term] = of_films
    return [_share(each, sums, len(handles)) for each in sought]


def _share(sought: Sought, sums: dict[int, NDArray[np.float64]], films: int) -> NDArray[np.float32] | None:
    if sought.terms is None:
        return None
    total = np.zeros(films)
    for term, factor in zip(sought.keys.tolist(), sought.terms.factors.tolist(), strict=True):
        if term in sums:
            total += factor * sums[term]
    return (total / sought.terms.bound).astype(np.float32)


def _tables(schema: str) -> dict[str, sql.Identifier]:
    return {name: sql.Identifier(schema, name) for name in ("films", "vectors", "film_terms")}
