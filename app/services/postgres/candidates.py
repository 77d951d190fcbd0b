"""Candidates for an answer: the films that may have the highest raw scores, found by several routes in one statement.

A film is a candidate if it is among the nearest by vector, among the best by shared words, or among the nearest of the
films with the requested genres and years. Measured on known-item queries, the exact ten best are among them for 0.999
of the films. The raw scores are then computed by the formula that all engines share.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.local.lexical_index import QueryTerms
from app.services.postgres.filters import Condition
from app.services.ranking.ranking_query import Target
from app.services.ranking.scores import UNKNOWN_YEAR
from app.services.vectors import Positions, Vector

MIN_CANDIDATES_OF_EACH_ROUTE = 200

_ANCHOR_YEARS = 8
"""Years around a requested year within which the third route looks; the year's loss has then grown to 93%."""


_NEAREST: LiteralString = (
    "(SELECT f.handle FROM {films} f WHERE {condition} ORDER BY f.vector <=> %(vector)s::vector LIMIT %(k)s)"
)
_BEST_BY_WORDS: LiteralString = (
    "(SELECT w.handle FROM words w JOIN {films} f USING (handle) WHERE {condition} "
    "ORDER BY w.found DESC, w.handle LIMIT %(k)s)"
)
_NEAREST_OF_ANCHOR: LiteralString = "(SELECT f.handle FROM {films} f WHERE {condition} AND {anchor} ORDER BY f.vector <=> %(vector)s::vector LIMIT %(k)s)"
_EVERY: LiteralString = "(SELECT f.handle FROM {films} f WHERE {condition})"
_STATEMENT: LiteralString = (
    "WITH words AS MATERIALIZED ("
    "SELECT p.film AS handle, sum(p.weight::float8 * q.factor) AS found "
    "FROM unnest(%(terms)s::bigint[], %(factors)s::float8[]) AS q(term, factor) "
    "JOIN {postings} p ON p.term = q.term GROUP BY p.film), "
    "candidates AS ({candidates}) "
    "SELECT f.handle, (1 - (f.vector <=> %(vector)s::vector))::float8, coalesce(w.found, 0)::float8, f.year, f.genres "
    "FROM candidates JOIN {films} f USING (handle) LEFT JOIN words w USING (handle)"
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Films to score, n of them, with what the formula needs to know of each; see FilmColumns."""

    handles: NDArray[np.int64]  # [n]
    cosines: NDArray[np.float64]  # [n]
    word_sums: NDArray[np.float64]  # [n] sum of the weights of shared terms times their factors
    years: NDArray[np.int16]  # [n]
    genres: list[list[str]]  # [n] casefolded
    known_genres: frozenset[str]
    """Casefolded genres of the whole catalogue."""

    def __len__(self) -> int:
        return len(self.handles)

    def has_genre(self, name: str) -> bool:
        """Return whether any film of the catalogue has a genre; see FilmColumns."""
        return name.casefold() in self.known_genres

    def genre_positions(self, name: str) -> Positions:
        """Return which of the candidates have a genre; see FilmColumns."""
        folded = name.casefold()
        return np.array([i for i, genres in enumerate(self.genres) if folded in genres], np.int64)


def candidates_statement(
    schema: str,
    target: Target,
    read: QueryTerms | None,
    keys: NDArray[np.int64],
    condition: Condition,
    count: int | None,
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the statement that finds candidates for a target, and its parameters.

    `read` and `keys` are the query's terms and their keys in the database; each route gives `count` films. If `count`
    is None, all films that meet the condition are candidates.
    """
    parameters: dict[str, Any] = {
        "vector": vector_text(target.vector),
        "k": count,
        "terms": keys.tolist(),
        "factors": [] if read is None else read.factors.tolist(),
        **condition.parameters,
    }
    routes = [_EVERY] if count is None else [_NEAREST, _BEST_BY_WORDS] if len(keys) else [_NEAREST]
    anchor = _anchor(target, parameters) if count is not None else None
    names = {
        "films": sql.Identifier(schema, "films"),
        "postings": sql.Identifier(schema, "postings"),
        "condition": condition.text,
        "anchor": anchor or sql.SQL("true"),
    }
    if anchor is not None:
        routes.append(_NEAREST_OF_ANCHOR)
    union = sql.SQL(" UNION ").join(sql.SQL(route).format(**names) for route in routes)
    return sql.SQL(_STATEMENT).format(candidates=union, **names), parameters


def vector_text(vector: Vector) -> str:
    """Return a vector as pgvector reads it, exact to the last bit."""
    return f"[{','.join(map(repr, vector.tolist()))}]"


def candidates_of(rows: list[tuple[Any, ...]], known_genres: frozenset[str]) -> Candidates:
    """Return the rows of a candidates statement as columns, in ascending order of handles."""
    rows = sorted(rows)
    handles, cosines, words, years, genres = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Candidates(
        handles=np.array(handles, np.int64),
        cosines=np.nan_to_num(np.array(cosines, np.float64)),
        word_sums=np.array(words, np.float64),
        years=np.array(years, np.int16),
        genres=list(genres),
        known_genres=known_genres,
    )


def _anchor(target: Target, parameters: dict[str, Any]) -> sql.Composable | None:
    """Return the condition of the third route: one of the requested genres, and a year near the requested one."""
    parts = []
    if target.genres:
        parts.append(sql.SQL("f.genres && %(anchor_genres)s"))
        parameters["anchor_genres"] = [genre.casefold() for genre in target.genres]
    if target.year is not None and target.year != UNKNOWN_YEAR:
        parts.append(sql.SQL("f.year BETWEEN %(anchor_first)s AND %(anchor_last)s"))
        parameters |= {"anchor_first": target.year - _ANCHOR_YEARS, "anchor_last": target.year + _ANCHOR_YEARS}
    return sql.SQL(" AND ").join(parts) if parts else None
