"""The ONNX graph of BERT as the usual tools export it: the operators that PyTorch traces, without fusion.

It is what `optimum-cli export onnx` and torch.onnx write for all-MiniLM-L6-v2 at opset 14: layer normalization and GELU
as separate operators, shapes computed in the graph, heads transposed for each product. The baselines of the benchmark
use this graph, because services that quantize a published export do.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from app.indexing.model.bert_graph import HEAD_WIDTH, HEADS, HIDDEN, LAYER_NORM_EPSILON, LAYERS

OPSET = 14
_IR_VERSION = 7
_MAX_POSITIONS = 512
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export_graph(weights: dict[str, NDArray[np.float32]]) -> bytes:
    """Return the serialized FP32 model of the weights of model.safetensors."""
    return _Export(weights).model()


class _Export:
    """Collects nodes and initializers; methods return the name of their result."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._initializers: dict[str, TensorProto] = {}

    def model(self) -> bytes:
        hidden, mask = self._embeddings(), self._mask()
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, mask)
        self._nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in _INPUTS]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", HIDDEN])
        graph = helper.make_graph(self._nodes, "export", inputs, [output], list(self._initializers.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION)
        return bytes(model.SerializeToString())

    def _embeddings(self) -> str:
        words = self._node("Gather", [self._weight("embeddings.word_embeddings.weight"), "input_ids"])
        kinds = self._node("Gather", [self._weight("embeddings.token_type_embeddings.weight"), "token_type_ids"])
        length = self._unsqueezed(self._dimension("input_ids", 1), 0)
        ids = self._constant("position_ids", np.arange(_MAX_POSITIONS, dtype=np.int64)[np.newaxis])
        places = self._node("Slice", [ids, self._constant("first", [0]), length, self._constant("axis_one", [1])])
        positions = self._node("Gather", [self._weight("embeddings.position_embeddings.weight"), places])
        summed = self._node("Add", [self._node("Add", [words, kinds]), positions])
        return self._layer_norm("embeddings.LayerNorm", summed)

    def _mask(self) -> str:
        """Return the mask [batch, 1, 1, sequence] added to the attention scores: 0, or the lowest float for padding."""
        mask = self._unsqueezed(self._unsqueezed("attention_mask", 1), 2)
        tokens = self._node("Cast", [mask], to=TensorProto.FLOAT)
        padding = self._node("Sub", [self._number(1.0), tokens])
        return self._node("Mul", [padding, self._number(float(np.finfo(np.float32).min))])

    def _layer(self, name: str, hidden: str, mask: str) -> str:
        attended = self._linear(
            f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", hidden, mask)
        )
        attended = self._layer_norm(f"{name}.attention.output.LayerNorm", self._node("Add", [attended, hidden]))
        widened = self._gelu(self._linear(f"{name}.intermediate.dense", attended))
        narrowed = self._linear(f"{name}.output.dense", widened)
        return self._layer_norm(f"{name}.output.LayerNorm", self._node("Add", [narrowed, attended]))

    def _attention(self, name: str, hidden: str, mask: str) -> str:
        query = self._heads(self._linear(f"{name}.query", hidden), (0, 2, 1, 3))
        key = self._heads(self._linear(f"{name}.key", hidden), (0, 2, 3, 1))
        value = self._heads(self._linear(f"{name}.value", hidden), (0, 2, 1, 3))
        products = self._node("Div", [self._node("MatMul", [query, key]), self._number(HEAD_WIDTH**0.5)])
        shares = self._node("Softmax", [self._node("Add", [products, mask])], axis=-1)
        mixed = self._node("Transpose", [self._node("MatMul", [shares, value])], perm=(0, 2, 1, 3))
        return self._node("Reshape", [mixed, self._shape(mixed, [HIDDEN])])

    def _heads(self, features: str, order: Sequence[int]) -> str:
        split = self._node("Reshape", [features, self._shape(features, [HEADS, HEAD_WIDTH])])
        return self._node("Transpose", [split], perm=order)

    def _shape(self, features: str, last: Sequence[int]) -> str:
        """Return the shape [batch, sequence, *last], computed from `features` as tracing does."""
        sizes = [self._unsqueezed(self._dimension(features, axis), 0) for axis in (0, 1)]
        return self._node("Concat", [*sizes, *(self._constant(f"size_{size}", [size]) for size in last)], axis=0)

    def _dimension(self, features: str, axis: int) -> str:
        shape = self._node("Shape", [features])
        return self._node("Gather", [shape, self._constant(f"axis_{axis}", np.int64(axis))], axis=0)

    def _linear(self, name: str, features: str) -> str:
        matrix = self._constant(f"{name}.matrix", self._weights[f"{name}.weight"].T)
        return self._node("Add", [self._weight(f"{name}.bias"), self._node("MatMul", [features, matrix])])

    def _layer_norm(self, name: str, features: str) -> str:
        centred = self._node("Sub", [features, self._node("ReduceMean", [features], axes=[-1])])
        squares = self._node("Pow", [centred, self._number(2.0)])
        variance = self._node("ReduceMean", [squares], axes=[-1])
        deviation = self._node("Sqrt", [self._node("Add", [variance, self._number(LAYER_NORM_EPSILON)])])
        scaled = self._node("Mul", [self._node("Div", [centred, deviation]), self._weight(f"{name}.weight")])
        return self._node("Add", [scaled, self._weight(f"{name}.bias")])

    def _gelu(self, features: str) -> str:
        error = self._node("Erf", [self._node("Div", [features, self._number(2**0.5)])])
        product = self._node("Mul", [features, self._node("Add", [error, self._number(1.0)])])
        return self._node("Mul", [product, self._number(0.5)])

    def _unsqueezed(self, value: str, axis: int) -> str:
        return self._node("Unsqueeze", [value, self._constant(f"axes_{axis}", [axis])])

    def _number(self, value: float) -> str:
        return self._constant(f"number_{value}", np.float32(value))

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, values: ArrayLike) -> str:
        if name not in self._initializers:
            self._initializers[name] = numpy_helper.from_array(
                np.ascontiguousarray(values).reshape(np.shape(values)), name
            )
        return name

    def _node(self, kind: str, inputs: Sequence[str], **attributes: int | Sequence[int]) -> str:
        output = f"{kind}_{len(self._nodes)}"
        node = helper.make_node(kind, list(inputs), [output], output)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(node)
        return output
