"""ModelService: owns the encoder, the index and the film map, and answers queries with them."""

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from app.core.memory import FreedMemory
from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.movie_text import TEMPLATE_VERSION, context_text
from app.services.encoder.text_encoder import Encoding, TextEncoder
from app.services.errors import ModelFileError, ServiceClosedError, UnknownMovieError
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.engines.vector_index import (
    DEFAULT_SEARCH_K,
    AnnoyIndex,
    ExactIndex,
    VectorIndex,
)
from app.services.local.files.model_files import (
    BUILD_COMMAND,
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_DIRECTORY,
    SERVING_DIRECTORY,
    Manifest,
    check_files,
    locate,
    read_manifest,
)
from app.services.local.lexical_index import LexicalIndex
from app.services.local.masks import MovieFilter, allowed_positions
from app.services.local.movie_map import MovieMap, MovieRecord, read_record
from app.services.local.neighbours import Neighbours
from app.services.local.title_index import TitleIndex
from app.services.lru_cache import LruCache
from app.services.query_cache import QueryCache
from app.services.ranking.ranker import Choice, Ranker, Wanted
from app.services.vectors import Positions, Vectors

logger = logging.getLogger(__name__)

SearchEngine = Literal["auto", "exact", "annoy"]
LOADS_DURING_SWITCHES = 3
ENCODINGS_BETWEEN_BOUNDS = 32
"""Texts encoded before the memory that they left is looked at."""


@dataclass(frozen=True, slots=True)
class Selection:
    """How many films an answer has, and which."""

    top_k: int = 10
    movie_filter: MovieFilter | None = None
    exclude_ids: tuple[int, ...] = ()
    min_score: float | None = None
    diversity: float = 0.0

    def without(self, movie_ids: Sequence[int]) -> "Selection":
        """Return the same selection with more films excluded."""
        return replace(self, exclude_ids=(*self.exclude_ids, *movie_ids))


@dataclass(frozen=True, slots=True)
class Query:
    """What a caller asks: a synopsis, what else is known of the film, and which films to choose from."""

    synopsis: str
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    keywords: tuple[str, ...] = ()
    selection: Selection = Selection()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A film and how well it matches, 0 to 1."""

    movie_json: bytes
    """The film as MovieMap stores it: a JSON object. Answers are made of these texts, which nobody has to parse."""
    similarity_score: float

    @property
    def movie(self) -> MovieRecord:
        """The film."""
        return read_record(self.movie_json)


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that the parts of an answer took; `encode` is None where no text was embedded."""

    search: float
    encode: float | None = None
    was_cached: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations, best first; `query` is the text that was embedded, None where none was."""

    query: str | None
    recommendations: tuple[Recommendation, ...]
    timings: Timings
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """What is in use."""

    films: int
    model_id: str
    dimension: int
    reads_tokens: int
    search_engine: str
    template_version: int
    index_version: str | None
    built_at: str | None


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The films that answered a query, and their scores; `truncated` as in Answer."""

    positions: Positions
    scores: NDArray[np.float64]
    truncated: bool


