"""BERT in ONNX as exporters write it, in standard operators: with given weights, or tiny and random."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

Weights = Mapping[str, NDArray[np.float32]]
"""Tensors by their names in Hugging Face's model.safetensors."""

DIMENSION = 32
HEADS = 2
LAYERS = 1
POSITIONS = 64
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
CONFIG: dict[str, Any] = {
    "model_id": "tests/tiny-bert",
    "model_type": "bert",
    "hidden_size": DIMENSION,
    "max_position_embeddings": POSITIONS,
    "pooling": "cls",
    "languages": ["en", "fr"],
}

_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *_CHARACTERS, *(f"##{character}" for character in _CHARACTERS))


def write_tiny_bert(directory: Path, *, inputs: Sequence[str] = INPUTS, **config: object) -> Path:
    """Write the files of model_quantized/ to ``directory`` and return it; ``config`` overrides keys of config.json."""
    directory.mkdir(parents=True, exist_ok=True)
    onnx.save(bert_graph(_random_weights(), LAYERS, HEADS, inputs), directory / "model_quantized.onnx")
    _tokenizer_of_characters().save(str(directory / "tokenizer.json"))
    (directory / "config.json").write_text(json.dumps(CONFIG | config), encoding="utf-8")
    return directory


def bert_graph(weights: Weights, layers: int, heads: int, inputs: Sequence[str] = INPUTS) -> onnx.ModelProto:
    """Return the graph of BERT, its output last_hidden_state."""
    return _GraphWriter(weights, heads).write(layers, inputs)


def _random_weights() -> Weights:
    chance = np.random.default_rng(7)
    wide = 4 * DIMENSION
    shapes = {
        "embeddings.word_embeddings": (len(_VOCABULARY), DIMENSION),
        "embeddings.position_embeddings": (POSITIONS, DIMENSION),
        "embeddings.token_type_embeddings": (2, DIMENSION),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes[f"{layer}.{part}"] = (DIMENSION, DIMENSION)
        shapes[f"{layer}.intermediate.dense"] = (wide, DIMENSION)
        shapes[f"{layer}.output.dense"] = (DIMENSION, wide)
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    weights = {
        f"{name}.weight": chance.standard_normal(shape, np.float32) / np.float32(shape[1] ** 0.5)
        for name, shape in shapes.items()
    }
    biases = {f"{name}.bias": np.full(shape[0], 0.1, np.float32) for name, shape in shapes.items()}
    for name in norms:
        weights[f"{name}.weight"], biases[f"{name}.bias"] = (
            np.ones(DIMENSION, np.float32),
            np.zeros(DIMENSION, np.float32),
        )
    return weights | biases


def _tokenizer_of_characters() -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate(_VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


class _GraphWriter:
    """Appends the nodes of one model in order of execution."""

    def __init__(self, weights: Weights, heads: int) -> None:
        self._weights = weights
        self._dimension = weights["embeddings.word_embeddings.weight"].shape[1]
        self._heads = heads
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def write(self, layers: int, inputs: Sequence[str]) -> onnx.ModelProto:
        hidden = self._norm(self._embed("token_type_ids" in inputs), "embeddings.LayerNorm")
        mask = self._mask()
        for layer in (f"encoder.layer.{number}" for number in range(layers)):
            hidden = self._layer(layer, hidden, mask)
        self._nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
        axes = ["batch", "sequence"]
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs],
            [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*axes, self._dimension])],
            list(self._constants.values()),
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def _embed(self, has_types: bool) -> str:
        zero = self._constant("zero", np.zeros(1, np.int64))
        length = self._node("Shape", "input_ids", start=1)
        places = self._node("Slice", self._weight("embeddings.position_embeddings"), zero, length, zero)
        words = self._node("Gather", self._weight("embeddings.word_embeddings"), "input_ids")
        types = self._weight("embeddings.token_type_embeddings")
        if has_types:
            kinds = self._node("Gather", types, "token_type_ids")
        else:
            kinds = self._node("Gather", types, self._constant("first_type", np.zeros(1, np.int64)))
        return self._node("Add", self._node("Add", words, kinds), places)

    def _mask(self) -> str:
        """Return [batch, 1, 1, sequence]: 0, or a large negative number for padding."""
        axes = self._constant("mask_axes", np.array([1, 2]))
        present = self._node("Cast", self._node("Unsqueeze", "attention_mask", axes), to=TensorProto.FLOAT)
        absent = self._node("Sub", self._constant("one", np.float32(1)), present)
        return self._node("Mul", absent, self._constant("far", np.float32(-10_000)))

    def _layer(self, layer: str, hidden: str, mask: str) -> str:
        attended = self._linear(
            self._attention(f"{layer}.attention.self", hidden, mask), f"{layer}.attention.output.dense"
        )
        hidden = self._norm(self._node("Add", attended, hidden), f"{layer}.attention.output.LayerNorm")
        widened = self._gelu(self._linear(hidden, f"{layer}.intermediate.dense"))
        narrowed = self._linear(widened, f"{layer}.output.dense")
        return self._norm(self._node("Add", narrowed, hidden), f"{layer}.output.LayerNorm")

    def _attention(self, name: str, hidden: str, mask: str) -> str:
        width = self._dimension // self._heads
        split = self._constant("split", np.array([0, 0, self._heads, width]))

        def heads(part: str, axes: Sequence[int]) -> str:
            return self._node(
                "Transpose", self._node("Reshape", self._linear(hidden, f"{name}.{part}"), split), perm=axes
            )

        scores = self._node("MatMul", heads("query", (0, 2, 1, 3)), heads("key", (0, 2, 3, 1)))
        scores = self._node("Div", scores, self._constant("root", np.float32(width**0.5)))
        shares = self._node("Softmax", self._node("Add", scores, mask), axis=-1)
        mixed = self._node("MatMul", shares, heads("value", (0, 2, 1, 3)))
        merged = self._constant("merged", np.array([0, 0, self._dimension]))
        return self._node("Reshape", self._node("Transpose", mixed, perm=(0, 2, 1, 3)), merged)

    def _gelu(self, features: str) -> str:
        scaled = self._node("Div", features, self._constant("root_of_2", np.float32(2**0.5)))
        share = self._node("Add", self._node("Erf", scaled), self._constant("one", np.float32(1)))
        return self._node("Mul", self._node("Mul", features, share), self._constant("half", np.float32(0.5)))

    def _linear(self, features: str, name: str) -> str:
        matrix = self._constant(f"{name}.matrix", self._weights[f"{name}.weight"].T)
        return self._node("Add", self._node("MatMul", features, matrix), self._weight(name, "bias"))

    def _norm(self, features: str, name: str) -> str:
        inputs = (features, self._weight(name), self._weight(name, "bias"))
        return self._node("LayerNormalization", *inputs, axis=-1, epsilon=1e-12)

    def _weight(self, name: str, part: str = "weight") -> str:
        return self._constant(f"{name}.{part}", self._weights[f"{name}.{part}"])

    def _constant(self, name: str, values: Any) -> str:  # noqa: ANN401
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(
                np.ascontiguousarray(values).reshape(np.shape(values)), name
            )
        return name

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name
