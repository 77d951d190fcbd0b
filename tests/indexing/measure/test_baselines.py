"""The baselines serve the same catalogue; their weights are random, so that nothing has to be downloaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from safetensors.numpy import save

from app.indexing.measure.baselines import DIRECTORY_VARIABLE, onnx_fp32, original, prepare_baselines, unpadded_original
from app.indexing.model.weights import ModelSource
from app.services.local.files.model_files import MODEL_DIRECTORY
from tests.indexing.measure.test_standard_export import random_weights

VOCABULARY = 30_522


@pytest.fixture(scope="module")
def baselines_dir(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("measure") / "baselines"
    tokenizer = (models_dir / MODEL_DIRECTORY / "tokenizer.json").read_bytes()
    prepare_baselines(directory, models_dir, ModelSource(save(random_weights(VOCABULARY)), tokenizer))
    return directory


@pytest.mark.parametrize("make_app", [original, unpadded_original, onnx_fp32])
def test_answers_with_films_best_first(
    make_app: Callable[[], FastAPI], baselines_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(baselines_dir))
    with TestClient(make_app()) as client:
        assert client.get("/health").status_code == 200
        answer = client.post("/api/v1/recommend", json={"synopsis": "A robot stirs up the workers.", "top_k": 5}).json()
    scores = [film["similarity_score"] for film in answer["recommendations"]]
    assert len(scores) == answer["count"] == 5
    assert scores == sorted(scores, reverse=True)
