"""A server with the starter catalogue and a small model, so that the tests of HTTP start in seconds.

Tests that depend on the real model use ``real_client``.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.local.load import load_service
from app.services.model_service import ModelService
from tests.conftest import STARTER_CATALOGUE, made_once
from tests.running_server import RunningServer, running_server
from tests.word_model import write_word_model


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A models/ folder with the word model and an index of the starter catalogue; tests must not write to it."""
    return made_once("word_models", _make_word_models, tmp_path_factory, worker_id)


def _make_word_models(directory: Path) -> None:
    films = read_catalogue(STARTER_CATALOGUE).movies
    write_word_model(directory / MODEL_DIRECTORY, (f"{film.title} {film.overview}" for film in films))
    build_index(films, directory)


@pytest.fixture(scope="session")
def service(models_dir: Path) -> Iterator[ModelService]:
    """The service for models_dir, without HTTP."""
    loaded = load_service(models_dir)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def server(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server for models_dir with default settings."""
    with running_server(models_dir, tmp_path_factory.mktemp("server") / "log") as started:
        yield started


@pytest.fixture(scope="session")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """An HTTP client of the server."""
    with httpx.Client(base_url=server.url, timeout=60) as http:
        yield http


@pytest.fixture(scope="session")
def real_client(real_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An HTTP client of a server with the real model."""
    log = tmp_path_factory.mktemp("real_server") / "log"
    with running_server(real_models_dir, log) as started, httpx.Client(base_url=started.url, timeout=60) as http:
        yield http
