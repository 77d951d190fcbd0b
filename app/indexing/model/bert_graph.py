"""The ONNX graph of all-MiniLM-L6-v2, written from its weights, in FP32 or quantized to INT8.

The graph is that of BERT (Devlin et al. 2019, https://arxiv.org/abs/1810.04805) in the size of MiniLM-L6-H384 (Wang et
al. 2020, https://arxiv.org/abs/2002.10957). Inputs are input_ids, attention_mask and token_type_ids, int64
[batch, sequence]; the output is last_hidden_state, float32 [batch, sequence, 384].

Among equivalent operators, the graph uses those that give the same bits on every x86-64 CPU with AVX2: rounding to 8
bits amplifies a difference in the last digit.

Inside, the layout is [sequence, batch, ...], from which FusedMatMul reads the attention heads in place. The layout
[batch, sequence, ...] would need a transposition before each product.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
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
POSITIONS = 512
LAYER_NORM_EPSILON = 1e-12

SMOOTHING_FILE = Path(__file__).with_name("smoothing.json")
"""Factors of each smoothed product by name, written by tests/scripts/calibrate_model.py."""

OPSET = 20
_IR_VERSION = 9
_CONTRIBUTED = "com.microsoft"
_CONTRIBUTED_OPSET = 1

_EMBEDDINGS = "embeddings"
_EXCHANGE_FIRST_TWO = (1, 0, 2)
_MAX_INT8 = 127
_MAX_PAIR = 128


@dataclass(frozen=True)
class SmoothedProduct:
    """Matrix products of one input whose channels are scaled before quantization (see `smoothed_products`)."""

    name: str
    input: str
    linears: tuple[str, ...]


def smoothed_products(layer: int) -> tuple[SmoothedProduct, SmoothedProduct, SmoothedProduct]:
    """Return the smoothed products of one layer: all but the attention's output, which does not benefit."""
    layer_name = f"encoder.layer.{layer}"
    before = f"encoder.layer.{layer - 1}.output" if layer else f"{_EMBEDDINGS}.output"
    attention = tuple(f"{layer_name}.attention.self.{part}" for part in ("query", "key", "value"))
    return (
        SmoothedProduct(f"{layer_name}.attention", before, attention),
        SmoothedProduct(
            f"{layer_name}.intermediate",
            f"{layer_name}.attention.output",
            (f"{layer_name}.intermediate.dense",),
        ),
        SmoothedProduct(f"{layer_name}.output", f"{layer_name}.gelu", (f"{layer_name}.output.dense",)),
    )


def build_graph(weights: Weights, precision: Precision) -> bytes:
    """Return the serialized ONNX model; the same weights give the same bytes on every CPU.

    The INT8 weights are computed only by operations whose result IEEE 754 defines exactly (multiplication, division,
    maximum), not by sums or powers.
    """
    return _GraphWriter(weights, precision).write()


