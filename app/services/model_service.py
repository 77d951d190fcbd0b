"""ModelService: owns the encoder, the index and the film map, and answers queries with them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.model_files import (
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
from app.services.movie_filter import MovieFilter, allowed_positions
from app.services.movie_map import MovieMap, MovieRecord
from app.services.movie_text import TEMPLATE_VERSION, context_text
from app.services.text_encoder import TextEncoder
from app.services.vector_index import AnnoyIndex, ExactIndex, QuantizedVectors, VectorIndex, open_vectors

logger = logging.getLogger(__name__)

SearchEngine = Literal["auto", "exact", "annoy"]
SCORE_DECIMALS = 4
LOADS_DURING_SWITCHES = 3


@dataclass(frozen=True, slots=True)
class Query:
    """What a caller asks: a synopsis, what else is known of the film, and conditions on the answer."""

    synopsis: str
    top_k: int = 10
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    keywords: tuple[str, ...] = ()
    movie_filter: MovieFilter | None = None
    exclude_ids: tuple[int, ...] = ()
    min_score: float | None = None
    diversity: float = 0.0


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A film and how well it matches, 0 to 1."""

    movie: MovieRecord
    similarity_score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations, best first; `query` is the text that was embedded, None where none was."""

    query: str | None
    recommendations: tuple[Recommendation, ...]
    truncated: bool = False


class ModelService:
    """Answers queries; safe to call from several threads at once."""

    def __init__(self, encoder: TextEncoder, index: VectorIndex, movies: MovieMap) -> None:
        self._encoder = encoder
        self._index = index
        self._movies = movies
        self._is_closed = False
        self.is_healthy = True

    @classmethod
    def load(cls, models_dir: Path, *, search_engine: SearchEngine = "auto", encoder_threads: int = 1) -> Self:
        """Load what is in models_dir, checking every file against the manifest where there is one.

        Raises ModelFileError naming the file at fault and the command that makes it.
        """
        for _ in range(LOADS_DURING_SWITCHES):
            manifest = read_manifest(models_dir)
            service = cls._load_set(models_dir, manifest, search_engine, encoder_threads)
            if read_manifest(models_dir) == manifest:
                return service
            service.close()  # what was read may be of two sets: another process switched meanwhile
        raise ModelFileError(f"{models_dir} changes faster than it can be loaded; wait until the build ends")

    @classmethod
    def _load_set(
        cls, models_dir: Path, manifest: Manifest | None, search_engine: SearchEngine, encoder_threads: int
    ) -> Self:
        if manifest is None:
            logger.warning("%s has no %s: files are used as they are", models_dir, MANIFEST_FILE)
        else:
            _check_manifest(manifest, models_dir)
        movies = _open_movies(models_dir, manifest)
        vectors = open_vectors(locate(models_dir, INDEX_FILE))
        if len(vectors) != len(movies):
            raise ModelFileError(
                f"{models_dir / INDEX_FILE} has {len(vectors)} films and {models_dir / MAP_FILE} has {len(movies)}: "
                f"they are not of one build; run: {BUILD_COMMAND}"
            )
        encoder = TextEncoder(models_dir / MODEL_DIRECTORY, threads=encoder_threads)
        index = _open_index(models_dir, manifest, vectors, search_engine)
        service = cls(encoder, index, movies)
        service.check_inference()
        return service

    @property
    def films(self) -> int:
        """How many films can be recommended."""
        return len(self._movies)

    def recommend(self, query: Query) -> Answer:
        """Return the films most similar to a synopsis and its context."""
        text = context_text(
            query.synopsis, genres=query.genres, keywords=query.keywords, year=query.year, title=query.title
        )
        self._require_open()
        encoding = self._encoder.encode(text)
        allowed = allowed_positions(self._movies, query.movie_filter, query.exclude_ids)
        positions, cosines = self._index.search(encoding.vector, query.top_k, allowed)
        return Answer(text, self._recommendations(positions, cosines, query.min_score), encoding.truncated)

    def check_inference(self) -> None:
        """Encode one token, so that a broken model shows before a query meets it, and the first query is warm."""
        self._require_open()
        try:
            self.is_healthy = bool(np.isfinite(self._encoder.encode("a").vector).all())
        except Exception:
            self.is_healthy = False
            raise

    def close(self) -> None:
        """Give the encoder and the index back; harmless when called twice."""
        if not self._is_closed:
            self._is_closed = True
            self._index.close()
            self._encoder.close()

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")

    def _recommendations(
        self, positions: NDArray[np.int64], scores: NDArray[np.float32], min_score: float | None
    ) -> tuple[Recommendation, ...]:
        rounded: Sequence[float] = np.clip(scores.astype(np.float64), 0.0, 1.0).round(SCORE_DECIMALS).tolist()
        return tuple(
            Recommendation(self._movies.record(position), score)
            for position, score in zip(positions.tolist(), rounded, strict=True)
            if min_score is None or score >= min_score
        )


def _check_manifest(manifest: Manifest, models_dir: Path) -> None:
    if manifest.template_version != TEMPLATE_VERSION:
        raise ModelFileError(
            f"{models_dir / INDEX_FILE} was built with template version {manifest.template_version}, this program "
            f"reads version {TEMPLATE_VERSION}; run: {BUILD_COMMAND}"
        )
    check_files(models_dir, manifest)


def _open_index(
    models_dir: Path, manifest: Manifest | None, vectors: NDArray[np.float32], search_engine: SearchEngine
) -> VectorIndex:
    """Return the engine asked for, with the quantized vectors of the build where the manifest vouches for them."""
    if search_engine == "annoy":
        return AnnoyIndex(locate(models_dir, INDEX_FILE), vectors)
    if not _has_serving_files(manifest, "vectors_"):
        return ExactIndex(vectors)
    return ExactIndex(vectors, QuantizedVectors.open(locate(models_dir, SERVING_DIRECTORY)))


def _has_serving_files(manifest: Manifest | None, prefix: str) -> bool:
    return manifest is not None and any(name.startswith(f"{SERVING_DIRECTORY}/{prefix}") for name in manifest.files)


def _open_movies(models_dir: Path, manifest: Manifest | None) -> MovieMap:
    """Map the serving arrays where the manifest vouches for them, else read the pickle."""
    if _has_serving_files(manifest, "movies_"):
        return MovieMap.open(locate(models_dir, SERVING_DIRECTORY))
    return MovieMap.from_pickle(locate(models_dir, MAP_FILE))