class ModelService:
    """Answers queries; safe to call from several threads at once."""

    def __init__(
        self,
        encoder: TextEncoder,
        index: VectorIndex,
        ranker: Ranker,
        movies: MovieMap,
        titles: TitleIndex,
        neighbours: Neighbours | None,
        info: ServiceInfo,
        query_cache_size: int = 0,
    ) -> None:
        self._encoder = encoder
        self._cache = QueryCache(query_cache_size)
        self._rankings = LruCache[_Ranking](query_cache_size)
        self._index = index
        self._ranker = ranker
        self._movies = movies
        self._titles = titles
        self._neighbours = neighbours
        self.info = info
        self._is_closed = False
        self._calls = 0
        self._calls_lock = threading.Lock()
        self._encodings = itertools.count(1)
        self._freed_memory = FreedMemory()
        self.is_healthy = True

    @classmethod
    def load(
        cls,
        models_dir: Path,
        *,
        search_engine: SearchEngine = "auto",
        encoder_threads: int = 1,
        query_cache_size: int = 0,
    ) -> Self:
        """Load what is in models_dir, checking every file against the manifest where there is one.

        Raises ModelFileError naming the file at fault and the command that makes it.
        """
        for _ in range(LOADS_DURING_SWITCHES):
            manifest = read_manifest(models_dir)
            service = cls._load_set(models_dir, manifest, search_engine, encoder_threads, query_cache_size)
            if read_manifest(models_dir) == manifest:
                return service
            service.close()  # what was read may be of two sets: another process switched meanwhile
        raise ModelFileError(f"{models_dir} changes faster than it can be loaded; wait until the build ends")

    @classmethod
    def _load_set(
        cls,
        models_dir: Path,
        manifest: Manifest | None,
        search_engine: SearchEngine,
        encoder_threads: int,
        query_cache_size: int,
    ) -> Self:
        if manifest is None:
            logger.warning("%s has no %s: files are used as they are", models_dir, MANIFEST_FILE)
        else:
            _check_manifest(manifest, models_dir)
        with contextlib.ExitStack() as opened:  # closes what is open already where the rest cannot be
            movies = _open_movies(models_dir, manifest)
            opened.callback(movies.close)
            vectors = StoredVectors(locate(models_dir, INDEX_FILE))
            opened.callback(vectors.close)
            if manifest is not None and manifest.count != len(movies):
                raise ModelFileError(
                    f"{models_dir / MANIFEST_FILE} tells of {manifest.count} films and {MAP_FILE} has {len(movies)}: "
                    f"they are not of one build; run: {BUILD_COMMAND}"
                )
            if len(vectors) != len(movies):
                raise ModelFileError(
                    f"{models_dir / INDEX_FILE} has {len(vectors)} films and {models_dir / MAP_FILE} has {len(movies)}:"
                    f" they are not of one build; run: {BUILD_COMMAND}"
                )
            encoder = TextEncoder(models_dir / MODEL_DIRECTORY, threads=encoder_threads)
            opened.callback(encoder.close)
            index = _open_index(models_dir, manifest, vectors, search_engine)
            titles = _open_titles(models_dir, manifest, movies)
            ranker = Ranker(index, movies, _open_lexical(models_dir, manifest))
            neighbours = _open_neighbours(models_dir, manifest)
            if neighbours is not None:
                opened.callback(neighbours.close)
            if len(titles) != len(movies) or (neighbours is not None and len(neighbours) != len(movies)):
                raise ModelFileError(f"The files in {models_dir} are not of one build; run: {BUILD_COMMAND}")
            info = _info(manifest, encoder.spec, index, len(movies))
            service = cls(encoder, index, ranker, movies, titles, neighbours, info, query_cache_size)
            service.check_inference()
            opened.pop_all()
            return service

    @property
    def films(self) -> int:
        """How many films can be recommended."""
        return len(self._movies)

    def recommend(self, query: Query) -> Answer:
        """Return the films most similar to a synopsis and its context."""
        self._require_open()
        with self._counted():
            started = time.perf_counter()
            text = embedded_text(query)
            encoding, was_cached = self._cache.get(text, self._encode)
            encoded = time.perf_counter()
            words = " ".join([query.synopsis, query.title or "", *query.keywords])
            wanted = Wanted(encoding.vector, words, query.genres, query.year)
            positions, scores = self._ranker.rank(wanted, self._choice(query.selection))
            self._rankings.put(repr(query), _Ranking(positions, scores, encoding.truncated))
            films = self._recommendations(positions, scores)
        timings = Timings(time.perf_counter() - encoded, encoded - started, was_cached)
        return Answer(text, films, timings, encoding.truncated)

    def recommend_at_once(self, query: Query) -> Answer | None:
        """Return the answer to a query that was answered lately; None where it takes work. Never blocks for long."""
        self._require_open()
        started = time.perf_counter()
        ranking = self._rankings.get(repr(query))
        if ranking is None:
            return None
        films = self._recommendations(ranking.positions, ranking.scores)
        timings = Timings(time.perf_counter() - started, 0.0, was_cached=True)
        return Answer(embedded_text(query), films, timings, ranking.truncated)

    def similar(self, movie_id: int, selection: Selection) -> Answer:
        """Return the films most similar to one of the catalogue, never that film itself.

        Raises UnknownMovieError.
        """
        (position,) = self._positions([movie_id])
        started = time.perf_counter()
        choice = self._choice(selection.without([movie_id]))
        films = self._recommendations(*self._ranker.rank(self._ranker.wanted_like(position), choice))
        return Answer(None, films, Timings(time.perf_counter() - started))

    def similar_at_once(self, movie_id: int, selection: Selection) -> Answer | None:
        """Return what `similar` does where the build has worked it out; None where it takes a search.

        Raises UnknownMovieError.
        """
        (position,) = self._positions([movie_id])
        if self._neighbours is None:
            return None
        started = time.perf_counter()
        choice = self._choice(selection.without([movie_id]))
        ranked = self._ranker.narrow_ranked(*self._neighbours.of(position), choice)
        if ranked is None:
            return None
        films = self._recommendations(*ranked)
        return Answer(None, films, Timings(time.perf_counter() - started))

    def taste(self, liked: Sequence[int], disliked: Sequence[int], selection: Selection) -> Answer:
        """Return films like those liked and unlike those disliked, none of which are among them.

        Raises UnknownMovieError naming every id that the catalogue does not have.
        """
        self._positions([*liked, *disliked])
        started = time.perf_counter()
        positions, scores = self._ranker.rank_by_taste(
            np.array(self._positions(liked), np.int64),
            np.array(self._positions(disliked), np.int64),
            self._choice(selection.without([*liked, *disliked])),
        )
        films = self._recommendations(positions, scores)
        return Answer(None, films, Timings(time.perf_counter() - started))

    def movie(self, movie_id: int) -> MovieRecord:
        """Return a film's record; raises UnknownMovieError."""
        (position,) = self._positions([movie_id])
        return self._movies.record(position)

    def find_titles(self, typed: str, limit: int) -> tuple[MovieRecord, ...]:
        """Return the films whose titles begin as typed so far; see TitleIndex.search."""
        found = self._titles.search(typed, limit, self._movies.vote_counts)
        return tuple(self._movies.record(position) for position in found)

    def genres(self) -> dict[str, int]:
        """Return how many films each genre has, most first."""
        counts = {name: len(self._movies.genre_positions(name)) for name in self._movies.genre_names}
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def check_inference(self) -> None:
        """Encode one token, so that a broken model shows before a query meets it, and the first query is warm."""
        self._require_open()
        try:
            self.is_healthy = bool(np.isfinite(self._encoder.encode("a").vector).all())
        except Exception:
            self.is_healthy = False
            raise

    def _encode(self, text: str) -> Encoding:
        """Encode a query; a failure is looked into at once, so that /health tells a broken model from an odd text."""
        try:
            encoding = self._encoder.encode(text, alone=self._calls == 1)
        except Exception:
            with contextlib.suppress(Exception):
                self.check_inference()
            raise
        self.is_healthy = True
        if next(self._encodings) % ENCODINGS_BETWEEN_BOUNDS == 0:
            self._freed_memory.bound()
        return encoding

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """Count a call while it is worked on: one that is alone may use all the CPUs."""
        with self._calls_lock:
            self._calls += 1
        try:
            yield
        finally:
            with self._calls_lock:
                self._calls -= 1

    def close(self) -> None:
        """Give the encoder and the index back; harmless when called twice."""
        if not self._is_closed:
            self._is_closed = True
            self._index.close()
            self._movies.close()
            if self._neighbours is not None:
                self._neighbours.close()
            self._encoder.close()

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")

    def _positions(self, movie_ids: Sequence[int]) -> list[int]:
        self._require_open()
        found = {movie_id: self._movies.position(movie_id) for movie_id in movie_ids}
        unknown = [movie_id for movie_id, position in found.items() if position is None]
        if unknown:
            raise UnknownMovieError(unknown)
        return [position for position in found.values() if position is not None]

    def _choice(self, selection: Selection) -> Choice:
        allowed = allowed_positions(self._movies, selection.movie_filter, selection.exclude_ids)
        return Choice(selection.top_k, selection.min_score, selection.diversity, allowed)

    def _recommendations(self, positions: NDArray[np.int64], scores: NDArray[np.float64]) -> tuple[Recommendation, ...]:
        return tuple(
            Recommendation(self._movies.record_json(position), score)
            for position, score in zip(positions.tolist(), scores.tolist(), strict=True)
        )


