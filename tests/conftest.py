"""What the whole suite shares: the real model, a real index of the starter catalogue, and a server over both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.indexing.build import build_index
from app.indexing.catalogue import read_catalogue
from app.indexing.model import make_model
from app.services.model_files import MODEL_DIRECTORY, MODEL_FILES
from app.services.model_service import ModelService
from tests.reference import ReferenceEmbeddings, read_reference_embeddings
from tests.running_server import ROOT, RunningServer, running_server

STARTER_CATALOGUE = ROOT / "models" / "starter_catalogue.jsonl"


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models/ folder with the real model and an index of the starter catalogue; tests must not write to it.

    The model is the repository's own where it has been made.
    """
    made = tmp_path_factory.mktemp("models")
    own = ROOT / "models" / MODEL_DIRECTORY
    if all((own.parent / name).is_file() for name in MODEL_FILES):
        shutil.copytree(own, made / MODEL_DIRECTORY)
    else:
        make_model(made)
    build_index(read_catalogue(STARTER_CATALOGUE).movies, made)
    return made


@pytest.fixture
def own_models_dir(models_dir: Path, tmp_path: Path) -> Path:
    """A copy of models_dir that one test may damage."""
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


@pytest.fixture(scope="session")
def service(models_dir: Path) -> Iterator[ModelService]:
    """The service over models_dir, without HTTP."""
    loaded = ModelService.load(models_dir)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def server(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server over models_dir with default settings."""
    with running_server(models_dir, tmp_path_factory.mktemp("server") / "log") as started:
        yield started


@pytest.fixture(scope="session")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """An HTTP client of the server."""
    with httpx.Client(base_url=server.url, timeout=60) as http:
        yield http


@pytest.fixture(scope="session")
def reference_embeddings() -> ReferenceEmbeddings:
    """Texts with the vectors that sentence-transformers gives them in FP32."""
    return read_reference_embeddings()
