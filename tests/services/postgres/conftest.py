"""A PostgreSQL server, and the made-up films of small_catalogue.py as a built set that can be published."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.indexing.index.index_files import write_annoy, write_manifest, write_serving_files
from app.services.encoder.model_spec import ModelSpec
from app.services.local.files.model_files import INDEX_FILE, MANIFEST_FILE, SERVING_DIRECTORY
from app.services.local.map_fields import films_of_map
from tests.postgres_server import PostgresServer, postgres_server
from tests.services.small_catalogue import FILMS, film_records, film_vectors


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One empty server for all tests of the process that do not stop it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models/ folder with an index of the small catalogue, without a model."""
    return write_small_set(tmp_path_factory.mktemp("small") / "models")


def write_small_set(directory: Path) -> Path:
    """Write the files of the small catalogue's index."""
    directory.mkdir()
    write_annoy(film_vectors(), directory / INDEX_FILE)
    write_serving_files(films_of_map(film_records()), film_vectors(), directory / SERVING_DIRECTORY)
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    write_manifest(directory / MANIFEST_FILE, files, count=FILMS, spec=ModelSpec(), measured={})
    return directory