def quantize_columns(matrix: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round [rows, columns] to INT8 and return it with the scale of each column, [columns].

    x86-64 CPUs without VNNI multiply unsigned 8-bit activations with weights and add the products of rows 2k and 2k + 1
    in 16 bits, saturating. The two weights of a pair therefore add up to at most 128 (255 * 128 < 2**15), so that all
    CPUs compute the same. This costs less than limiting every weight to 64 (`reduce_range`): few pairs reach the limit.
    """
    even, odd = matrix[0::2], matrix[1::2]
    pairs = np.abs(even + odd).max(axis=0)
    scale = np.maximum(np.abs(matrix).max(axis=0) / _MAX_INT8, pairs / _MAX_PAIR)
    exact = matrix / scale
    integers = np.rint(exact)
    _limit_pairs(integers, exact)
    return integers.astype(np.int8), scale.astype(np.float32)


def _limit_pairs(integers: NDArray[np.float64], exact: NDArray[np.float64]) -> None:
    """Undo, in place, the rounding of one weight of each pair that rounding moved beyond the limit."""
    even, odd = integers[0::2], integers[1::2]
    past = np.abs(even + odd) > _MAX_PAIR
    even_rounded_more = np.abs(even) - np.abs(exact[0::2]) >= np.abs(odd) - np.abs(exact[1::2])
    even -= np.sign(even) * (past & even_rounded_more)
    odd -= np.sign(odd) * (past & ~even_rounded_more)


def quantize_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round [rows, columns] to INT8 and return it with the scale of each row, [rows, 1]."""
    scale = np.abs(matrix).max(axis=1, keepdims=True) / np.float32(_MAX_INT8)
    scale = np.where(scale > 0, scale, np.float32(1))
    return np.rint(matrix / scale).astype(np.int8), scale


class _GraphWriter:
    """Appends the nodes of one model in order of execution."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self._weights = weights
        self._is_quantized = precision == "int8"
        self._smoothing: dict[str, list[float]] = json.loads(SMOOTHING_FILE.read_text()) if self._is_quantized else {}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def write(self) -> bytes:
        length = self._node("Shape", ["input_ids"], "length", start=1)
        hidden = self._embed(length)
        mask = self._mask(length)
        for layer in range(LAYERS):
            hidden = self._layer(layer, hidden, mask)
        hidden = self._node("Transpose", [hidden], "last_hidden_state", perm=_EXCHANGE_FIRST_TWO)
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

    def _embed(self, length: str) -> str:
        kinds_table = self._weight(f"{_EMBEDDINGS}.token_type_embeddings.weight")
        kinds = self._node("Gather", [kinds_table, "token_type_ids"], "kinds")
        zero = self._constant("zero", np.zeros(1, np.int64))
        places_table = self._weight(f"{_EMBEDDINGS}.position_embeddings.weight")
        places = self._node("Slice", [places_table, zero, length, zero], "places")
        summed = self._node("Add", [self._node("Add", [self._words(), kinds], "words_of_kind"), places], "placed_words")
        normed = self._layer_norm(f"{_EMBEDDINGS}.LayerNorm", summed, f"{_EMBEDDINGS}.normed")
        return self._node("Transpose", [normed], f"{_EMBEDDINGS}.output", perm=_EXCHANGE_FIRST_TWO)

    def _words(self) -> str:
        name = f"{_EMBEDDINGS}.word_embeddings"
        if not self._is_quantized:
            return self._node("Gather", [self._weight(f"{name}.weight"), "input_ids"], "words")
        integers, scale = quantize_rows(self._weights[f"{name}.weight"])
        rows = self._node("Gather", [self._constant(f"{name}.int8", integers), "input_ids"], "words.int8")
        scales = self._node("Gather", [self._constant(f"{name}.scale", scale), "input_ids"], "words.scale")
        return self._node("Mul", [self._node("Cast", [rows], "words.float", to=TensorProto.FLOAT), scales], "words")

    def _layer(self, layer: int, hidden: str, mask: str) -> str:
        name = f"encoder.layer.{layer}"
        attention, intermediate, output = smoothed_products(layer)
        context = self._attend(name, attention, mask, subtract_largest=layer == 0)
        projected = self._linear(f"{name}.attention.output.dense", context)
        attended = self._node("Add", [projected, hidden], f"{name}.attention.residual")
        attended = self._layer_norm(f"{name}.attention.output.LayerNorm", attended, intermediate.input)
        (widened,) = self._smoothed_linears(intermediate)
        self._node("Gelu", [widened], output.input)
        (narrowed,) = self._smoothed_linears(output)
        summed = self._node("Add", [narrowed, attended], f"{name}.residual")
        return self._layer_norm(f"{name}.output.LayerNorm", summed, f"{name}.output")

    def _mask(self, length: str) -> str:
        """Return the mask that is added to the attention scores: 0, or -10,000 for padding.

        The row is repeated because broadcasting it in every layer takes twice as long.
        """
        axes = self._constant("mask.axes", np.array([1, 2]))
        is_token = self._node("Unsqueeze", ["attention_mask", axes], "mask.integers")
        is_token = self._node("Cast", [is_token], "mask.tokens", to=TensorProto.FLOAT)
        before = self._node("Sub", [is_token, self._constant("mask.one", np.float32(1))], "mask.padding")
        row = self._node("Mul", [before, self._constant("mask.far", np.float32(1e4))], "mask.row")
        shape = [self._constant("mask.repeats", np.ones(2, np.int64)), length, length]
        return self._node("Expand", [row, self._node("Concat", shape, "mask.shape", axis=0)], "mask")

    def _attend(self, name: str, attention: SmoothedProduct, mask: str, *, subtract_largest: bool) -> str:
        """Write scaled dot-product attention, with the softmax as separate operators.

        ONNX Runtime's Softmax and MultiHeadAttention add in an order that depends on the CPU's vector width, and a
        difference in the last digit can round an activation to another integer. Exp, ReduceSum and the matrix products
        give the same bits on every CPU with AVX2. The sum divides the result, which is narrower than the scores. Only
        the first layer has scores that could overflow Exp (over 100; later layers stay below 25 for any tokens).
        """
        query, key, value = (self._heads(features) for features in self._smoothed_linears(attention))
        scores = self._heads_product(
            [query, key], f"{name}.products", alpha=HEAD_WIDTH**-0.5, transBatchA=1, transBatchB=1, transB=1
        )
        scores = self._node("Add", [scores, mask], f"{name}.scores")
        axis = self._constant("last_axis", np.array([-1]))
        if subtract_largest:
            largest = self._node("ReduceMax", [scores, axis], f"{name}.largest", keepdims=1)
            scores = self._node("Sub", [scores, largest], f"{name}.lowered")
        shares = self._node("Exp", [scores], f"{name}.shares")
        total = self._node("ReduceSum", [shares, axis], f"{name}.total", keepdims=1)
        mixed = self._heads_product([shares, value], f"{name}.mixed", transBatchB=1)
        mean = self._node(
            "Transpose", [self._node("Div", [mixed, total], f"{name}.mean")], f"{name}.split", perm=(2, 0, 1, 3)
        )
        return self._node("Reshape", [mean, self._constant("merged", np.array([0, 0, HIDDEN]))], f"{name}.context")

    def _heads(self, features: str) -> str:
        shape = self._constant("heads", np.array([0, 0, HEADS, HEAD_WIDTH]))
        return self._node("Reshape", [features, shape], f"{features}.heads")

    def _heads_product(self, factors: Sequence[str], output: str, **attributes: float) -> str:
        """Write a product for each head: [batch, heads, rows, columns].

        A factor with its transBatch set is [sequence, batch, heads, width]. The operator's documentation:
        https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.FusedMatMul
        """
        return self._node("FusedMatMul", factors, output, domain=_CONTRIBUTED, **attributes)

    def _smoothed_linears(self, product: SmoothedProduct) -> list[str]:
        """Divide the input's channels by the product's factors; `_linear` multiplies the matrices' rows by them."""
        if not self._is_quantized:
            return [self._linear(name, product.input) for name in product.linears]
        factors = np.array(self._smoothing[product.name])
        inverse = self._constant(f"{product.name}.inverse", (1 / factors).astype(np.float32))
        smoothed = self._node("Mul", [product.input, inverse], f"{product.name}.smoothed")
        return [self._linear(name, smoothed, factors) for name in product.linears]

    def _linear(self, name: str, features: str, factors: NDArray[np.float64] | None = None) -> str:
        matrix = self._weights[f"{name}.weight"].T
        bias = self._weight(f"{name}.bias")
        if not self._is_quantized:
            product = self._node("MatMul", [features, self._constant(f"{name}.matrix", matrix)], f"{name}.product")
            return self._node("Add", [product, bias], f"{name}.sum")
        rows = np.ones(len(matrix)) if factors is None else factors
        integers, scale = quantize_columns(matrix * rows[:, np.newaxis])
        weights = [self._constant(f"{name}.int8", integers), self._constant(f"{name}.scale", scale)]
        rounded, step, zero = self._quantize(features)
        inputs = [rounded, weights[0], step, weights[1], zero, "", bias]
        return self._node("MatMulIntegerToFloat", inputs, f"{name}.sum", domain=_CONTRIBUTED)

    def _quantize(self, features: str) -> tuple[str, str, str]:
        """Round to unsigned 8 bits between minimum and maximum, once for products that share the input."""
        outputs = (f"{features}.uint8", f"{features}.step", f"{features}.zero")
        if all(node.output[0] != outputs[0] for node in self._nodes):
            self._nodes.append(helper.make_node("DynamicQuantizeLinear", [features], outputs, outputs[0]))
        return outputs

    def _layer_norm(self, name: str, features: str, output: str) -> str:
        inputs = [features, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self._node("LayerNormalization", inputs, output, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, values: ArrayLike) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _node(
        self,
        kind: str,
        inputs: Sequence[str],
        output: str,
        domain: str = "",
        **attributes: int | float | Sequence[int],
    ) -> str:
        node = helper.make_node(kind, list(inputs), [output], output, domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in sorted(attributes.items()))
        self._nodes.append(node)
        return output
