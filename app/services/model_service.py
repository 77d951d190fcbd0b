"""ModelService, which answers questions with an encoder, caches and one catalogue."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.services.caches.lru_cache import LruCache
from app.services.caches.query_cache import QueryCache
from app.services.catalogue import Catalogue, CatalogueInfo, Handles, Person
from app.services.embedded_query import EmbeddedQuery
from app.services.encoder.language_warnings import language_warnings
from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.text_encoder import Encoding, TextEncoder
from app.services.errors import ServiceClosedError, UnknownMovieError
from app.services.movie_record import MovieRecord, read_record
from app.services.names.catalogue_names import CatalogueNames, names_of
from app.services.names.person_names import known_name
from app.services.queries import (
    Answer,
    Query,
    Question,
    RandomQuery,
    Recommendation,
    Selection,
    SimilarQuery,
    TasteQuery,
    Timings,
)
from app.services.ranking.explanation import explained
from app.services.ranking.ranker import Ranker, Scored
from app.services.ranking.ranking_query import RankingQuery, Target
from app.services.understanding.understood import Understood

_MAX_FILMS_WITH_WORDS = 50
"""With more liked films, only their vectors count: comparing their words as well would take too long."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The films of an answer and their scores, which are cached; the other fields are those of Answer."""

    query: str | None
    handles: Handles
    scores: NDArray[np.float64]
    total: int
    truncated: bool = False
    understood: Understood | None = None
    warnings: tuple[str, ...] = ()


