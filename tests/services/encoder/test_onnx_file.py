from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from app.services.encoder.onnx_file import read_onnx

WORDS = np.random.default_rng(0).integers(-128, 128, (300, 384)).astype(np.int8)
MATRIX = np.random.default_rng(1).integers(0, 256, (384, 200)).astype(np.uint8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A model with two tables of 8-bit numbers, a small one, and one of another type."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["words"], ["out"])],
        "model",
        [],
        [helper.make_tensor_value_info("out", TensorProto.INT8, WORDS.shape)],
        [
            numpy_helper.from_array(WORDS, "words"),
            numpy_helper.from_array(np.zeros(4, np.int8), "small"),
            numpy_helper.from_array(MATRIX, "matrix"),
            numpy_helper.from_array(np.zeros((300, 384), np.float32), "floats"),
        ],
    )
    path = tmp_path / "model.onnx"
    path.write_bytes(helper.make_model(graph, producer_name="a test").SerializeToString())
    return path


def test_large_tables_of_8_bit_numbers_are_kept_apart(path: Path) -> None:
    model = read_onnx(path)
    assert model is not None
    assert set(model.tables) == {"words", "matrix"}
    np.testing.assert_array_equal(model.tables["words"], WORDS)
    np.testing.assert_array_equal(model.tables["matrix"], MATRIX)


def test_the_rest_is_as_it_was(path: Path) -> None:
    model = read_onnx(path)
    assert model is not None
    rest, whole = onnx.load_from_string(model.graph), onnx.load(path)
    assert len(model.graph) < path.stat().st_size - WORDS.nbytes - MATRIX.nbytes + 1000
    for tensor in rest.graph.initializer:
        original = next(each for each in whole.graph.initializer if each.name == tensor.name)
        if tensor.name in model.tables:
            assert tensor.data_location == TensorProto.EXTERNAL
            assert (tensor.dims, tensor.data_type) == (original.dims, original.data_type)
        else:
            assert tensor == original
    del rest.graph.initializer[:], whole.graph.initializer[:]
    assert rest == whole


def test_pages_let_go_of_are_read_again(path: Path) -> None:
    model = read_onnx(path)
    assert model is not None
    model.forget_pages()
    np.testing.assert_array_equal(model.tables["matrix"], MATRIX)


def test_a_model_without_such_tables_has_nothing_to_keep_apart(tmp_path: Path) -> None:
    graph = helper.make_graph([], "model", [], [], [numpy_helper.from_array(np.zeros(10**5, np.float32), "floats")])
    (tmp_path / "model.onnx").write_bytes(helper.make_model(graph).SerializeToString())
    assert read_onnx(tmp_path / "model.onnx") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 10_000_000, b"\xff" * 1000, b"text " * 1000, b"\x3a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"],
    ids=["empty", "zeros", "ones", "text", "a length without end"],
)
def test_other_files_are_left_to_onnx_runtime(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    assert read_onnx(tmp_path / "model.onnx") is None


def test_a_cut_model_is_left_to_onnx_runtime(path: Path) -> None:
    content = path.read_bytes()
    for length in (1, 50, 1000, len(content) - WORDS.nbytes, len(content) - 1):
        path.write_bytes(content[:length])
        assert read_onnx(path) is None


def test_a_table_whose_shape_is_a_lie_is_left_to_onnx_runtime(path: Path) -> None:
    model = onnx.load(path)
    model.graph.initializer[0].dims[0] = 7
    path.write_bytes(model.SerializeToString())
    assert read_onnx(path) is None
