"""Loading of a models/ folder, whose files are checked against the manifest, as a ModelService."""

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.core.memory import reuse_large_blocks
from app.services.catalogue import CatalogueInfo
from app.services.commands import BUILD_COMMAND
from app.services.encoder.model_spec import read_model_spec
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.encoder.text_encoder import EncoderFiles, TextEncoder
from app.services.errors import ModelFileError
from app.services.local.catalogue import LocalCatalogue
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.annoy_index import DEFAULT_SEARCH_K, AnnoyIndex
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.engines.vector_index import VectorIndex
from app.services.local.files.manifest import Manifest
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_FILES,
    SERVING_DIRECTORY,
    check_files,
    finish_switch,
    locate,
    manifest_identity,
    read_manifest,
)
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.lexical_index import LexicalIndex
from app.services.local.map_fields import films_of_map
from app.services.local.movie_map import MovieMap
from app.services.local.neighbours import Neighbours
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.model_service import ModelService
from app.services.ranking.weights import RANKING_VERSION
from app.services.vectors import Vectors

logger = logging.getLogger(__name__)

SearchEngine = Literal["auto", "exact", "annoy"]

_LOADS_DURING_SWITCHES = 3

_BLOCK_BYTES_PER_FILM = 16
"""Of the largest array that a search makes: the cosines of four queries with all films."""


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A CatalogueSource over the set of files in a models/ folder."""

    models_dir: Path
    search_engine: SearchEngine = "auto"
    encoder_threads: int = 1
    query_cache_size: int = 0

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.models_dir)

    def identity(self) -> tuple[int, int, int] | None:
        """Return what differs between the manifests of two sets; see CatalogueSource."""
        return manifest_identity(self.models_dir)

    def load(self) -> ModelService:
        """Return a service over the current set, after finishing a switch that was cut short; see CatalogueSource."""
        try:
            finish_switch(self.models_dir)
        except OSError as error:
            logger.warning(
                "%s: an unfinished switch cannot be finished (%s); its files are read from .incoming",
                self.models_dir,
                error.strerror,
            )
        return load_service(
            self.models_dir,
            search_engine=self.search_engine,
            encoder_threads=self.encoder_threads,
            query_cache_size=self.query_cache_size,
        )

    def close(self) -> None:
        """Do nothing: a service closes its files."""


def load_service(
    models_dir: Path,
    *,
    search_engine: SearchEngine = "auto",
    encoder_threads: int = 1,
    query_cache_size: int = 0,
) -> ModelService:
    """Open the files in models_dir, after checking each against the manifest if there is one.

    Raises ModelFileError naming the file that is wrong and the command that creates it.
    """
    for _ in range(_LOADS_DURING_SWITCHES):
        manifest = read_manifest(models_dir)
        with contextlib.ExitStack() as opened:  # closes what is open already if the rest cannot be opened
            encoder, catalogue = _open_set(models_dir, manifest, search_engine, encoder_threads, opened)
            if read_manifest(models_dir) != manifest:
                continue  # another process switched meanwhile: what was read may be of two sets
            if manifest is None:
                logger.warning("%s has no %s: its files are used unchecked", models_dir, MANIFEST_FILE)
            reuse_large_blocks(_BLOCK_BYTES_PER_FILM * catalogue.info.films)
            service = ModelService(encoder, catalogue, query_cache_size)
            service.check_inference()
            opened.pop_all()
            return service
    raise ModelFileError(f"{models_dir} changes faster than it can be loaded; wait until the build ends")


def _open_set(
    models_dir: Path,
    manifest: Manifest | None,
    search_engine: SearchEngine,
    encoder_threads: int,
    opened: contextlib.ExitStack,
) -> tuple[TextEncoder, LocalCatalogue]:
    if manifest is not None:
        _check_manifest(manifest, models_dir)
    movies = _open_movies(models_dir, manifest)
    opened.callback(movies.close)
    files = _encoder_files(models_dir)
    vectors = StoredVectors(locate(models_dir, INDEX_FILE), read_model_spec(files.config).dimension)
    opened.callback(vectors.close)
    _require_equal_counts(models_dir, manifest, vectors, movies)
    encoder = TextEncoder(files, threads=encoder_threads)
    opened.callback(encoder.close)
    index = _open_index(models_dir, manifest, vectors, search_engine)
    opened.callback(index.close)
    neighbours = _open_neighbours(models_dir, manifest)
    if neighbours is not None:
        opened.callback(neighbours.close)
    catalogue = LocalCatalogue(
        _info(manifest, index),
        index,
        movies,
        _open_titles(models_dir, manifest, movies),
        _open_lexical(models_dir, manifest),
        neighbours,
        _open_title_keys(models_dir, manifest, movies),
        _open_people(models_dir, manifest),
    )
    return encoder, catalogue


def _check_manifest(manifest: Manifest, models_dir: Path) -> None:
    if manifest.template_version != TEMPLATE_VERSION:
        raise ModelFileError(
            f"{models_dir / INDEX_FILE} was built with template version {manifest.template_version}, this program "
            f"reads version {TEMPLATE_VERSION}; run: {BUILD_COMMAND}"
        )
    check_files(models_dir, manifest, by_checksum=True)


def _require_equal_counts(models_dir: Path, manifest: Manifest | None, vectors: Vectors, movies: MovieMap) -> None:
    if manifest is not None and manifest.count != len(movies):
        raise ModelFileError(
            f"{models_dir / MANIFEST_FILE} lists {manifest.count} films and {MAP_FILE} has {len(movies)}: "
            f"they are not of one build; run: {BUILD_COMMAND}"
        )
    if len(vectors) != len(movies):
        raise ModelFileError(
            f"{models_dir / INDEX_FILE} has {len(vectors)} films and {models_dir / MAP_FILE} has {len(movies)}:"
            f" they are not of one build; run: {BUILD_COMMAND}"
        )


def _encoder_files(models_dir: Path) -> EncoderFiles:
    """Return the paths of the model's files, some of which may be in an unfinished switch."""
    graph, tokenizer, config = (locate(models_dir, name) for name in MODEL_FILES)
    return EncoderFiles(graph, tokenizer, config)


