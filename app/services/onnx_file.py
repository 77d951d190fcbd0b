"""Reads the largest 8-bit table out of an ONNX file, so that several sessions can share it; no `onnx` package needed.

A protocol buffer message is a run of fields, each a key (number and kind) and a number or some bytes
(https://protobuf.dev/programming-guides/encoding/). The field numbers are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MODEL_GRAPH = 7
_GRAPH_INITIALIZER = 5
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW_DATA = 1, 2, 8, 9
_TYPES: dict[int, np.dtype[Any]] = {2: np.dtype(np.uint8), 3: np.dtype(np.int8)}
_LEAST_BYTES = 1 << 20

Span = tuple[int, int]
"""Where something starts in the file and where it ends."""


@dataclass(frozen=True, slots=True)
class Table:
    """A tensor of the model."""

    name: str
    values: NDArray[Any]


def read_largest_table(path: Path) -> Table | None:
    """Return the largest initializer of 8-bit numbers, None where there is none of a megabyte or more.

    Of a file that is no ONNX model there is none either: whether it is one is for ONNX Runtime to say.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found = [table for span in _initializers(content) if (table := _describe(content, span)) is not None]
            if not found:
                return None
            name, kind, shape, data = max(found, key=lambda table: table[3][1] - table[3][0])
            return Table(name, np.frombuffer(content[slice(*data)], kind).reshape(shape))
    except (OSError, ValueError, IndexError, OverflowError):
        return None


def _initializers(content: mmap.mmap) -> Iterator[Span]:
    for number, graph in _fields(content, (0, len(content))):
        if number == _MODEL_GRAPH and isinstance(graph, tuple):
            for inner, span in _fields(content, graph):
                if inner == _GRAPH_INITIALIZER and isinstance(span, tuple):
                    yield span


def _describe(content: mmap.mmap, tensor: Span) -> tuple[str, np.dtype[Any], tuple[int, ...], Span] | None:
    shape: list[int] = []
    kind = name = data = None
    for number, value in _fields(content, tensor):
        if number == _TENSOR_DIMS and isinstance(value, tuple):  # packed
            shape += _numbers(content, value)
        elif number == _TENSOR_DIMS and isinstance(value, int):
            shape.append(value)
        elif number == _TENSOR_TYPE and isinstance(value, int):
            kind = _TYPES.get(value)
        elif number == _TENSOR_NAME and isinstance(value, tuple):
            name = content[slice(*value)].decode()
        elif number == _TENSOR_RAW_DATA and isinstance(value, tuple):
            data = value
    if kind is None or name is None or data is None or data[1] - data[0] < _LEAST_BYTES:
        return None
    return name, kind, tuple(shape), data


def _fields(content: mmap.mmap, span: Span) -> Iterator[tuple[int, int | Span]]:
    """Yield each field's number with its value: a number, or where its bytes stand."""
    place, end = span
    while place < end:
        key, place = _varint(content, place)
        match key & 7:
            case 0:
                value, place = _varint(content, place)
                yield key >> 3, value
            case 1:
                place += 8
            case 2:
                size, start = _varint(content, place)
                place = start + size
                if place > end:
                    raise ValueError("a field runs over the end of its message")
                yield key >> 3, (start, place)
            case 5:
                place += 4
            case kind:
                raise ValueError(f"no field is of kind {kind}")


def _numbers(content: mmap.mmap, span: Span) -> list[int]:
    place, end = span
    numbers = []
    while place < end:
        number, place = _varint(content, place)
        numbers.append(number)
    return numbers


def _varint(content: mmap.mmap, place: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, lowest first, and the place after it."""
    number = shift = 0
    while True:
        byte = content[place]
        place += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, place
        if shift > 63:
            raise ValueError("a number is too long")