def embedded_text(query: Query) -> str:
    """Return the text of a query that is embedded: the synopsis, or the template filled with its context."""
    return context_text(
        query.synopsis, genres=query.genres, keywords=query.keywords, year=query.year, title=query.title
    )


def _check_manifest(manifest: Manifest, models_dir: Path) -> None:
    if manifest.template_version != TEMPLATE_VERSION:
        raise ModelFileError(
            f"{models_dir / INDEX_FILE} was built with template version {manifest.template_version}, this program "
            f"reads version {TEMPLATE_VERSION}; run: {BUILD_COMMAND}"
        )
    check_files(models_dir, manifest)


def _open_index(
    models_dir: Path, manifest: Manifest | None, vectors: Vectors, search_engine: SearchEngine
) -> VectorIndex:
    """Return the engine asked for, or for auto the one that the build measured as the better; exact where none was.

    The quantized vectors of the build are used where the manifest vouches for them.
    """
    found = manifest.measured.get("search") if manifest else None
    measured = found if isinstance(found, dict) else {}
    engine = measured.get("engine", "exact") if search_engine == "auto" else search_engine
    if engine == "annoy":
        search_k = int(measured.get("search_k") or DEFAULT_SEARCH_K)
        return AnnoyIndex(locate(models_dir, INDEX_FILE), vectors, search_k)
    if not _has_serving_files(manifest, "scan_"):
        return ExactIndex(vectors)
    return ExactIndex(vectors, QuantizedVectors.open(locate(models_dir, SERVING_DIRECTORY)))


