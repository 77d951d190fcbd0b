"""Candidates for an answer: the films that may have the highest raw scores, found by several routes in one statement.

A film is a candidate if it is among the nearest by vector, among the best by shared words, or among the nearest of the
films that have what is asked for: genres, years, languages, people. The raw scores are then computed by the formula
that all engines share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import Handles
from app.services.local.lexical_index import QueryTerms
from app.services.postgres.filters import Condition
from app.services.vectors import Positions, Vector

MIN_CANDIDATES_OF_EACH_ROUTE = 200

_NEAREST: LiteralString = (
    "(SELECT f.handle FROM {films} f WHERE {condition} ORDER BY f.vector <=> %(vector)s::vector LIMIT %(k)s)"
)
_BEST_BY_WORDS: LiteralString = (
    "(SELECT w.handle FROM words w JOIN {films} f USING (handle) WHERE {condition} "
    "ORDER BY w.found DESC, w.handle LIMIT %(k)s)"
)
_EVERY: LiteralString = "(SELECT f.handle FROM {films} f WHERE {condition})"
_STATEMENT: LiteralString = (
    "WITH words AS MATERIALIZED ("
    "SELECT p.film AS handle, sum(p.weight::float8 * q.factor) AS found "
    "FROM unnest(%(terms)s::bigint[], %(factors)s::float8[]) AS q(term, factor) "
    "JOIN {postings} p ON p.term = q.term GROUP BY p.film), "
    "candidates AS ({candidates}) "
    "SELECT f.handle, (1 - (f.vector <=> %(vector)s::vector))::float8, coalesce(w.found, 0)::float8, f.year, "
    "f.language, f.genres "
    "FROM candidates JOIN {films} f USING (handle) LEFT JOIN words w USING (handle)"
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What candidates are sought for: a direction, and the terms of a text with their keys in the database."""

    vector: Vector
    terms: QueryTerms | None
    keys: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Films to score, n of them, with what the formula needs to know of each; see FilmColumns."""

    handles: Handles  # [n] ascending
    cosines: NDArray[np.float64]  # [n]
    word_sums: NDArray[np.float64]  # [n] sum of the weights of shared terms times their factors
    years: NDArray[np.int16]  # [n]
    languages: list[str | None]  # [n] casefolded
    genres: list[list[str]]  # [n] casefolded
    known_genres: frozenset[str]
    """Casefolded genres of the whole catalogue."""

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
        """Return which of the candidates have a genre; see FilmColumns."""
        folded = name.casefold()
        return np.array([i for i, genres in enumerate(self.genres) if folded in genres], np.int64)

    def in_languages(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return which of the candidates are in one of these languages; see FilmColumns."""
        folded = {code.casefold() for code in codes}
        return np.array([language in folded for language in self.languages], np.bool_)


def candidates_statement(
    schema: str, sought: Sought, condition: Condition, anchors: Sequence[Condition], count: int | None
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the statement that finds candidates, and its parameters.

    Each of `anchors` is a route of its own: the nearest films that have what it names. Each route gives `count` films.
    If `count` is None, all films that meet `condition` are candidates.
    """
    terms = sought.terms
    parameters: dict[str, Any] = {
        "vector": vector_text(sought.vector),
        "k": count,
        "terms": sought.keys.tolist(),
        "factors": [] if terms is None else terms.factors.tolist(),
        **condition.parameters,
    }
    names = {"films": sql.Identifier(schema, "films"), "postings": sql.Identifier(schema, "postings")}
    routes = [(_EVERY, condition.text)] if count is None else [(_NEAREST, condition.text)]
    if count is not None:
        routes += [(_BEST_BY_WORDS, condition.text)] if len(sought.keys) else []
        for anchor in anchors:
            routes.append((_NEAREST, sql.SQL("{} AND {}").format(condition.text, anchor.text)))
            parameters |= anchor.parameters
    union = sql.SQL(" UNION ").join(sql.SQL(route).format(condition=text, **names) for route, text in routes)
    return sql.SQL(_STATEMENT).format(candidates=union, **names), parameters


def vector_text(vector: Vector) -> str:
    """Return a vector as pgvector reads it, exact to the last bit."""
    return f"[{','.join(map(repr, vector.tolist()))}]"


def candidates_of(rows: list[tuple[Any, ...]], known_genres: frozenset[str]) -> Candidates:
    """Return the rows of a candidates statement as columns, in ascending order of handles."""
    columns = list(zip(*sorted(rows, key=lambda row: row[0]), strict=True)) or [()] * 6
    handles, cosines, word_sums, years, languages, genres = columns
    return Candidates(
        handles=np.array(handles, np.int64),
        cosines=np.nan_to_num(np.array(cosines, np.float64)),
        word_sums=np.array(word_sums, np.float64),
        years=np.array(years, np.int16),
        languages=list(languages),
        genres=list(genres),
        known_genres=known_genres,
    )