def _open_index(
    models_dir: Path, manifest: Manifest | None, vectors: Vectors, search_engine: SearchEngine
) -> VectorIndex:
    """Return the requested engine; for auto, the one that the build measured as better, or exact without measurement.

    The quantized vectors of the build are used if the manifest lists them.
    """
    found = manifest.measured.get("search") if manifest else None
    measured: dict[str, Any] = found if isinstance(found, dict) else {}
    engine = measured.get("engine", "exact") if search_engine == "auto" else search_engine
    if engine == "annoy":
        search_k = int(measured.get("search_k") or DEFAULT_SEARCH_K)
        return AnnoyIndex(locate(models_dir, INDEX_FILE), vectors, search_k)
    if not _has_serving_files(manifest, "scan_"):
        return ExactIndex(vectors)
    return ExactIndex(vectors, QuantizedVectors.open(locate(models_dir, SERVING_DIRECTORY)))


def _open_movies(models_dir: Path, manifest: Manifest | None) -> MovieMap:
    """Open the serving arrays if the manifest lists them, else read the pickle."""
    if _has_serving_files(manifest, "movies_"):
        return MovieMap.open(locate(models_dir, SERVING_DIRECTORY))
    return MovieMap.from_films(films_of_map(read_movie_records(locate(models_dir, MAP_FILE))))


def _open_lexical(models_dir: Path, manifest: Manifest | None) -> LexicalIndex | None:
    """Return the words of the build; a folder without them is ranked by vectors, genres and years alone."""
    if _has_serving_files(manifest, "lexical_"):
        return LexicalIndex.open(locate(models_dir, SERVING_DIRECTORY))
    return None


def _open_titles(models_dir: Path, manifest: Manifest | None, movies: MovieMap) -> TitleIndex:
    if _has_serving_files(manifest, "titles_"):
        return TitleIndex.open(locate(models_dir, SERVING_DIRECTORY))
    films = [movies.record(position) for position in range(len(movies))]
    return TitleIndex.from_titles([film.title for film in films], [film.original_title for film in films])


def _open_title_keys(models_dir: Path, manifest: Manifest | None, movies: MovieMap) -> TitleKeys:
    if _has_serving_files(manifest, "title_keys_"):
        return TitleKeys.open(locate(models_dir, SERVING_DIRECTORY))
    return TitleKeys.from_titles([movies.record(position).title for position in range(len(movies))])


def _open_people(models_dir: Path, manifest: Manifest | None) -> PeopleIndex | None:
    """Return the directors and actors of the build; None if no film of the catalogue has any."""
    if _has_serving_files(manifest, "people_"):
        return PeopleIndex.open(locate(models_dir, SERVING_DIRECTORY))
    return None


def _open_neighbours(models_dir: Path, manifest: Manifest | None) -> Neighbours | None:
    """Return the neighbours of the build; None if it has none, or ranked them by other weights than this program's."""
    if manifest is None or not _has_serving_files(manifest, "neighbours_"):
        return None
    if manifest.ranking_version != RANKING_VERSION:
        logger.warning(
            "%s was built with ranking version %d, this program ranks by version %d: similar films are searched for "
            "instead of read; to store them again run: %s",
            models_dir,
            manifest.ranking_version,
            RANKING_VERSION,
            BUILD_COMMAND,
        )
        return None
    return Neighbours(locate(models_dir, SERVING_DIRECTORY))


def _info(manifest: Manifest | None, index: VectorIndex) -> CatalogueInfo:
    return CatalogueInfo(
        films=len(index),
        search_engine="annoy" if isinstance(index, AnnoyIndex) else "exact",
        index_version=manifest.version if manifest else None,
        built_at=manifest.created_at if manifest else None,
    )


def _has_serving_files(manifest: Manifest | None, prefix: str) -> bool:
    return manifest is not None and any(name.startswith(f"{SERVING_DIRECTORY}/{prefix}") for name in manifest.files)