def _open_lexical(models_dir: Path, manifest: Manifest | None) -> LexicalIndex | None:
    """Return the words of the build; a folder without them is ranked by vectors, genres and years alone."""
    if _has_serving_files(manifest, "lexical_"):
        return LexicalIndex.open(locate(models_dir, SERVING_DIRECTORY))
    return None


def _open_titles(models_dir: Path, manifest: Manifest | None, movies: MovieMap) -> TitleIndex:
    if _has_serving_files(manifest, "titles_"):
        return TitleIndex.open(locate(models_dir, SERVING_DIRECTORY))
    return TitleIndex.from_titles([movies.record(position).title for position in range(len(movies))])


def _open_neighbours(models_dir: Path, manifest: Manifest | None) -> Neighbours | None:
    """Return the neighbours of the build; where it left them out, films like a film are searched for."""
    if _has_serving_files(manifest, "neighbours_"):
        return Neighbours(locate(models_dir, SERVING_DIRECTORY))
    return None


def _info(manifest: Manifest | None, spec: ModelSpec, index: VectorIndex, films: int) -> ServiceInfo:
    return ServiceInfo(
        films=films,
        model_id=spec.model_id,
        dimension=spec.dimension,
        reads_tokens=spec.max_tokens,
        search_engine="annoy" if isinstance(index, AnnoyIndex) else "exact",
        template_version=TEMPLATE_VERSION,
        index_version=manifest.version if manifest else None,
        built_at=manifest.created_at if manifest else None,
    )


def _has_serving_files(manifest: Manifest | None, prefix: str) -> bool:
    return manifest is not None and any(name.startswith(f"{SERVING_DIRECTORY}/{prefix}") for name in manifest.files)


def _open_movies(models_dir: Path, manifest: Manifest | None) -> MovieMap:
    """Map the serving arrays where the manifest vouches for them, else read the pickle."""
    if _has_serving_files(manifest, "movies_"):
        return MovieMap.open(locate(models_dir, SERVING_DIRECTORY))
    return MovieMap.from_pickle(locate(models_dir, MAP_FILE))
