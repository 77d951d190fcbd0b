"""Statements that find candidates for an answer: the films that may have the highest raw scores.

A film is a candidate if it is among the nearest by vector, among the best by shared words, or among the nearest of the
films with the requested genres, years, languages or people. Half-precision vectors find candidates, and full vectors
score them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql

from app.services.postgres.filters import Condition
from app.services.postgres.losses import Losses
from app.services.postgres.vocabulary import Sought
from app.services.vectors import Vector

_MIN_OF_EACH_ROUTE = 200
_FILMS_OF_MIN = 40_000
"""With more films, routes find more, growing with the square root: films are closer together, so that one which is good
by the whole score is less often among the first of a single route."""
_MAX_BY_FILMS = 1000
_MAX_OF_EACH_ROUTE = 400
"""For answers of many films; more only if an answer has more films than half of it."""

_POOL, _POOL_OF_FILTER = 10, 20
"""Films with the most shared words, as multiples of a route, from which losses and filters choose. This number does not
grow with the films: it costs the most and finds the least."""

_OF_EACH_LIKE = 100
"""Nearest films of each of several likes."""

_ASKED: LiteralString = "unnest(%(terms)s::bigint[], %(factors)s::float8[]) AS q(term, factor)"
_SCORED: LiteralString = (
    "WITH candidates AS MATERIALIZED ({routes}), words AS ("
    "SELECT handle, sum(u.weight * q.factor) AS found FROM candidates JOIN {film_terms} t USING (handle) "
    "CROSS JOIN unnest(t.terms, t.weights) AS u(term, weight) JOIN {asked} USING (term) GROUP BY handle) "
    "SELECT f.handle, f.year, f.runtime, f.vote_average, f.language, f.genres, "
    "(1 - (v.vector <=> %(vector)s::vector))::float8, coalesce(w.found, 0)::float8 "
    "FROM candidates JOIN {films} f USING (handle) JOIN {vectors} v USING (handle) LEFT JOIN words w USING (handle)"
)
_HANDLES: LiteralString = "SELECT handle FROM ({routes}) AS candidates JOIN {films} USING (handle)"

_NEAREST: LiteralString = (
    "(SELECT f.handle FROM {films} f WHERE {condition} "
    "ORDER BY f.vector <=> %(vector)s::vector::halfvec({dimension}) LIMIT %(k)s)"
)
_NEAREST_OF_EACH: LiteralString = (
    "(SELECT near.handle FROM unnest(%(vectors)s::text[]::halfvec[]) AS likes(vector) CROSS JOIN LATERAL "
    "(SELECT f.handle FROM {films} f WHERE {condition} ORDER BY f.vector <=> likes.vector LIMIT %(of_each)s) AS near)"
)
_BEST_BY_WORDS: LiteralString = (
    "(SELECT f.handle FROM (SELECT u.film AS handle, sum(u.weight * q.factor) AS found "
    "FROM {asked} JOIN {postings} p USING (term) CROSS JOIN unnest(p.films, p.weights) AS u(film, weight) "
    "GROUP BY u.film ORDER BY found DESC, u.film LIMIT %(pool)s) AS w "
    "JOIN {films} f USING (handle) WHERE {condition} "
    "ORDER BY w.found * %(word_value)s::float8 - {losses} DESC, f.handle LIMIT %(k)s)"
)
_EVERY: LiteralString = "(SELECT f.handle FROM {films} f WHERE {condition})"


@dataclass(frozen=True, slots=True)
class Routes:
    """The query for candidates, all of which meet `condition`."""

    sought: Sought
    condition: Condition
    losses: Losses
    asked: Sequence[Condition]
    """Each is a separate route, which finds the nearest films that meet the condition."""
    films: int
    """The number of films of the catalogue."""


def scored_candidates(schema: str, routes: Routes, count: int | None) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the statement that finds candidates for `count` films with what their scores need, and its parameters.

    If `count` is None, all films that meet the condition are candidates.
    """
    return _statement(schema, _SCORED, _NEAREST, routes, count)


def handles_of_candidates(
    schema: str, routes: Routes, likes: Sequence[Vector], count: int | None
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the statement that finds candidates near any of several vectors, without scores, and its parameters."""
    statement, parameters = _statement(schema, _HANDLES, _NEAREST_OF_EACH, routes, count)
    of_each = {"vectors": list(map(vector_text, likes)), "of_each": max(_OF_EACH_LIKE, count or 0)}
    return statement, parameters | of_each


def _statement(
    schema: str, select: LiteralString, nearest: LiteralString, routes: Routes, count: int | None
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return a statement that selects from the union of all routes; `nearest` is the template of routes by vector."""
    names = _names(schema, len(routes.sought.vector))
    if count is None:
        parts = [sql.SQL(_EVERY).format(condition=routes.condition.text, **names)]
    else:
        conditions = [routes.condition.text]
        conditions += [sql.SQL("{} AND {}").format(routes.condition.text, asked.text) for asked in routes.asked]
        parts = [sql.SQL(nearest).format(condition=condition, **names) for condition in conditions]
        if len(routes.sought.keys):
            losses = routes.losses.text if routes.losses.parts else sql.SQL("0")
            by_words = sql.SQL(_BEST_BY_WORDS)
            parts.append(by_words.format(condition=routes.condition.text, losses=losses, **names))
    union = sql.SQL(" UNION ").join(parts)
    return sql.SQL(select).format(routes=union, **names), _parameters(routes, count)


def _names(schema: str, dimension: int) -> dict[str, sql.Composable]:
    """Return the names that the templates are formatted with."""
    tables = ("films", "vectors", "film_terms", "postings")
    return {
        **{name: sql.Identifier(schema, name) for name in tables},
        "asked": sql.SQL(_ASKED),
        "dimension": sql.Literal(dimension),
    }


def _parameters(routes: Routes, count: int | None) -> dict[str, Any]:
    sought, terms = routes.sought, routes.sought.terms
    of_each, pool = _lengths(routes, count or 0)
    parameters: dict[str, Any] = {
        "vector": vector_text(sought.vector),
        "k": of_each,
        "pool": pool,
        "terms": sought.keys.tolist(),
        "factors": [] if terms is None else terms.factors.tolist(),
        "word_value": sought.word_value,
        **routes.condition.parameters,
        **routes.losses.parameters,
    }
    for asked in routes.asked:
        parameters |= asked.parameters
    return parameters


def _lengths(routes: Routes, count: int) -> tuple[int, int]:
    """Return how many films each route finds, and how many films the route by words chooses from."""
    by_count = min(max(_MIN_OF_EACH_ROUTE, 8 * count), max(_MAX_OF_EACH_ROUTE, 2 * count))
    by_films = round(_MIN_OF_EACH_ROUTE * (routes.films / _FILMS_OF_MIN) ** 0.5)
    multiple = _POOL_OF_FILTER if routes.condition.is_filter else _POOL
    return max(by_count, min(by_films, _MAX_BY_FILMS)), multiple * by_count


def vector_text(vector: Vector) -> str:
    """Return a vector in pgvector's text form, exact to the last bit."""
    return f"[{','.join(map(repr, vector.tolist()))}]"
