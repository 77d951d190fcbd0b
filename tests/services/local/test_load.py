"""Loading of a models/ folder, as far as the tests of its parts and of the service do not cover it."""

import json
import logging
from pathlib import Path

import pytest

from app.indexing.publish.verify import verify
from app.services.errors import ModelFileError
from app.services.local.files.model_files import INCOMING_DIRECTORY, MANIFEST_FILE, MODEL_DIRECTORY
from app.services.local.load import load_service
from app.services.ranking.weights import RANKING_VERSION

MODEL_FILES = ("config.json", "model_quantized.onnx", "tokenizer.json")


@pytest.mark.parametrize("moved", range(len(MODEL_FILES)))
def test_a_model_whose_switch_was_cut_short_is_read_from_both_folders(own_models_dir: Path, moved: int) -> None:
    """The model of the new set is used, regardless of how many of its files have been moved."""
    incoming = own_models_dir / INCOMING_DIRECTORY / MODEL_DIRECTORY
    incoming.mkdir(parents=True)
    for name in MODEL_FILES[moved:]:
        earlier = own_models_dir / MODEL_DIRECTORY / name
        earlier.replace(incoming / name)
        earlier.write_bytes(b"of another model")
    load_service(own_models_dir).close()


def test_neighbours_of_another_ranking_version_are_reported(
    own_models_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = own_models_dir / MANIFEST_FILE
    content = json.loads(path.read_text())
    assert content["ranking_version"] == RANKING_VERSION
    del content["ranking_version"]
    path.write_text(json.dumps(content))
    with caplog.at_level(logging.WARNING):
        load_service(own_models_dir).close()
    assert "ranking version 0" in caplog.text
    assert "python -m app.indexing build" in verify(own_models_dir)


def test_files_are_said_to_be_unchecked_only_if_they_are_used(
    own_models_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(ModelFileError, match=r"movies_map\.pkl is missing"):
        load_service(tmp_path / "nowhere")
    assert "unchecked" not in caplog.text
    (own_models_dir / MANIFEST_FILE).unlink()
    with caplog.at_level(logging.WARNING):
        load_service(own_models_dir).close()
    assert "its files are used unchecked" in caplog.text
