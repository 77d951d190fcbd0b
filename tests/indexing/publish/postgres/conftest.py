"""A PostgreSQL server, an empty database on it for each test, and a small set to publish there."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.indexing.publish.postgres.publish import publish
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.model_service import ModelService
from app.services.postgres.load import open_source
from app.services.postgres.source import PostgresSource
from tests.conftest import STARTER_CATALOGUE
from tests.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module")
def models_dir(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set, because each test publishes it."""
    directory = tmp_path_factory.mktemp("published") / "models"
    shutil.copytree(models_dir / MODEL_DIRECTORY, directory / MODEL_DIRECTORY)
    build_index(read_catalogue(STARTER_CATALOGUE).movies[:120], directory)
    return directory


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """An empty database."""
    name = f"films_{time.monotonic_ns()}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.url.removesuffix("postgres") + name


@pytest.fixture
def source(url: str, models_dir: Path) -> Iterator[PostgresSource]:
    opened = open_source(url, models_dir, concurrent=2, request_seconds=10)
    yield opened
    opened.close()


@pytest.fixture
def live(url: str, source: PostgresSource, models_dir: Path) -> Iterator[ModelService]:
    """A service that was loaded before single films change."""
    publish(models_dir, url, keep=0)
    loaded = source.load()
    yield loaded
    loaded.close()
