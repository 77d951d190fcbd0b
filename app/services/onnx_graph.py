"""Writes the one small ONNX graph that searching needs, so that serving does not load the `onnx` package.

A protocol buffer message is a run of fields, each a key (number and kind) and a number or some bytes
(https://protobuf.dev/programming-guides/encoding/). The field numbers are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

_UINT8, _FLOAT, _INT_ATTRIBUTE, _EXTERNAL = 2, 1, 2, 1
_IR_VERSION = 10
_OPSET_VERSION = 21


def matmul_8bit_graph(*, rows: int, columns: int, block: int) -> bytes:
    """Return a model that multiplies `query` float32 [1, columns] by an 8-bit matrix: `scores` float32 [1, rows].

    The matrix is not in the model: SessionOptions.add_initializer provides `values`, uint8 [rows, columns / block,
    block] with zero point 128, and `scales`, float32 [rows * columns / block]. The operator is ONNX Runtime's
    com.microsoft.MatMulNBits; accuracy level 4 lets it round the query to 8 bits too, block by block.
    """
    blocks = columns // block
    node = (
        _text(1, "query")
        + _text(1, "values")
        + _text(1, "scales")
        + _text(2, "scores")
        + _text(4, "MatMulNBits")
        + b"".join(
            _message(5, _text(1, name) + _number(3, value) + _number(20, _INT_ATTRIBUTE))
            for name, value in (
                ("K", columns),
                ("N", rows),
                ("bits", 8),
                ("block_size", block),
                ("accuracy_level", 4),
            )
        )
        + _text(7, "com.microsoft")
    )
    graph = (
        _message(1, node)
        + _text(2, "scan")
        + _message(5, _provided_tensor("values", _UINT8, (rows, blocks, block)))
        + _message(5, _provided_tensor("scales", _FLOAT, (rows * blocks,)))
        + _message(11, _float_matrix("query", (1, columns)))
        + _message(12, _float_matrix("scores", (1, rows)))
    )
    opsets = _message(8, _text(1, "") + _number(2, _OPSET_VERSION)) + _message(
        8, _text(1, "com.microsoft") + _number(2, 1)
    )
    return _number(1, _IR_VERSION) + _message(7, graph) + opsets


def _provided_tensor(name: str, element_type: int, shape: tuple[int, ...]) -> bytes:
    """Declare a tensor whose data the session is given; ONNX Runtime wants a path there that exists."""
    return (
        b"".join(_number(1, size) for size in shape)
        + _number(2, element_type)
        + _text(8, name)
        + _message(13, _text(1, "location") + _text(2, "."))
        + _number(14, _EXTERNAL)
    )


def _float_matrix(name: str, shape: tuple[int, int]) -> bytes:
    dimensions = b"".join(_message(1, _number(1, size)) for size in shape)
    tensor = _number(1, _FLOAT) + _message(2, dimensions)
    return _text(1, name) + _message(2, _message(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Return seven bits a byte, lowest first, the top bit set on all but the last."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