class ModelService:
    """Answers questions; safe to use from any thread. Owns the encoder and the catalogue, and closes them."""

    def __init__(self, encoder: TextEncoder, catalogue: Catalogue, query_cache_size: int = 0) -> None:
        self._encoder = encoder
        self._catalogue = catalogue
        self._ranker = Ranker(catalogue)
        self._encoding_cache = QueryCache(query_cache_size)
        self._ranking_cache = LruCache[_Ranking](query_cache_size)
        self._is_closed = False
        self._calls = 0
        self._calls_lock = threading.Lock()
        self.is_healthy = True

    @property
    def info(self) -> CatalogueInfo:
        """What the catalogue holds."""
        return self._catalogue.info

    @property
    def model(self) -> ModelSpec:
        """Properties of the encoder's model."""
        return self._encoder.spec

    @property
    def is_immediate(self) -> bool:
        """Whether films by id can be looked up on the event loop without blocking it; see Catalogue."""
        return self._catalogue.is_immediate

    def answer(self, question: Question) -> Answer:
        """Answer a question. Raises UnknownMovieError if it names films that are not in the catalogue."""
        self._require_open()
        match question:
            case Query():
                (answer,) = self._recommend([question])
            case SimilarQuery():
                answer = self._similar(question)
            case TasteQuery():
                answer = self._taste(question)
        return self._explained(answer, question)

    def answer_together(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer several queries in one pass over the films, which is less work than one pass for each."""
        self._require_open()
        return list(map(self._explained, self._recommend(queries), queries))

    def answer_cached(self, question: Question) -> Answer | None:
        """Return the answer to a question if it is cached or stored, otherwise None. Safe to call on the event loop.

        Raises UnknownMovieError.
        """
        self._require_open()
        started = time.perf_counter()
        if not self._catalogue.is_immediate or question.selection.explain:
            return None
        match question:
            case Query():
                ranking = self._ranking_cache.get(repr(question))
            case SimilarQuery():
                ranking = self._stored_neighbours(question)
            case TasteQuery():
                ranking = None
        if ranking is None:
            return None
        encode = 0.0 if isinstance(question, Query) else None
        return self._answer(ranking, started, encode, was_cached=encode is not None)

    def movie(self, movie_id: int) -> MovieRecord:
        """Return a film's record; raises UnknownMovieError."""
        self._require_open()
        (record,) = self._records(self._catalogue.handles([movie_id]))
        return record

    def movies(self, movie_ids: Sequence[int]) -> tuple[tuple[MovieRecord, ...], tuple[int, ...]]:
        """Return the records of films, in order, and the ids that are not in the catalogue."""
        self._require_open()
        try:
            return self._records(self._catalogue.handles(movie_ids)), ()
        except UnknownMovieError as error:
            known = [movie_id for movie_id in movie_ids if movie_id not in error.movie_ids]
            return self._records(self._catalogue.handles(known)), error.movie_ids

    def random_movies(self, query: RandomQuery) -> tuple[MovieRecord, ...]:
        """Return films chosen at random."""
        self._require_open()
        return self._records(self._ranker.sample(query.selection, query.seed))

    def find_titles(self, typed: str, limit: int, *, complete: bool = False) -> tuple[MovieRecord, ...]:
        """Return the films whose titles match a title as typed so far, best first; see Catalogue."""
        self._require_open()
        return self._records(self._catalogue.find_titles(typed, limit, complete=complete))

    def find_people(self, typed: str, limit: int) -> list[Person]:
        """Return the people whose names match a name as typed so far, best first."""
        self._require_open()
        return self._catalogue.find_people(typed, limit)

    def movies_of(self, person: str) -> tuple[MovieRecord, ...]:
        """Return the films directed by or starring anybody of this full name, most votes first."""
        self._require_open()
        name = known_name(person, lambda name: bool(self._catalogue.people_named(name)))
        return self._records(self._catalogue.films_of(name))

    def genres(self) -> dict[str, int]:
        """Return how many films each genre has, most first."""
        self._require_open()
        return self._catalogue.genres()

    def languages(self) -> dict[str, int]:
        """Return how many films each original language has, by code, most first."""
        self._require_open()
        return self._catalogue.languages()

    def names(self) -> CatalogueNames:
        """Return the names that requests may use."""
        self._require_open()
        return names_of(self._catalogue)

    def check_inference(self) -> None:
        """Encode one token, which detects a broken model and makes the first query faster."""
        self._require_open()
        try:
            self.is_healthy = bool(np.isfinite(self._encoder.encode("a").vector).all())
        except Exception:
            self.is_healthy = False
            raise

    def close(self) -> None:
        """Release the encoder and the catalogue. Idempotent."""
        if not self._is_closed:
            self._is_closed = True
            self._catalogue.close()
            self._encoder.close()

    def _recommend(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer queries with one search for all of them."""
        with self._counted() as calls:
            encode = partial(self._encode, alone=calls == 1 and len(queries) == 1)
            cached_encode = partial(self._encoding_cache.get, encode=encode)
            embedded = [EmbeddedQuery.make(query, self._catalogue, cached_encode) for query in queries]
            started = time.perf_counter()
            scored = self._ranker.rank_each([(each.ranking_query, each.selection) for each in embedded])
        share = (time.perf_counter() - started) / len(queries)
        answers = []
        for query, each, films in zip(queries, embedded, scored, strict=True):
            ranking = _Ranking(each.text, *films, each.truncated, each.understood, each.warnings)
            self._ranking_cache.put(repr(query), ranking)
            search_started = time.perf_counter() - share
            answers.append(self._answer(ranking, search_started, each.seconds, was_cached=each.was_cached))
        return answers

    @contextlib.contextmanager
    def _counted(self) -> Iterator[int]:
        """Count a call of `_recommend` while it lasts; yield how many there are, this one included."""
        with self._calls_lock:
            self._calls += 1
            calls = self._calls
        try:
            yield calls
        finally:
            with self._calls_lock:
                self._calls -= 1

    def _explained(self, answer: Answer, question: Question) -> Answer:
        return explained(answer, question, self._catalogue) if question.selection.explain else answer

    def _similar(self, question: SimilarQuery) -> Answer:
        started = time.perf_counter()
        ranking = self._stored_neighbours(question)
        if ranking is None:
            handles = self._catalogue.handles([question.movie_id])
            query = RankingQuery(tuple(self._catalogue.targets(handles)))
            ranking = _Ranking(None, *self._ranker.rank(query, _without_itself(question)))
        return self._answer(ranking, started)

    def _stored_neighbours(self, question: SimilarQuery) -> _Ranking | None:
        (handle,) = self._catalogue.handles([question.movie_id]).tolist()
        stored: Scored | None = self._ranker.rank_neighbours(handle, _without_itself(question))
        return None if stored is None else _Ranking(None, *stored)

    def _taste(self, question: TasteQuery) -> Answer:
        movie_ids = (*question.liked, *question.disliked, *question.neutral)
        self._catalogue.handles(movie_ids)  # the error names all unknown ids, not only the liked ones
        started = time.perf_counter()
        liked = dict(zip(question.liked, question.weights or [1.0] * len(question.liked), strict=True))
        query = RankingQuery(
            self._liked_targets(list(liked)),
            self._vector_targets(question.disliked),
            like_weights=tuple(liked.values()),
        )
        ranking = _Ranking(None, *self._ranker.rank(query, question.selection.without(movie_ids)))
        return self._answer(ranking, started)

    def _liked_targets(self, movie_ids: Sequence[int]) -> tuple[Target, ...]:
        """Return the targets of films; see _MAX_FILMS_WITH_WORDS."""
        if len(movie_ids) > _MAX_FILMS_WITH_WORDS:
            return self._vector_targets(movie_ids)
        return tuple(self._catalogue.targets(self._catalogue.handles(movie_ids)))

    def _vector_targets(self, movie_ids: Sequence[int]) -> tuple[Target, ...]:
        vectors = self._catalogue.unit_vectors(self._catalogue.handles(list(dict.fromkeys(movie_ids))))
        return tuple(Target(vector) for vector in vectors)

    def _answer(
        self, ranking: _Ranking, search_started: float, encode: float | None = None, *, was_cached: bool = False
    ) -> Answer:
        records = self._catalogue.records_json(ranking.handles)
        films = tuple(map(Recommendation, records, ranking.scores.tolist()))
        timings = Timings(time.perf_counter() - search_started, encode, was_cached)
        warnings = (*language_warnings(ranking.query, self.model), *ranking.warnings)
        return Answer(
            ranking.query, films, timings, ranking.total, ranking.truncated, warnings, understood=ranking.understood
        )

    def _records(self, handles: Handles) -> tuple[MovieRecord, ...]:
        return tuple(map(read_record, self._catalogue.records_json(handles)))

    def _encode(self, text: str, *, alone: bool) -> Encoding:
        """Encode a query. After a failure, check the model: /health fails only if it cannot encode any text."""
        try:
            encoding = self._encoder.encode_query(text, alone=alone)
        except Exception:
            with contextlib.suppress(Exception):
                self.check_inference()
            raise
        self.is_healthy = True
        return encoding

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")


def _without_itself(question: SimilarQuery) -> Selection:
    return question.selection.without([question.movie_id])
