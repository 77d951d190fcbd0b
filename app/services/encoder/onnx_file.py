"""Reads an ONNX file apart from its large tables, so that sessions can share them; no `onnx` package needed.

ONNX Runtime copies a model several times while it loads it. What it is lent instead is not copied but packed at once.

A protocol buffer message is a run of fields, each a key (number and kind) and a number or some bytes
(https://protobuf.dev/programming-guides/encoding/). The field numbers are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.local.engines.onnx_graph import bytes_field, provided_tensor
from app.services.local.files.array_files import forget_pages

_MODEL_GRAPH = 7
_GRAPH_INITIALIZER = 5
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW_DATA = 1, 2, 8, 9
_TYPES: dict[int, np.dtype[Any]] = {2: np.dtype(np.uint8), 3: np.dtype(np.int8)}
_LEAST_BYTES = 1 << 16

Span = tuple[int, int]
"""Where something starts in the file and where it ends."""


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A model without its tables of 8-bit numbers, and these by name; they have to be lent to each session of it."""

    graph: bytes
    tables: Mapping[str, NDArray[Any]]
    """The largest is in memory, the words' embeddings; the others are mapped, for ONNX Runtime packs them once."""

    def forget_pages(self) -> None:
        """Let go of the mapped tables' pages once sessions have been made of them."""
        for table in self.tables.values():
            forget_pages(table)


def read_onnx(path: Path) -> OnnxModel | None:
    """Read a model of which tables of 64 KB and more, of 8-bit numbers, are kept apart.

    None where it has none, or where the file is no ONNX model: what it is then is for ONNX Runtime to say.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        tables: dict[str, NDArray[Any]] = {}
        graph = b"".join(_without_tables(content, tables))
        if not tables:
            return None
        largest = max(tables, key=lambda name: tables[name].nbytes)
        tables[largest] = tables[largest].copy()
        return OnnxModel(graph, tables)
    except (OSError, ValueError, IndexError, OverflowError):
        return None


def _without_tables(content: mmap.mmap, tables: dict[str, NDArray[Any]]) -> Iterator[bytes]:
    """Yield the model's fields, its graph's tables replaced by their declarations and put into `tables`."""
    for number, value, field in _fields(content, (0, len(content))):
        if number == _MODEL_GRAPH and isinstance(value, tuple):
            yield bytes_field(_MODEL_GRAPH, b"".join(_graph_without_tables(content, value, tables)))
        else:
            yield content[slice(*field)]


def _graph_without_tables(content: mmap.mmap, graph: Span, tables: dict[str, NDArray[Any]]) -> Iterator[bytes]:
    for number, value, field in _fields(content, graph):
        table = _read_table(content, value) if number == _GRAPH_INITIALIZER and isinstance(value, tuple) else None
        if table is None:
            yield content[slice(*field)]
            continue
        name, kind, shape, data = table
        tables[name] = np.frombuffer(content, _TYPES[kind], data[1] - data[0], data[0]).reshape(shape)
        yield bytes_field(_GRAPH_INITIALIZER, provided_tensor(name, kind, shape))


def _read_table(content: mmap.mmap, tensor: Span) -> tuple[str, int, tuple[int, ...], Span] | None:
    """Return name, type, shape and place of a tensor's numbers; None where it is small or of another type."""
    shape: list[int] = []
    kind = name = data = None
    for number, value, _ in _fields(content, tensor):
        if isinstance(value, int):
            if number == _TENSOR_DIMS:
                shape.append(value)
            elif number == _TENSOR_TYPE:
                kind = value
        elif number == _TENSOR_DIMS:  # packed
            shape += _numbers(content, value)
        elif number == _TENSOR_NAME:
            name = content[slice(*value)].decode()
        elif number == _TENSOR_RAW_DATA:
            data = value
    if kind not in _TYPES or name is None or data is None or data[1] - data[0] < _LEAST_BYTES:
        return None
    return name, kind, tuple(shape), data


def _fields(content: mmap.mmap, span: Span) -> Iterator[tuple[int, int | Span, Span]]:
    """Yield each field's number, its value (a number, or where its bytes stand), and where all of the field stands."""
    place, end = span
    while place < end:
        first = place
        key, place = _varint(content, place)
        value: int | Span
        match key & 7:
            case 0:
                value, place = _varint(content, place)
            case 1:
                value, place = (place, place + 8), place + 8
            case 2:
                size, place = _varint(content, place)
                value, place = (place, place + size), place + size
            case 5:
                value, place = (place, place + 4), place + 4
            case kind:
                raise ValueError(f"no field is of kind {kind}")
        if place > end or key >> 3 == 0:
            raise ValueError("a field runs over the end of its message, or has no number")
        yield key >> 3, value, (first, place)


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
