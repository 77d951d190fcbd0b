"""The files of an index: movies.ann, the arrays in serving/ that a start opens, and the manifest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.files.array_files import writing
from app.services.local.files.manifest import Manifest
from app.services.local.files.model_files import SERVING_DIRECTORY, file_facts
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import MovieMap
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.movie_record import MovieRecord
from app.services.ranking.weights import RANKING_VERSION
from app.services.vectors import VectorsInMemory

ANNOY_TREES = 50
ANNOY_TREES_OF_MANY = 10
MANY_FILMS = 100_000
"""With more films, Annoy gets fewer trees: they would take longer than all other files together, and the exact scan is
the better engine."""
ANNOY_SEED = 20240229


def write_annoy(vectors: NDArray[np.float32], path: Path) -> None:
    """Write an Annoy index of vectors [N, dimension].

    The seed is fixed and one thread builds the trees, so that the same vectors give the same file.
    """
    from annoy import AnnoyIndex

    index = AnnoyIndex(vectors.shape[1], "angular")
    index.set_seed(ANNOY_SEED)
    for position, vector in enumerate(vectors):
        index.add_item(position, vector)
    index.build(ANNOY_TREES if len(vectors) <= MANY_FILMS else ANNOY_TREES_OF_MANY, n_jobs=1)
    with writing(path):
        index.save(str(path))
    index.unload()


def write_serving_files(films: Sequence[MovieRecord], vectors: NDArray[np.float32], directory: Path) -> dict[str, Path]:
    """Write the arrays that a start opens instead of computing them; return their names in models/ and their paths."""
    directory.mkdir(parents=True)
    MovieMap.from_films(films).save(directory)
    QuantizedVectors.quantize(VectorsInMemory(vectors)).save(directory)
    write_name_files(films, directory)
    if any(film.overview for film in films):
        LexicalIndex.from_texts(film_words(film.title, film.overview, film.keywords) for film in films).save(directory)
    return {f"{SERVING_DIRECTORY}/{path.name}": path for path in sorted(directory.iterdir())}


def write_name_files(films: Sequence[MovieRecord], directory: Path) -> None:
    """Write the indexes of the titles and the people of films by position."""
    titles, originals = [film.title for film in films], [film.original_title for film in films]
    TitleIndex.from_titles(titles, originals).save(directory)
    TitleKeys.from_titles(titles, originals).save(directory)
    if any(film.directors or film.cast for film in films):
        PeopleIndex.from_credits([film.directors for film in films], [film.cast for film in films]).save(directory)


def write_manifest(
    path: Path, files: Mapping[str, Path], *, count: int, spec: ModelSpec, measured: Mapping[str, Any]
) -> None:
    """Write the manifest of a set: `files` maps the name of each file in models/ to its present path."""
    manifest = Manifest(
        count=count,
        model_id=spec.model_id,
        dimension=spec.dimension,
        template_version=TEMPLATE_VERSION,
        ranking_version=RANKING_VERSION,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_facts(files[name]) for name in sorted(files)},
        measured=measured,
    )
    with writing(path):
        path.write_text(manifest.to_json(), encoding="utf-8")
