"""Writer of the small ONNX graph that the search needs, so that serving does not load the `onnx` package.

A protocol buffer message is a sequence of fields, each a key (number and kind) and a number or bytes
(https://protobuf.dev/programming-guides/encoding/). The field numbers are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

_FLOAT, _UINT8, _INT8 = 1, 2, 3
_INT_ATTRIBUTE = 2
_EXTERNAL = 1
_IR_VERSION = 10
_OPSET_VERSION = 21


def product_8bit_graph(*, rows: int, columns: int, zero_point: int) -> bytes:
    """Return a model that multiplies `queries`, uint8 [n, rows] around `zero_point`, by an 8-bit matrix.

    The output is `products`, float32 [n, columns]. The matrix is not in the model: SessionOptions.add_initializer
    provides `values`, int8 [rows, columns], and `scales`, float32 [columns], by which each column's sum is multiplied.
    The sums themselves are whole numbers, so that every CPU gives the same bits.
    """
    nodes = (
        _node("MatMulInteger", ["queries", "values", "zero_point"], "sums"),
        _node("Cast", ["sums"], "floats", _text(1, "to") + _number(3, _FLOAT) + _number(20, _INT_ATTRIBUTE)),
        _node("Mul", ["floats", "scales"], "products"),
    )
    graph = (
        b"".join(bytes_field(1, node) for node in nodes)
        + _text(2, "scan")
        + bytes_field(5, _number(2, _UINT8) + _text(8, "zero_point") + bytes_field(9, bytes([zero_point])))
        + bytes_field(5, provided_tensor("values", _INT8, (rows, columns)))
        + bytes_field(5, provided_tensor("scales", _FLOAT, (columns,)))
        + bytes_field(11, _matrix("queries", _UINT8, rows))
        + bytes_field(12, _matrix("products", _FLOAT, columns))
    )
    opset = bytes_field(8, _text(1, "") + _number(2, _OPSET_VERSION))
    return _number(1, _IR_VERSION) + bytes_field(7, graph) + opset


def _node(kind: str, inputs: list[str], output: str, attribute: bytes = b"") -> bytes:
    named = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)
    return named + bytes_field(5, attribute) if attribute else named


def provided_tensor(name: str, element_type: int, shape: tuple[int, ...]) -> bytes:
    """Return the TensorProto of a tensor whose data the session is given; ONNX Runtime wants a path that exists."""
    return (
        b"".join(_number(1, size) for size in shape)
        + _number(2, element_type)
        + _text(8, name)
        + bytes_field(13, _text(1, "location") + _text(2, "."))
        + _number(14, _EXTERNAL)
    )


def _matrix(name: str, element_type: int, columns: int) -> bytes:
    """Return the declaration of a matrix [n, columns] of any number of rows."""
    shape = bytes_field(1, _text(2, "n")) + bytes_field(1, _number(1, columns))
    tensor = _number(1, element_type) + bytes_field(2, shape)
    return _text(1, name) + bytes_field(2, bytes_field(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return bytes_field(field, value.encode())


def bytes_field(field: int, content: bytes) -> bytes:
    """Return a field that holds a message, text or bytes."""
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Return a number in seven bits per byte, lowest first, with the top bit set in all bytes but the last."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
