"""The text encoder, with the real model."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from app.services.encoder.text_encoder import TextEncoder, mean_pool, normalize
from app.services.errors import ModelFileError, ServiceClosedError
from tests.reference import ReferenceEmbeddings


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> TextEncoder:
    return TextEncoder.from_directory(models_dir / "model_quantized")


def test_mean_pooling_averages_the_states_of_a_text() -> None:
    states = np.array([[[1.0, 2.0], [3.0, 4.0]]], np.float32)
    np.testing.assert_array_equal(mean_pool(states), np.array([[2.0, 3.0]], np.float32))


def test_normalizing_gives_unit_length_and_leaves_zeros() -> None:
    vectors = np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)
    np.testing.assert_allclose(normalize(vectors), np.array([[0.6, 0.8], [0.0, 0.0]], np.float32))


def test_a_synopsis_becomes_a_unit_vector(encoder: TextEncoder) -> None:
    encoding = encoder.encode("A lighthouse keeper finds a message in a bottle.")
    assert encoding.vector.shape == (encoder.spec.dimension,)
    assert encoding.vector.dtype == np.float32
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-5)
    assert not encoding.truncated


def test_a_text_longer_than_the_model_reads_is_marked(encoder: TextEncoder) -> None:
    encoding = encoder.encode("storm " * 600)
    assert encoding.truncated
    assert encoding.tokens == encoder.spec.max_tokens


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud83c", "a\udfffb", "\u202e", "\ufeff", "[SEP] [CLS]", "z" * 5000])
def test_any_text_is_encoded(encoder: TextEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode(text).vector).all()


def test_similar_texts_are_nearer(encoder: TextEncoder) -> None:
    shark, jaws, tax = (
        encoder.encode(text).vector
        for text in (
            "A shark attacks swimmers.",
            "A great white shark bites people at the beach.",
            "An accountant files a tax return.",
        )
    )
    assert shark @ jaws > shark @ tax + 0.2


def test_a_closed_encoder_says_so(models_dir: Path) -> None:
    with TextEncoder.from_directory(models_dir / "model_quantized") as encoder:
        pass
    with pytest.raises(ServiceClosedError):
        encoder.encode("anything")


def test_a_missing_model_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"tokenizer\.json.*python -m app\.indexing model"):
        TextEncoder.from_directory(tmp_path)


def test_attention_overflows_for_no_tokens(models_dir: Path) -> None:
    session = onnxruntime.InferenceSession(
        models_dir / "model_quantized" / "model_quantized.onnx", providers=["CPUExecutionProvider"]
    )
    chance = np.random.default_rng(0)
    for length in (1, 2, 17, 256):
        ids = chance.integers(0, 30522, (1, length))
        for tokens in (ids, np.full_like(ids, ids[0, 0])):
            feeds = {"input_ids": tokens, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            assert np.isfinite(session.run(None, feeds)[0]).all()


@pytest.fixture
def damaged(models_dir: Path, tmp_path: Path) -> Path:
    """A copy of the model, which the test may damage."""
    return Path(shutil.copytree(models_dir / "model_quantized", tmp_path / "model_quantized"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda model: model[: len(model) // 2],
        lambda model: model[:-1],
        lambda model: b"",
        lambda model: b"this is a text file\n" * 100_000,
        lambda model: bytes(2_000_000),
    ],
    ids=["half", "one byte short", "empty", "text", "zeros"],
)
def test_a_damaged_model_is_refused_in_one_line(damaged: Path, damage: Callable[[bytes], bytes]) -> None:
    model = damaged / "model_quantized.onnx"
    model.write_bytes(damage(model.read_bytes()))
    with pytest.raises(ModelFileError, match=r"model_quantized\.onnx.*python -m app\.indexing model") as refused:
        TextEncoder.from_directory(damaged)
    assert "\n" not in str(refused.value)


def test_a_folder_instead_of_the_model_is_refused(damaged: Path) -> None:
    (damaged / "model_quantized.onnx").unlink()
    (damaged / "model_quantized.onnx").mkdir()
    with pytest.raises(ModelFileError, match="not a file"):
        TextEncoder.from_directory(damaged)


def test_many_threads_get_the_same_vectors_as_one(models_dir: Path, reference_embeddings: ReferenceEmbeddings) -> None:
    texts = reference_embeddings.texts[:16]
    with TextEncoder.from_directory(models_dir / "model_quantized", threads=2) as shared, ThreadPoolExecutor(8) as pool:
        together = [encoding.vector for encoding in pool.map(partial(shared.encode, alone=True), texts)]
    with TextEncoder.from_directory(models_dir / "model_quantized") as alone:
        np.testing.assert_array_equal(np.stack(together), np.stack([alone.encode(text).vector for text in texts]))


def test_the_number_of_threads_does_not_change_a_vector(
    models_dir: Path, reference_embeddings: ReferenceEmbeddings
) -> None:
    directory = models_dir / "model_quantized"
    with TextEncoder.from_directory(directory) as one, TextEncoder.from_directory(directory, threads=3) as several:
        for text in reference_embeddings.texts[:16]:
            np.testing.assert_array_equal(several.encode(text, alone=True).vector, one.encode(text).vector)
