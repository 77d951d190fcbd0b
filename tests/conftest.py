"""Fixtures of the whole suite: the real model, a real index of the starter catalogue, and a server for both."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from filelock import FileLock
from hypothesis import settings

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.index.build import build_index
from app.indexing.model import bert_graph
from app.indexing.model.make import make_model
from app.indexing.model.weights import TOKENIZER_NAME, WEIGHTS_NAME, find_model_source
from app.services.local.files.model_files import MANIFEST_FILE, MODEL_DIRECTORY, MODEL_FILES
from app.services.local.load import load_service
from app.services.model_service import ModelService
from tests.reference import ReferenceEmbeddings, read_reference_embeddings
from tests.running_server import ROOT, RunningServer, running_server

# A deadline would make a busy machine fail tests.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

STARTER_CATALOGUE = ROOT / "models" / "starter_catalogue.jsonl"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its argument's name if that is bytes: an archive's bytes hold the time at which it was made.

    The processes that share the suite must see the same names.
    """
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the real model, so that ``-m "not real_model"`` deselects them."""
    for item in items:
        if isinstance(item, pytest.Function) and "real_models_dir" in item.fixturenames:
            item.add_marker(pytest.mark.real_model)


@pytest.fixture(scope="session")
def real_models_dir(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A models/ folder with the real model and an index of the starter catalogue; tests must not write to it.

    The model is the repository's own if it has been made since the code that makes it was changed.
    """
    return made_once("models", _make_models, tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def models_dir(real_models_dir: Path) -> Path:
    """The models/ folder that a folder's tests are about; tests/api has a smaller one."""
    return real_models_dir


def made_once(
    name: str,
    make: Callable[[Path], None],
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    last_file: str = MANIFEST_FILE,
) -> Path:
    """Return a folder that the processes of the suite share; the first process that needs it makes it.

    The folder is complete when it has `last_file`.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / name
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / last_file).exists():
            make(shared)
    return shared


@pytest.fixture(scope="session")
def official_weights(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the official weights and tokenizer. Tests are skipped if these cannot be fetched."""
    try:
        return made_once("official", _fetch_weights, tmp_path_factory, worker_id, TOKENIZER_NAME)
    except IndexingError as error:
        pytest.skip(str(error))


def _fetch_weights(directory: Path) -> None:
    source = find_model_source()
    directory.mkdir(exist_ok=True)
    (directory / WEIGHTS_NAME).write_bytes(source.weights)
    (directory / TOKENIZER_NAME).write_bytes(source.tokenizer)


def _make_models(directory: Path) -> None:
    own = ROOT / "models" / MODEL_DIRECTORY
    if all(_is_newer_than_its_code(own.parent / name) for name in MODEL_FILES):
        shutil.copytree(own, directory / MODEL_DIRECTORY)
    else:
        make_model(directory)
    build_index(read_catalogue(STARTER_CATALOGUE).movies, directory)


def _is_newer_than_its_code(made: Path) -> bool:
    sources = (Path(bert_graph.__file__), bert_graph.SMOOTHING_FILE)
    return made.is_file() and all(made.stat().st_mtime > source.stat().st_mtime for source in sources)


@pytest.fixture
def own_models_dir(models_dir: Path, tmp_path: Path) -> Path:
    """A copy of models_dir that one test may damage."""
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


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
def reference_embeddings() -> ReferenceEmbeddings:
    """Texts with the vectors that sentence-transformers gives them in FP32."""
    return read_reference_embeddings()
