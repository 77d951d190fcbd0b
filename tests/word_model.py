"""A small sentence encoder in place of all-MiniLM-L6-v2, for tests that do not depend on the vectors' meaning.

A text's vector is the mean of its words' vectors, which are random and longer for rarer words: texts that share words
are near each other. It is made in a second and encodes a text in a tenth of a millisecond; everything else is as with
the real model, because the service reads what it needs to know of a model from its files.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

DIMENSION = 64
MODEL_ID = "tests/word-model"

_SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def write_word_model(directory: Path, texts: Iterable[str]) -> Path:
    """Write the files of model_quantized/ to ``directory`` and return it; the model knows the words of ``texts``."""
    directory.mkdir(parents=True, exist_ok=True)
    texts_with = Counter(word for text in texts for word in set(re.findall(r"\w+", text.lower())))
    words = sorted(texts_with)
    onnx.save(_graph(_word_vectors([texts_with[word] for word in words])), directory / "model_quantized.onnx")
    _tokenizer(words).save(str(directory / "tokenizer.json"))
    config = {"model_id": MODEL_ID, "hidden_size": DIMENSION, "languages": ["en"]}
    (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return directory


def _word_vectors(texts_with: list[int]) -> np.ndarray:
    """Return the vectors [words, DIMENSION], those of the special tokens first."""
    vectors = np.random.default_rng(7).standard_normal((len(_SPECIAL_TOKENS) + len(texts_with), DIMENSION), np.float32)
    vectors[: len(_SPECIAL_TOKENS)] /= 100
    vectors[len(_SPECIAL_TOKENS) :] /= np.array(texts_with, np.float32)[:, np.newaxis] ** 0.5
    return vectors


def _graph(vectors: np.ndarray) -> onnx.ModelProto:
    axes = ["batch", "sequence"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, axes)],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*axes, DIMENSION])],
        [numpy_helper.from_array(vectors, "vectors")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _tokenizer(words: list[str]) -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate([*_SPECIAL_TOKENS, *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer
