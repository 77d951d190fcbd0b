"""The Catalogue of a published catalogue in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from app.services.catalogue import CatalogueInfo, Handles, Narrowing, Ranked, Search
from app.services.errors import CatalogueUnavailableError, ServiceClosedError, UnknownMovieError
from app.services.local.engines.highest import best_first
from app.services.local.name_lookups import NameIndexes, NameLookups
from app.services.local.raw_scorer import film_target
from app.services.movie_record import read_record
from app.services.postgres.database import Database
from app.services.postgres.film_columns import read_vectors
from app.services.postgres.filters import condition_of
from app.services.postgres.raw_scorer import DatabaseScorer
from app.services.postgres.vocabulary import Vocabulary
from app.services.ranking.ranking_query import RankingQuery, Target

_MAX_ALL_SCORED = 1000
"""If at most this number of films pass a filter, all of them are scored; otherwise the index finds the nearest."""

_MAX_COUNTS = 1000


class PostgresCatalogue(NameLookups):
    """A Catalogue over one schema of a database; a handle is the film's number in that schema.

    `close` does not close the database, because the next catalogue uses it, too.
    """

    is_immediate = False

    def __init__(self, database: Database, schema: str, info: CatalogueInfo, vocabulary: Vocabulary) -> None:
        self.info = info
        self.vocabulary = vocabulary
        self._database = database
        self._schema = schema
        self._is_closed = False

    @property
    def name_indexes(self) -> NameIndexes:
        """The indexes of titles and people; see NameLookups."""
        self._require_open()
        return self.vocabulary.name_indexes

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        """Return the handles of films; see Catalogue."""
        self._require_open()
        if not movie_ids:
            return np.empty(0, np.int64)
        rows = self._fetch("SELECT movie_id, handle FROM {films} WHERE movie_id = ANY(%(ids)s)", ids=list(movie_ids))
        found = dict(rows)
        unknown = [movie_id for movie_id in dict.fromkeys(movie_ids) if movie_id not in found]
        if unknown:
            raise UnknownMovieError(unknown)
        return np.array([found[movie_id] for movie_id in movie_ids], np.int64)

    def best(self, query: RankingQuery, narrowing: Narrowing, count: int) -> Ranked:
        """Return the films with the highest raw scores; see Catalogue."""
        self._require_open()
        scorer = DatabaseScorer(self._database, self._schema, self.vocabulary, self.films_of)
        few_pass = narrowing.movie_filter is not None and self.count(narrowing) <= max(_MAX_ALL_SCORED, count)
        handles, raw_scores = scorer.score(query, condition_of(narrowing), None if few_pass else count)
        return Ranked(*best_first(handles, raw_scores, count))

    def best_of_each(self, searches: Sequence[Search]) -> list[Ranked]:
        """Return the films with the highest raw scores of each search; see Catalogue."""
        return [self.best(search.query, search.narrowing, search.count) for search in searches]

    def count(self, narrowing: Narrowing) -> int:
        """Return the number of films that pass a narrowing; see Catalogue."""
        if narrowing.movie_filter is None:
            ids = list(set(narrowing.exclude))
            excluded = self._fetch("SELECT 1 FROM {films} WHERE movie_id = ANY(%(ids)s)", ids=ids) if ids else []
            return self.info.films - len(excluded)
        counts = self.vocabulary.counts
        films = counts.get(narrowing)
        if films is None:
            condition = condition_of(narrowing)
            statement: LiteralString = "SELECT count(*) FROM {films} f WHERE {condition}"
            ((films,),) = self._fetch(statement, condition.text, **condition.parameters)
            if len(counts) >= _MAX_COUNTS:
                counts.clear()
            counts[narrowing] = films
        return films

    def sample(self, narrowing: Narrowing, count: int, seed: int) -> Handles:
        """Return films chosen at random; see Catalogue."""
        condition = condition_of(narrowing)
        rows = self._fetch(
            "SELECT f.handle FROM {films} f WHERE {condition} "
            "ORDER BY hashint8extended(f.handle, %(seed)s), f.handle LIMIT %(count)s",
            condition.text,
            seed=seed % 2**63,
            count=count,
            **condition.parameters,
        )
        return np.array([handle for (handle,) in rows], np.int64)

    def targets(self, handles: Handles) -> list[Target]:
        """Return the targets for films similar to these; see Catalogue."""
        films = [read_record(record) for record in self.records_json(handles)]
        return [film_target(film, vector) for film, vector in zip(films, self.unit_vectors(handles), strict=True)]

    def neighbours(self, handle: int, narrowing: Narrowing) -> Ranked | None:
        """Return None: similar films are searched for; see Catalogue."""
        return None

    def unit_vectors(self, handles: Handles) -> NDArray[np.float32]:
        """Return the films' vectors; see Catalogue."""
        return read_vectors(self._in_order("vectors", "vector_send(vector)", handles))

    def records_json(self, handles: Handles) -> list[bytes]:
        """Return the films' records; see Catalogue."""
        return [record.encode() for record in self._in_order("records", "record", handles)]

    def genres(self) -> dict[str, int]:
        """Return the number of films of each genre; see Catalogue."""
        return dict(self.vocabulary.genres)

    def languages(self) -> dict[str, int]:
        """Return the number of films of each language; see Catalogue."""
        return dict(self.vocabulary.languages)

    def has_director(self, name: str) -> bool:
        """Return whether any film has a director of this name; see Catalogue."""
        return self._has("SELECT 1 FROM {films} WHERE directors @> %(names)s LIMIT 1", name)

    def has_keyword(self, name: str) -> bool:
        """Return whether any film has a keyword; see Catalogue."""
        return self._has("SELECT 1 FROM {films} WHERE keywords @> %(names)s LIMIT 1", name)

    def close(self) -> None:
        """Refuse further calls; see Catalogue."""
        self._is_closed = True

    def _has(self, statement: LiteralString, name: str) -> bool:
        return bool(self._fetch(statement, names=[name.strip().casefold()]))

    def _in_order(self, table: LiteralString, expression: LiteralString, handles: Handles) -> list[Any]:
        if not len(handles):
            return []
        statement = sql.SQL("SELECT handle, {} FROM {} WHERE handle = ANY(%(handles)s)").format(
            sql.SQL(expression), sql.Identifier(self._schema, table)
        )
        self._require_open()
        found = dict(self._database.fetch(statement, {"handles": handles.tolist()}))
        if len(found) < len(set(handles.tolist())):
            raise CatalogueUnavailableError("A film is not on the server that was asked yet; ask again")  # a replica
        return [found[handle] for handle in handles.tolist()]

    def _fetch(
        self, statement: LiteralString, condition: sql.Composable | None = None, **parameters: object
    ) -> list[tuple[Any, ...]]:
        self._require_open()
        films = sql.Identifier(self._schema, "films")
        filled = sql.SQL(statement).format(films=films, condition=condition or sql.SQL("true"))
        return self._database.fetch(filled, parameters)

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")
