"""Standard exports of all-MiniLM-L6-v2 and of another sentence encoder, all of which must give the model's vectors."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import load as load_safetensors

from app.indexing.model.bert_graph import HEADS, LAYERS
from app.indexing.model.make import make_reference_model
from app.indexing.model.weights import TOKENIZER_NAME, WEIGHTS_NAME
from app.services.encoder.text_encoder import TextEncoder
from app.services.errors import ModelFileError
from tests.bert_export import DIMENSION, POSITIONS, bert_graph, write_tiny_bert
from tests.model_exports import EXPORTS
from tests.reference import ReferenceEmbeddings

TEXTS = ("a ship is lost in a storm", "two sisters open a bakery", "42", "")


def vectors(directory: Path) -> np.ndarray:
    with TextEncoder.from_directory(directory) as encoder:
        return np.stack([encoder.encode(text).vector for text in TEXTS])


@pytest.fixture(scope="module")
def minilm(official_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a standard export of all-MiniLM-L6-v2 in FP32, without config.json."""
    folder = tmp_path_factory.mktemp("minilm")
    weights = load_safetensors((official_weights / WEIGHTS_NAME).read_bytes())
    onnx.save(bert_graph(weights, LAYERS, HEADS), folder / "model_quantized.onnx")
    shutil.copy(official_weights / TOKENIZER_NAME, folder)
    return folder


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_of_a_small_bert_gives_its_vectors(tmp_path: Path, name: str) -> None:
    source = write_tiny_bert(tmp_path / "source")
    target = write_tiny_bert(tmp_path / "export")
    EXPORTS[name](source / "model_quantized.onnx", target / "model_quantized.onnx")
    exact = vectors(source)
    assert exact.shape == (len(TEXTS), DIMENSION)
    assert (vectors(target) * exact).sum(axis=1).min() > 0.97


@pytest.mark.parametrize("name", ["FP32", "FP16", "external data", "weight-only INT8", "QInt8 per channel", "QUInt8"])
def test_every_export_of_all_minilm_is_close_to_the_published_model(
    minilm: Path, tmp_path: Path, reference_embeddings: ReferenceEmbeddings, name: str
) -> None:
    shutil.copy(minilm / "tokenizer.json", tmp_path)
    EXPORTS[name](minilm / "model_quantized.onnx", tmp_path / "model_quantized.onnx")
    with TextEncoder.from_directory(tmp_path) as encoder:
        assert reference_embeddings.sample(5).cosines(encoder).mean() > 0.9


@pytest.mark.parametrize("name", ["FP16", "external data", "weight-only INT8", "QInt8", "QUInt8 per channel"])
def test_every_form_of_our_own_fp32_graph_is_close_to_the_published_model(
    official_weights: Path, tmp_path: Path, reference_embeddings: ReferenceEmbeddings, name: str
) -> None:
    shutil.copy(official_weights / TOKENIZER_NAME, tmp_path)
    made = make_reference_model(tmp_path / "models", official_weights)
    EXPORTS[name](made / "model_quantized.onnx", tmp_path / "model_quantized.onnx")
    with TextEncoder.from_directory(tmp_path) as encoder:
        assert reference_embeddings.sample(5).cosines(encoder).mean() > 0.9


@pytest.mark.parametrize("inputs", [("input_ids", "attention_mask"), ("attention_mask", "input_ids", "token_type_ids")])
def test_a_graph_may_have_two_inputs_or_three_in_any_order(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    assert np.isfinite(vectors(write_tiny_bert(tmp_path, inputs=inputs))).all()


def test_cls_pooling_takes_the_first_state_and_mean_pooling_all(tmp_path: Path) -> None:
    cls = vectors(write_tiny_bert(tmp_path / "cls", pooling="cls"))
    mean = vectors(write_tiny_bert(tmp_path / "mean", pooling="mean"))
    assert (cls * mean).sum(axis=1).max() < 0.999


def test_a_text_is_cut_at_the_positions_of_the_model(tmp_path: Path) -> None:
    with TextEncoder.from_directory(write_tiny_bert(tmp_path)) as encoder:
        encoding = encoder.encode("storm " * 100)
    assert (encoding.tokens, encoding.truncated) == (POSITIONS, True)


def test_queries_and_films_get_the_prefixes_of_the_model(tmp_path: Path) -> None:
    with TextEncoder.from_directory(
        write_tiny_bert(tmp_path, query_prefix="query: ", document_prefix="passage: ")
    ) as encoder:
        for encoding, text in (
            (encoder.encode_query("a storm"), "query: a storm"),
            (encoder.encode_document("a storm"), "passage: a storm"),
        ):
            np.testing.assert_array_equal(encoding.vector, encoder.encode(text).vector)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"hidden_size": 384}, r"gives vectors of 32 dimensions.*config\.json says 384.*hidden_size"),
        ({"inputs": ["input_ids", "attention_mask"]}, "has the inputs input_ids, attention_mask, token_type_ids"),
    ],
)
def test_a_graph_that_config_json_does_not_describe_is_refused(
    tmp_path: Path, config: dict[str, object], message: str
) -> None:
    directory = write_tiny_bert(tmp_path)
    content = json.loads((directory / "config.json").read_text("utf-8"))
    (directory / "config.json").write_text(json.dumps(content | config), encoding="utf-8")
    with pytest.raises(ModelFileError, match=message):
        TextEncoder.from_directory(directory)


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path, models_dir: Path) -> None:
    directory = write_tiny_bert(tmp_path)
    shutil.copy(models_dir / "model_quantized" / "tokenizer.json", directory)
    with pytest.raises(ModelFileError, match=r"30,522 tokens of its tokenizer\.json.*files of one model"):
        TextEncoder.from_directory(directory)
