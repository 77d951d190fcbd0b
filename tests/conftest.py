"""What the whole suite shares: the real model, made once."""

from pathlib import Path

import pytest

MODELS = Path(__file__).parents[1] / "models"


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models/ folder that holds model_quantized/: the repository's own if it has been made, else a new one."""
    if (MODELS / "model_quantized" / "model_quantized.onnx").is_file():
        return MODELS
    from app.indexing.model import make_model

    made = tmp_path_factory.mktemp("models")
    make_model(made)
    return made
