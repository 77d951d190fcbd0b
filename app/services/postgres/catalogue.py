"""A published catalogue as the service sees it: the Catalogue protocol, answered by PostgreSQL."""

from collections.abc import Sequence
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import CatalogueInfo, Handles, Narrowing, Ranked
from app.services.errors import ModelFileError, ServiceClosedError, UnknownMovieError
from app.services.local.engines.highest import best_first
from app.services.local.lexical_index import film_words
from app.services.movie_record import read_record
from app.services.postgres.candidates import (
    MIN_CANDIDATES_OF_EACH_ROUTE,
    Candidates,
    candidates_of,
    candidates_statement,
)
from app.services.postgres.database import Database
from app.services.postgres.filters import Condition, condition_of
from app.services.postgres.vocabulary import Vocabulary
from app.services.ranking.prior import prior
from app.services.ranking.ranking_query import RankingQuery, Target
from app.services.ranking.scores import soft_maximum
from app.services.ranking.weights import DISLIKED_WEIGHT
from app.services.vectors import unit


class PostgresCatalogue:
    """A Catalogue over one schema of a database; a handle is the film's number in that schema.

    The database belongs to whoever opened it: `close` does not close it, because the next catalogue uses it too.
    """

    is_immediate = False

    def __init__(self, database: Database, schema: str, info: CatalogueInfo, vocabulary: Vocabulary) -> None:
        self.info = info
        self.vocabulary = vocabulary
        self._database = database
        self._schema = schema
        self._is_closed = False

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        """Return the handles of films; see Catalogue."""
        rows = self._fetch("SELECT movie_id, handle FROM {films} WHERE movie_id = ANY(%(ids)s)", ids=list(movie_ids))
        found = dict(rows)
        unknown = [movie_id for movie_id in dict.fromkeys(movie_ids) if movie_id not in found]
        if unknown:
            raise UnknownMovieError(unknown)
        return np.array([found[movie_id] for movie_id in movie_ids], np.int64)

    def best(self, query: RankingQuery, narrowing: Narrowing, count: int) -> Ranked:
        """Return the films with the highest raw scores; see Catalogue."""
        condition = condition_of(narrowing)
        if len(query.likes) == 1 and not query.dislikes:
            films = self._candidates(query.likes[0], condition, count)
            raw_scores = self._raw_scores(query.likes[0], films)
        else:
            films, raw_scores = self._near_any(query, condition, count)
        return Ranked(*best_first(films.handles, raw_scores, count))

    def targets(self, handles: Handles) -> list[Target]:
        """Return what a film similar to each film should resemble; see Catalogue."""
        films = [read_record(record) for record in self.records_json(handles)]
        return [
            Target(vector, film_words(film.title, film.overview), film.genres)
            for film, vector in zip(films, self.unit_vectors(handles), strict=True)
        ]

    def neighbours(self, handle: int, narrowing: Narrowing) -> Ranked | None:
        """Return None: similar films are searched for; see Catalogue."""
        return None

    def unit_vectors(self, handles: Handles) -> NDArray[np.float32]:
        """Return the films' vectors; see Catalogue."""
        vectors = self._in_order("vector::real[]", handles)
        return unit(np.array(vectors, np.float32).reshape(len(handles), -1))

    def records_json(self, handles: Handles) -> list[bytes]:
        """Return the films' records; see Catalogue."""
        return [record.encode() for record in self._in_order("record", handles)]

    def find_titles(self, typed: str, limit: int) -> Handles:
        """Return films by title; see Catalogue and TitleIndex.search."""
        self._require_open()
        vocabulary = self.vocabulary
        found = vocabulary.titles.search(typed, limit, vocabulary.vote_counts, vocabulary.years)
        return np.array(found, np.int64)

    def genres(self) -> dict[str, int]:
        """Return the number of films of each genre; see Catalogue."""
        return dict(self.vocabulary.genres)

    def languages(self) -> dict[str, int]:
        """Return the number of films of each language; see Catalogue."""
        return dict(self.vocabulary.languages)

    def close(self) -> None:
        """Refuse further calls; see Catalogue."""
        self._is_closed = True

    def _near_any(
        self, query: RankingQuery, condition: Condition, count: int
    ) -> tuple[Candidates, NDArray[np.float64]]:
        """Score films by a soft maximum over several targets, as the embedded catalogue does."""
        nearby = [self._candidates(like, condition, count) for like in query.likes]
        handles = np.unique(np.concatenate([films.handles for films in nearby]))
        columns = [self._columns(like, handles) for like in query.likes]
        similarities = np.stack(
            [self._raw_scores(like, films) for like, films in zip(query.likes, columns, strict=True)], axis=1
        )
        raw_scores = soft_maximum(similarities.astype(np.float32))
        if query.dislikes:
            vectors = self.unit_vectors(handles)
            disliked = vectors @ np.stack([dislike.vector for dislike in query.dislikes]).T
            raw_scores -= DISLIKED_WEIGHT * np.maximum(soft_maximum(disliked), 0.0)
        return columns[0], raw_scores

    def _candidates(self, target: Target, condition: Condition, count: int) -> Candidates:
        """Return candidates for a target, all films that meet the condition if the routes find fewer than `count`."""
        read, keys = self.vocabulary.query_terms(target.words)
        of_each = max(MIN_CANDIDATES_OF_EACH_ROUTE, 2 * count)
        films = self._run(candidates_statement(self._schema, target, read, keys, condition, of_each))
        if len(films) < count:
            films = self._run(candidates_statement(self._schema, target, read, keys, condition, None))
        return films

    def _columns(self, target: Target, handles: Handles) -> Candidates:
        """Return the columns of these films for a target."""
        condition = Condition()
        condition.require("f.handle = ANY(%(handles)s)", handles=handles.tolist())
        read, keys = self.vocabulary.query_terms(target.words)
        return self._run(candidates_statement(self._schema, target, read, keys, condition, None))

    def _run(self, prepared: tuple[sql.Composed, dict[str, Any]]) -> Candidates:
        self._require_open()
        known = frozenset(name.casefold() for name in self.vocabulary.genres)
        return candidates_of(self._database.fetch(*prepared), known)

    def _raw_scores(self, target: Target, films: Candidates) -> NDArray[np.float64]:
        read, _ = self.vocabulary.query_terms(target.words)
        shares = None if read is None else (films.word_sums / read.bound).astype(np.float32)
        of_target = prior(target, shares, films)
        return films.cosines if of_target is None else films.cosines + of_target

    def _in_order(self, expression: LiteralString, handles: Handles) -> list[Any]:
        statement = sql.SQL("SELECT handle, {} FROM {} WHERE handle = ANY(%(handles)s)").format(
            sql.SQL(expression), sql.Identifier(self._schema, "films")
        )
        self._require_open()
        found = dict(self._database.fetch(statement, {"handles": handles.tolist()}))
        if len(found) < len(set(handles.tolist())):
            raise ModelFileError("A film was deleted while it was looked up")
        return [found[handle] for handle in handles.tolist()]

    def _fetch(self, statement: LiteralString, **parameters: object) -> list[tuple[Any, ...]]:
        self._require_open()
        films = sql.Identifier(self._schema, "films")
        return self._database.fetch(sql.SQL(statement).format(films=films), parameters)

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")
