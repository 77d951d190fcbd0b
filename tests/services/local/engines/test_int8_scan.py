from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.engines import int8_scan
from app.services.local.engines.int8_scan import Int8Scan, QuantizedVectors
from app.services.local.engines.onnx_graph import product_8bit_graph
from app.services.vectors import VectorsInMemory
from tests.services.film_vectors import FILMS, brute_force, clustered_vectors, unit


@pytest.fixture(scope="module")
def quantized(vectors: NDArray[np.float32]) -> QuantizedVectors:
    return QuantizedVectors.quantize(VectorsInMemory(vectors))


@pytest.fixture(scope="module")
def scan(quantized: QuantizedVectors) -> Iterator[Int8Scan]:
    made = Int8Scan(quantized)
    yield made
    made.close()


class TestCosines:
    def test_are_near_the_exact_ones(self, scan: Int8Scan, vectors: NDArray[np.float32]) -> None:
        for query in map(unit, clustered_vectors(50, seed=2)):
            ((rounded,), (out_together,)) = scan.cosines(query[np.newaxis])
            assert 2 * np.abs(rounded - brute_force(vectors, query)).max() < out_together < 0.02

    def test_are_those_of_whole_numbers(self, scan: Int8Scan, quantized: QuantizedVectors) -> None:
        """Every CPU gives the same bits, because products of extreme values do not saturate 16 bits."""
        query = np.zeros(384, np.float32)
        query[::2], query[1::2] = 0.05, -0.05
        values = quantized.values.reshape(384, FILMS).astype(np.int64)
        sums = values[::2].sum(axis=0) - values[1::2].sum(axis=0)
        step = np.float32(np.float32(0.05) / 63)
        expected = (63 * sums).astype(np.float32) * quantized.scales * step
        np.testing.assert_array_equal(scan.cosines(query[np.newaxis])[0][0], expected)

    def test_of_several_queries_are_those_of_each(self, scan: Int8Scan) -> None:
        queries = unit(clustered_vectors(5, seed=6))
        together, out_together = scan.cosines(queries)
        for row, query in enumerate(queries):
            alone, out_alone = scan.cosines(query[np.newaxis])
            np.testing.assert_array_equal(together[row], alone[0])
            assert out_together[row] == out_alone[0]

    def test_do_not_saturate(self) -> None:
        films = np.ones((300, 384), np.float32)
        cosines, _ = Int8Scan(QuantizedVectors.quantize(VectorsInMemory(films))).cosines(unit(films[:1]))
        np.testing.assert_allclose(cosines[0], 1, atol=1e-3)

    def test_of_vectors_without_direction_are_zero(self) -> None:
        films = clustered_vectors(4, seed=3)
        films[1], films[2], films[3] = 0, np.nan, np.inf
        cosines, _ = Int8Scan(QuantizedVectors.quantize(VectorsInMemory(films))).cosines(unit(films[:1]))
        np.testing.assert_allclose(cosines[0], [1, 0, 0, 0], atol=0.01)

    def test_are_the_same_in_blocks(
        self, scan: Int8Scan, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(int8_scan, "_BLOCK_FILMS", 700)
        query = unit(clustered_vectors(1, seed=4))
        in_blocks = Int8Scan(QuantizedVectors.quantize(VectorsInMemory(vectors)))
        np.testing.assert_array_equal(in_blocks.cosines(query)[0], scan.cosines(query)[0])

    def test_cannot_be_had_once_closed(self, quantized: QuantizedVectors) -> None:
        closed = Int8Scan(quantized)
        closed.close()
        closed.close()
        with pytest.raises(ServiceClosedError):
            closed.cosines(unit(clustered_vectors(1, seed=4)))


class TestFiles:
    def test_come_back_as_they_were_saved(self, quantized: QuantizedVectors, tmp_path: Path) -> None:
        quantized.save(tmp_path)
        opened = QuantizedVectors.open(tmp_path)
        np.testing.assert_array_equal(opened.values, quantized.values)
        np.testing.assert_array_equal(opened.scales, quantized.scales)

    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("scan_values.npy", np.zeros(10, np.int8)),
            ("scan_values.npy", np.zeros(384 * FILMS, np.float64)),
            ("scan_scales.npy", np.zeros(7, np.float32)),
            ("scan_scales.npy", np.zeros((FILMS, 1), np.float32)),
        ],
    )
    def test_of_another_shape_are_refused(
        self, name: str, other: NDArray[np.float32], quantized: QuantizedVectors, tmp_path: Path
    ) -> None:
        quantized.save(tmp_path)
        np.save(tmp_path / name, other)
        with pytest.raises(ModelFileError, match=r"scan_.*; run: python -m app\.indexing"):
            QuantizedVectors.open(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"PK\x03\x04"])
    def test_that_are_damaged_are_refused(self, content: bytes, quantized: QuantizedVectors, tmp_path: Path) -> None:
        quantized.save(tmp_path)
        (tmp_path / "scan_values.npy").write_bytes(content)
        with pytest.raises(ModelFileError, match=r"scan_values\.npy"):
            QuantizedVectors.open(tmp_path)


def test_the_graph_is_what_onnx_reads() -> None:
    model = onnx.load_from_string(product_8bit_graph(rows=384, columns=300, zero_point=64))
    assert [node.op_type for node in model.graph.node] == ["MatMulInteger", "Cast", "Mul"]
    zero_point, values, scales = model.graph.initializer
    assert onnx.numpy_helper.to_array(zero_point) == 64
    assert (tuple(values.dims), tuple(scales.dims)) == ((384, 300), (300,))
    assert model.graph.node[1].attribute[0].i == onnx.TensorProto.FLOAT
