"""The command `verify`, which checks models/ against its manifest or writes a manifest for files put there by hand."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.indexing.errors import IndexingError
from app.indexing.index.embeddings import encode_film
from app.indexing.index.index_files import write_manifest, write_serving_files
from app.indexing.model.model_folder import model_file_names
from app.indexing.models_folder import exclusive_lock
from app.services.commands import ACCEPT_COMMAND, BUILD_COMMAND
from app.services.encoder.model_spec import CONFIG_FILE, read_model_spec
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.files.model_files import (
    INDEX_FILE,
    MANIFEST_FILE,
    MAP_FILE,
    MODEL_DIRECTORY,
    SERVING_DIRECTORY,
    STAGING_DIRECTORY,
    check_files,
    commit_staging,
    finish_switch,
    read_manifest,
)
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.local.map_fields import films_of_map
from app.services.movie_record import MovieRecord
from app.services.ranking.weights import RANKING_VERSION

SAMPLE_SIZE = 64
MIN_MEAN_COSINE = 0.7
"""With another quantization of the model, the mean is 0.9 or more; with the films in another order, it is 0.2."""


def verify(models_dir: Path) -> str:
    """Check every file and load the index once; return a summary to print.

    Raises ModelFileError or IndexingError, naming the first file that is wrong.
    """
    manifest = read_manifest(models_dir)
    if manifest is None:
        raise IndexingError(
            f"{models_dir / MANIFEST_FILE} is missing; if you put the files there yourself, run: {ACCEPT_COMMAND}"
        )
    check_files(models_dir, manifest)
    load_service(models_dir).close()
    size = sum(facts.size for facts in manifest.files.values())
    summary = f"{models_dir}: {manifest.count:,} films, {len(manifest.files)} files, {size / 1e6:,.0f} MB: all as built"
    if manifest.ranking_version != RANKING_VERSION:
        summary += (
            f"\nIts neighbours were ranked by version {manifest.ranking_version} of the weights, this program ranks by "
            f"version {RANKING_VERSION}: similar films are searched for instead of read; to store them again run: "
            f"{BUILD_COMMAND}"
        )
    return summary


def accept(models_dir: Path) -> str:
    """Write a manifest for the files as they are; return a summary to print.

    Raises IndexingError if the index was not made by this model from these films.
    """
    if not models_dir.is_dir():
        raise IndexingError(f"{models_dir} is not a folder: name the folder of the files with --models-dir")
    with exclusive_lock(models_dir):
        return _accept(models_dir)


def _accept(models_dir: Path) -> str:
    finish_switch(models_dir)
    films = films_of_map(read_movie_records(models_dir / MAP_FILE))
    spec = read_model_spec(models_dir / MODEL_DIRECTORY / CONFIG_FILE)
    vectors = open_vectors(models_dir / INDEX_FILE, spec.dimension)
    if len(vectors) != len(films):
        raise IndexingError(
            f"{INDEX_FILE} has {len(vectors)} films and {MAP_FILE} has {len(films)}: they are not of one build; "
            f"run: {BUILD_COMMAND}"
        )
    with TextEncoder.from_directory(models_dir / MODEL_DIRECTORY) as encoder:
        agreement = _agreement(encoder, films, vectors)
    if agreement is not None and agreement < MIN_MEAN_COSINE:
        raise IndexingError(
            f"{INDEX_FILE} was not made by this model from these films (mean cosine {agreement:.2f} over a sample "
            f"encoded again); run: {BUILD_COMMAND}"
        )
    staging = models_dir / STAGING_DIRECTORY
    shutil.rmtree(staging, ignore_errors=True)
    made = write_serving_files(films, vectors, staging / SERVING_DIRECTORY)
    present = {name: models_dir / name for name in (*model_file_names(models_dir), INDEX_FILE, MAP_FILE)}
    write_manifest(staging / MANIFEST_FILE, present | made, count=len(films), spec=spec, measured={})
    commit_staging(models_dir, staging)
    checked = (
        "no film has an overview, so that none could be encoded again"
        if agreement is None
        else f"films encoded again agree with the index (mean cosine {agreement:.3f})"
    )
    return f"{models_dir}: {len(films):,} films accepted; {checked}"


def _agreement(encoder: TextEncoder, films: Sequence[MovieRecord], vectors: NDArray[np.float32]) -> float | None:
    """Return the mean cosine of stored vectors and new embeddings of the same films; None without overviews."""
    with_text = [position for position, film in enumerate(films) if film.overview]
    if not with_text:
        return None
    cosines = []
    for position in with_text[:: max(1, len(with_text) // SAMPLE_SIZE)][:SAMPLE_SIZE]:
        stored = vectors[position] / max(float(np.linalg.norm(vectors[position])), 1e-12)
        cosines.append(float(stored @ encode_film(encoder, films[position])))
    return float(np.mean(cosines))
