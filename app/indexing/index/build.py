"""The build of an index from a catalogue: embeddings, files and measurements, and the switch to them."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.indexing.catalogue.movie import Movie
from app.indexing.errors import IndexingError
from app.indexing.index.embeddings import PARTIAL_FILE, Embeddings
from app.indexing.index.engines import measure_engines, measured_search, sample_sentences
from app.indexing.index.film_map import film_of, write_film_map
from app.indexing.index.index_files import write_annoy, write_manifest, write_serving_files
from app.indexing.index.neighbours import MAX_FILMS, find_neighbours
from app.indexing.model.model_folder import find_model_home, model_facts, model_file_names
from app.indexing.models_folder import exclusive_lock, remove_unlisted_files
from app.indexing.progress import say
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.array_files import writing
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_DIRECTORY,
    SERVING_DIRECTORY,
    STAGING_DIRECTORY,
    commit_staging,
    finish_switch,
)
from app.services.movie_record import MovieRecord


@dataclass(frozen=True, slots=True)
class BuildReport:
    """Figures of a build."""

    films: int
    encoded: int
    kept: int
    seconds_encoding: float
    seconds: float


def build_index(movies: Sequence[Movie], models_dir: Path, *, fallback_model_dir: Path = Path("models")) -> BuildReport:
    """Make the index of these films in models_dir and switch to it; the same films give the same files.

    Embeddings of the same text by the same model are reused from the index in place and from an interrupted build.
    Raises IndexingError if the index cannot be made; the files in place are then as they were.
    """
    if not movies:
        raise IndexingError("No film to index: the catalogue holds none with an id, a title and an overview.")
    started = time.monotonic()
    models_dir.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(models_dir):
        finish_switch(models_dir)
        model_home = find_model_home(models_dir, fallback_model_dir)
        films = [film_of(movie) for movie in movies]
        with TextEncoder.from_directory(model_home / MODEL_DIRECTORY) as encoder:
            embeddings = Embeddings(encoder, model_facts(model_home), models_dir)
            missing = embeddings.missing(films)
            kept = len(films) - len(missing)
            say(f"{len(films):,} films, {len(missing):,} to encode, {kept:,} unchanged")
            encoding_started = time.monotonic()
            embeddings.encode(missing)
            seconds_encoding = time.monotonic() - encoding_started
            vectors = embeddings.vectors(films)
            del embeddings  # has the vectors a second time
            _make_set(_NewSet(movies, films, vectors, models_dir, model_home, encoder))
        remove_unlisted_files(models_dir)
        (models_dir / PARTIAL_FILE).unlink(missing_ok=True)
    return BuildReport(len(films), len(missing), kept, seconds_encoding, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _NewSet:
    """The inputs of a new set of files."""

    movies: Sequence[Movie]
    films: Sequence[MovieRecord]
    vectors: NDArray[np.float32]
    models_dir: Path
    model_home: Path
    encoder: TextEncoder


def _make_set(new: _NewSet) -> None:
    """Write the files into the staging folder and switch to them."""
    staging = new.models_dir / STAGING_DIRECTORY
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        _write_set(new, staging)
        commit_staging(new.models_dir, staging)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)  # a full disk should not stay full because of an unusable set
        raise


def _write_set(new: _NewSet, staging: Path) -> None:
    say("Writing the index")
    with ThreadPoolExecutor(1) as thread:  # Annoy builds its trees without the GIL
        annoy = thread.submit(write_annoy, new.vectors, staging / INDEX_FILE)
        write_film_map(new.movies, staging / MAP_FILE)
        write_serving_files(new.films, new.vectors, staging / SERVING_DIRECTORY)
        annoy.result()
    if new.model_home != new.models_dir:
        _copy_model(new.model_home, staging)
    if len(new.films) <= MAX_FILMS:
        find_neighbours(staging, new.encoder.spec.dimension).save(staging / SERVING_DIRECTORY)
    model = {name: new.model_home / name for name in model_file_names(new.model_home)}
    made = {path.relative_to(staging).as_posix(): path for path in staging.rglob("*") if path.is_file()}
    measured = _measure_search(staging / INDEX_FILE, new.films, new.encoder)
    spec = new.encoder.spec
    write_manifest(staging / MANIFEST_FILE, model | made, count=len(new.films), spec=spec, measured=measured)


def _copy_model(home: Path, staging: Path) -> None:
    (staging / MODEL_DIRECTORY).mkdir()
    for name in model_file_names(home):
        with writing(staging / name):
            shutil.copyfile(home / name, staging / name)


def _measure_search(index_path: Path, films: Sequence[MovieRecord], encoder: TextEncoder) -> dict[str, Any]:
    """Return the measurements of the search engines for the manifest; empty if no overview gives a query."""
    sentences = sample_sentences(film.overview or "" for film in films)
    if not sentences:
        return {}
    say("Measuring the search engines")
    queries = np.stack([encoder.encode_query(sentence).vector for sentence in sentences])
    return {"search": measured_search(measure_engines(index_path, queries))}
