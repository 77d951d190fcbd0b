"""Making the model files, from the real weights."""

import json
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.model import make_model


def test_the_folder_holds_model_tokenizer_and_configuration(models_dir: Path) -> None:
    folder = models_dir / "model_quantized"
    assert {path.name for path in folder.iterdir()} == {"model_quantized.onnx", "tokenizer.json", "config.json"}
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == 384


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the weights")
    with pytest.raises(IndexingError, match="official"):
        make_model(tmp_path / "models", weights)
    assert not (tmp_path / "models").exists()
