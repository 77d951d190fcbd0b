"""Build, service, verification and bundle with another sentence encoder than all-MiniLM-L6-v2.

The model is a random BERT of 32 dimensions with CLS pooling and prefixes, in FP32 with its weights in a file of their
own: no step may assume MiniLM's dimension, pooling or files.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.indexing.catalogue.movie import Movie
from app.indexing.index.build import build_index
from app.indexing.publish.bundle import install_bundle, write_bundle
from app.indexing.publish.verify import accept, verify
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.engines.annoy_file import open_vectors
from app.services.local.files.model_files import MANIFEST_FILE, read_manifest
from tests.bert_export import DIMENSION, write_tiny_bert
from tests.model_exports import external_data
from tests.running_server import running_server

PLOTS = ("a ship is lost in a storm", "two sisters open a bakery", "a robot learns to paint", "the last train leaves")
MOVIES = tuple(
    Movie(movie_id=100 + number, title=f"Film {number}", overview=f"{PLOTS[number % 4]} and {number} people wait there")
    for number in range(40)
)


def write_model(models_dir: Path) -> Path:
    source = write_tiny_bert(models_dir / "model_quantized", query_prefix="query: ", document_prefix="passage: ")
    graph = source / "model_quantized.onnx"
    exported = source / "exported.onnx"
    external_data(graph, exported)
    exported.replace(graph)
    return models_dir


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models_dir = write_model(tmp_path_factory.mktemp("tiny"))
    build_index(MOVIES, models_dir)
    return models_dir


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    log = tmp_path_factory.mktemp("server") / "log"
    with running_server(built, log) as server, httpx.Client(base_url=server.url, timeout=60) as http:
        yield http


def test_the_vectors_are_those_of_the_model(built: Path) -> None:
    vectors = open_vectors(built / "movies.ann", DIMENSION)
    with TextEncoder.from_directory(built / "model_quantized") as encoder:
        first = encoder.encode(f"passage: Title: {MOVIES[0].title}. Overview: {MOVIES[0].overview}").vector
    np.testing.assert_allclose(vectors[0], first, atol=1e-6)


def test_the_manifest_names_the_model_and_all_its_files(built: Path) -> None:
    manifest = read_manifest(built)
    assert manifest is not None
    assert (manifest.model_id, manifest.dimension) == ("tests/tiny-bert", DIMENSION)
    assert "model_quantized/model.onnx_data" in manifest.files


def test_info_describes_the_model(client: httpx.Client) -> None:
    facts = client.get("/api/v1/info").json()
    assert (facts["model_id"], facts["dimension"], facts["reads_tokens"]) == ("tests/tiny-bert", DIMENSION, 64)
    assert facts["reads_best"] == "en, fr"
    assert facts["warnings"][0].startswith("The model reads English, fr best")


def test_recommendations_are_served(client: httpx.Client) -> None:
    answer = client.post("/api/v1/recommend", json={"synopsis": MOVIES[7].overview, "top_k": 5}).json()
    assert answer["count"] == 5
    assert answer["recommendations"][0]["movie_id"] == MOVIES[7].movie_id


def test_similar_films_are_served(client: httpx.Client) -> None:
    assert client.get(f"/api/v1/movies/{MOVIES[7].movie_id}/similar").json()["count"] == 10


def test_annoy_serves_the_model(built: Path, tmp_path: Path) -> None:
    with running_server(built, tmp_path / "log", SEARCH_ENGINE="annoy") as server:
        answer = httpx.post(f"{server.url}/api/v1/recommend", json={"synopsis": MOVIES[7].overview}, timeout=60).json()
    assert answer["recommendations"][0]["movie_id"] == MOVIES[7].movie_id


def test_an_index_of_the_model_can_be_verified_and_accepted(built: Path) -> None:
    assert "40 films" in verify(built)
    (built / MANIFEST_FILE).unlink()
    assert "40 films accepted" in accept(built)
    assert "40 films" in verify(built)


def test_a_bundle_contains_the_model(built: Path, tmp_path: Path) -> None:
    write_bundle(built, tmp_path / "bundle.tar.gz")
    (tmp_path / "models").mkdir()
    install_bundle(tmp_path / "bundle.tar.gz", tmp_path / "models")
    assert "40 films" in verify(tmp_path / "models")


@pytest.mark.parametrize("key", ["document_prefix", "pooling"])
def test_a_change_of_config_json_encodes_all_films_again(tmp_path: Path, key: str) -> None:
    models_dir = write_model(tmp_path)
    assert build_index(MOVIES, models_dir).encoded == len(MOVIES)
    assert build_index(MOVIES, models_dir).encoded == 0
    path = models_dir / "model_quantized" / "config.json"
    config = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(config | {"document_prefix": "", "pooling": "mean"} | {key: config[key]}), "utf-8")
    assert build_index(MOVIES, models_dir).encoded == len(MOVIES)


def test_a_change_of_the_external_weights_encodes_all_films_again(tmp_path: Path) -> None:
    models_dir = write_model(tmp_path)
    build_index(MOVIES, models_dir)
    weights = models_dir / "model_quantized" / "model.onnx_data"
    content = np.frombuffer(weights.read_bytes(), np.float32).copy()
    content[::100] += 1
    weights.write_bytes(content.tobytes())
    assert build_index(MOVIES, models_dir).encoded == len(MOVIES)
