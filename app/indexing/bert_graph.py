"""all-MiniLM-L6-v2 as an ONNX graph, written from its weights: in FP32, or quantized to INT8.

The graph is that of BERT (Devlin et al. 2019, https://arxiv.org/abs/1810.04805) in the size of MiniLM-L6-H384 (Wang et
al. 2020, https://arxiv.org/abs/2002.10957). Inputs are input_ids, attention_mask and token_type_ids, int64
[batch, sequence]; the output is last_hidden_state, float32 [batch, sequence, 384].
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = dict[str, NDArray[np.float32]]
Precision = Literal["fp32", "int8"]

LAYERS = 6
HIDDEN = 384
HEADS = 12
HEAD_WIDTH = HIDDEN // HEADS
INTERMEDIATE = 1536
LAYER_NORM_EPSILON = 1e-12

OPSET = 20
_CONTRIBUTED_OPSET = 1
_IR_VERSION = 9
_CONTRIBUTED = "com.microsoft"


def build_graph(weights: Weights, precision: Precision) -> bytes:
    """Return the serialized ONNX model; the same weights give the same bytes."""
    return _GraphWriter(weights, precision).write()


class _GraphWriter:
    """Appends the nodes of one model in order of execution."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self._weights = weights
        self._precision = precision
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def write(self) -> bytes:
        hidden = self._embed()
        mask = self._attention_mask()
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, mask, last=layer == LAYERS - 1)
        model = helper.make_model(
            helper.make_graph(
                self._nodes,
                "all-MiniLM-L6-v2",
                [
                    helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
                    for name in ("input_ids", "attention_mask", "token_type_ids")
                ],
                [helper.make_tensor_value_info(hidden, TensorProto.FLOAT, ["batch", "sequence", HIDDEN])],
                list(self._constants.values()),
            ),
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(_CONTRIBUTED, _CONTRIBUTED_OPSET)],
            ir_version=_IR_VERSION,
            producer_name="tmdb-semantic-recommender",
        )
        return bytes(model.SerializeToString(deterministic=True))

    def _embed(self) -> str:
        words = self._node("Gather", [self._weight("embeddings.word_embeddings.weight"), "input_ids"], "words")
        kinds = self._node(
            "Gather", [self._weight("embeddings.token_type_embeddings.weight"), "token_type_ids"], "kinds"
        )
        length = self._node("Shape", ["input_ids"], "length", start=1)
        zero = self._constant("zero", np.zeros(1, np.int64))
        places = self._node(
            "Slice", [self._weight("embeddings.position_embeddings.weight"), zero, length, zero], "places"
        )
        summed = self._node("Add", [self._node("Add", [words, kinds], "embeddings.words"), places], "embeddings.sum")
        return self._layer_norm("embeddings.LayerNorm", summed, "embeddings.output")

    def _attention_mask(self) -> str:
        """Return what is added to the attention scores, [batch, 1, 1, sequence]: 0, or -10,000 for padding."""
        axes = self._constant("mask.axes", np.array([1, 2], np.int64))
        present = self._node(
            "Cast", [self._node("Unsqueeze", ["attention_mask", axes], "mask.int")], "mask.present", to=1
        )
        absent = self._node("Sub", [self._constant("one", np.float32(1)), present], "mask.absent")
        return self._node("Mul", [absent, self._constant("mask.lowest", np.float32(-1e4))], "mask.bias")

    def _layer(self, name: str, hidden: str, mask: str, *, last: bool) -> str:
        context = self._attention(f"{name}.attention.self", hidden, mask)
        projected = self._linear(f"{name}.attention.output.dense", context)
        attended = self._node("Add", [projected, hidden], f"{name}.attention.residual")
        attended = self._layer_norm(f"{name}.attention.output.LayerNorm", attended, f"{name}.attention.output")
        widened = self._node("Gelu", [self._linear(f"{name}.intermediate.dense", attended)], f"{name}.gelu")
        narrowed = self._linear(f"{name}.output.dense", widened)
        summed = self._node("Add", [narrowed, attended], f"{name}.residual")
        return self._layer_norm(f"{name}.output.LayerNorm", summed, "last_hidden_state" if last else f"{name}.output")

    def _attention(self, name: str, hidden: str, mask: str) -> str:
        shape = self._constant("heads.shape", np.array([0, 0, HEADS, HEAD_WIDTH], np.int64))

        def heads(part: str, order: Sequence[int]) -> str:
            split = self._node("Reshape", [self._linear(f"{name}.{part}", hidden), shape], f"{name}.{part}.split")
            return self._node("Transpose", [split], f"{name}.{part}.heads", perm=order)

        query, value = heads("query", (0, 2, 1, 3)), heads("value", (0, 2, 1, 3))
        scores = self._node("MatMul", [query, heads("key", (0, 2, 3, 1))], f"{name}.products")
        scale = self._constant("heads.scale", np.float32(1 / math.sqrt(HEAD_WIDTH)))
        scores = self._node("Add", [self._node("Mul", [scores, scale], f"{name}.scaled"), mask], f"{name}.scores")
        shares = self._node("Softmax", [scores], f"{name}.shares", axis=-1)
        context = self._node("MatMul", [shares, value], f"{name}.context.heads")
        context = self._node("Transpose", [context], f"{name}.context.split", perm=(0, 2, 1, 3))
        merged = self._constant("merged.shape", np.array([0, 0, HIDDEN], np.int64))
        return self._node("Reshape", [context, merged], f"{name}.context")

    def _linear(self, name: str, features: str) -> str:
        matrix = self._weights[f"{name}.weight"].T
        if self._precision == "fp32":
            product = self._node("MatMul", [features, self._constant(f"{name}.matrix", matrix)], f"{name}.product")
            return self._node("Add", [product, self._weight(f"{name}.bias")], f"{name}.sum")
        quantized, scale = quantize_columns(matrix)
        self._node(
            "DynamicQuantizeLinear",
            [features],
            f"{features}.u8",
            also=[f"{features}.scale", f"{features}.zero"],
            once=True,
        )
        return self._node(
            "MatMulIntegerToFloat",
            [
                f"{features}.u8",
                self._constant(f"{name}.int8", quantized),
                f"{features}.scale",
                self._constant(f"{name}.scale", scale),
                f"{features}.zero",
                "",
                self._weight(f"{name}.bias"),
            ],
            f"{name}.sum",
            domain=_CONTRIBUTED,
        )

    def _layer_norm(self, name: str, features: str, output: str) -> str:
        inputs = [features, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self._node("LayerNormalization", inputs, output, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, values: ArrayLike) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(
                np.ascontiguousarray(values).reshape(np.shape(values)), name
            )
        return name

    def _node(
        self,
        kind: str,
        inputs: Sequence[str],
        output: str,
        also: Sequence[str] = (),
        once: bool = False,
        domain: str = "",
        **attributes: int | float | Sequence[int],
    ) -> str:
        if not (once and any(output in node.output for node in self._nodes)):
            node = helper.make_node(kind, list(inputs), [output, *also], output, domain=domain)
            node.attribute.extend(helper.make_attribute(name, value) for name, value in sorted(attributes.items()))
            self._nodes.append(node)
        return output


def quantize_columns(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round [rows, columns] to integers of -64..64 and return them with the scale of each column, [columns].

    64, not 127: x86-64 CPUs without VNNI add two products of an 8-bit activation (at most 255) and a weight in 16 bits,
    which hold 2 * 255 * 64 but not 2 * 255 * 127. So the integers, and the vectors, are the same on all.
    """
    scale = (np.abs(matrix).max(axis=0) / 64).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale
