"""Properties of a model in config.json, and their defaults."""

import json
from pathlib import Path

import pytest

from app.services.encoder.model_spec import ModelSpec, read_model_spec
from app.services.errors import ModelFileError


def spec_of(directory: Path, content: object) -> ModelSpec:
    (directory / "config.json").write_text(json.dumps(content), encoding="utf-8")
    return read_model_spec(directory / "config.json")


def test_without_a_config_the_model_is_all_minilm(tmp_path: Path) -> None:
    spec = read_model_spec(tmp_path / "config.json")
    assert spec == ModelSpec()
    assert (spec.model_id, spec.dimension, spec.max_tokens) == ("sentence-transformers/all-MiniLM-L6-v2", 384, 256)
    assert (spec.pooling, spec.query_prefix, spec.document_prefix) == ("mean", "", "")
    assert spec.languages == ("en",)


def test_our_own_config_says_the_same(models_dir: Path) -> None:
    assert read_model_spec(models_dir / "model_quantized" / "config.json") == ModelSpec(positions=512)


def test_the_config_of_an_export_of_all_minilm(tmp_path: Path) -> None:
    """The model has 512 positions, but was trained to read fewer tokens."""
    config = {
        "_name_or_path": "sentence-transformers/all-MiniLM-L6-v2",
        "architectures": ["BertModel"],
        "hidden_size": 384,
        "max_position_embeddings": 512,
        "model_type": "bert",
        "pad_token_id": 0,
        "vocab_size": 30522,
    }
    assert spec_of(tmp_path, config) == ModelSpec(positions=512)


def test_every_key_is_read(tmp_path: Path) -> None:
    config = {
        "model_id": "intfloat/multilingual-e5-small",
        "hidden_size": 768,
        "max_position_embeddings": 514,
        "max_seq_length": 512,
        "pooling": "cls",
        "query_prefix": "query: ",
        "document_prefix": "passage: ",
        "languages": ["en", "fr"],
        "inputs": ["input_ids", "attention_mask"],
    }
    spec = spec_of(tmp_path, config)
    assert spec == ModelSpec(
        model_id="intfloat/multilingual-e5-small",
        dimension=768,
        positions=514,
        max_tokens=512,
        pooling="cls",
        query_prefix="query: ",
        document_prefix="passage: ",
        languages=("en", "fr"),
        inputs=("input_ids", "attention_mask"),
    )


@pytest.mark.parametrize("key", ["hidden_size", "dim", "d_model"])
def test_the_dimension_has_the_name_that_the_architecture_gives_it(tmp_path: Path, key: str) -> None:
    assert spec_of(tmp_path, {key: 512}).dimension == 512


def test_a_short_model_reads_no_more_than_its_positions(tmp_path: Path) -> None:
    assert spec_of(tmp_path, {"max_position_embeddings": 128}).max_tokens == 128


def test_another_model_is_not_taken_for_all_minilm(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, {"hidden_size": 768})
    assert spec.model_id == "unnamed model of 768 dimensions"
    assert spec.languages == ()


@pytest.mark.parametrize("path", ["/home/someone/exports/my-model", "./my-model", "C:\\exports\\my-model"])
def test_a_local_path_is_not_shown_as_the_model_id(tmp_path: Path, path: str) -> None:
    assert spec_of(tmp_path, {"_name_or_path": path}).model_id == "my-model"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"hidden_size": "384"}, "hidden_size.*integer"),
        ({"hidden_size": 0}, "hidden_size.*greater"),
        ({"hidden_size": True}, "hidden_size.*integer"),
        ({"max_seq_length": 1024, "max_position_embeddings": 512}, "max_seq_length 1024.*512"),
        ({"pooling": "max"}, "pooling.*'mean' or 'cls'"),
        ({"query_prefix": None}, "query_prefix.*string"),
        ({"languages": "en"}, "languages"),
        ({"inputs": ["pixel_values"]}, "inputs.*'input_ids'"),
        ([], "object"),
    ],
)
def test_a_value_that_is_not_valid_is_named(tmp_path: Path, config: object, message: str) -> None:
    with pytest.raises(ModelFileError, match=rf"config\.json: .*{message}.*") as refused:
        spec_of(tmp_path, config)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_config_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"config\.json") as refused:
        read_model_spec(tmp_path / "config.json")
    assert "\n" not in str(refused.value)
