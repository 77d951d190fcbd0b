"""The usual forms of ONNX exports of a sentence encoder, made from one FP32 graph."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

Export = Callable[[Path, Path], None]
"""Reads the FP32 graph at the first path and writes another form of it to the second."""


def fp32(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def fp16(source: Path, target: Path) -> None:
    """Weights, states and output in half precision."""
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=False), target)


def external_data(source: Path, target: Path) -> None:
    """Weights in an external file, as exporters of large models write them."""
    onnx.save(onnx.load(source), target, save_as_external_data=True, location="model.onnx_data", size_threshold=1024)


def weight_only(source: Path, target: Path) -> None:
    """INT8 weights that the graph converts to floats, which ONNX Runtime folds when the session is created."""
    model = onnx.load(source)
    tables = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 2]
    for tensor in tables:
        values = numpy_helper.to_array(tensor)
        scale = np.abs(values).max() / np.float32(127)
        rounded, floats, step = (f"{tensor.name}_{part}" for part in ("q", "f", "scale"))
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), rounded))
        model.graph.initializer.append(numpy_helper.from_array(scale, step))
        nodes = (
            helper.make_node("Cast", [rounded], [floats], to=TensorProto.FLOAT),
            helper.make_node("Mul", [floats, step], [tensor.name]),
        )
        for node in reversed(nodes):
            model.graph.node.insert(0, node)
    onnx.save(model, target)


def dynamic(**options: Any) -> Export:  # noqa: ANN401
    """Dynamic quantization with ``options`` of `quantize_dynamic`."""

    def export(source: Path, target: Path) -> None:
        logging.disable(logging.WARNING)  # it advises preprocessing
        try:
            quantize_dynamic(source, target, extra_options={"DefaultTensorType": TensorProto.FLOAT}, **options)
        finally:
            logging.disable(logging.NOTSET)

    return export


EXPORTS: dict[str, Export] = {
    "FP32": fp32,
    "FP16": fp16,
    "external data": external_data,
    "weight-only INT8": weight_only,
    "QInt8": dynamic(weight_type=QuantType.QInt8),
    "QInt8 per channel": dynamic(weight_type=QuantType.QInt8, per_channel=True, reduce_range=True),
    "QInt8, embeddings in FP32": dynamic(weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"]),
    "QUInt8": dynamic(weight_type=QuantType.QUInt8),
    "QUInt8 per channel": dynamic(weight_type=QuantType.QUInt8, per_channel=True),
}
