from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from annoy import AnnoyIndex as Trees
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.onnx_graph import matmul_8bit_graph
from app.services.vector_index import (
    AnnoyIndex,
    ExactIndex,
    QuantizedVectors,
    VectorIndex,
    best_first,
    highest,
    open_vectors,
)

FILMS = 3000
NODE_WORDS = 387


def clustered_vectors(count: int, seed: int) -> NDArray[np.float32]:
    """Vectors as embeddings are: some near each other, and none of length 1."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((60, 384))
    vectors = centres[random.integers(0, 60, count)] + 0.7 * random.standard_normal((count, 384))
    return vectors.astype(np.float32)


def brute_force(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    cosines: NDArray[np.float64] = wide @ query / np.linalg.norm(wide, axis=1)
    return cosines


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return clustered_vectors(FILMS, seed=1)


@pytest.fixture(scope="module")
def index_file(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "movies.ann"
    write_index(vectors, path)
    return path


def write_index(vectors: NDArray[np.float32], path: Path, trees: int = 20) -> None:
    index = Trees(vectors.shape[1], "angular")
    index.set_seed(1)
    for position, vector in enumerate(vectors):
        index.add_item(position, vector)
    index.build(trees, n_jobs=1)
    index.save(str(path))
    index.unload()


@pytest.fixture(params=["exact", "annoy"])
def index(request: pytest.FixtureRequest, index_file: Path) -> Iterator[VectorIndex]:
    stored = open_vectors(index_file)
    made: VectorIndex = ExactIndex(stored) if request.param == "exact" else AnnoyIndex(index_file, stored, 50_000)
    yield made
    made.close()


class TestOpenVectors:
    def test_maps_the_vectors_as_they_were_added(self, vectors: NDArray[np.float32], index_file: Path) -> None:
        np.testing.assert_array_equal(open_vectors(index_file), vectors)

    def test_cannot_be_written_to(self, index_file: Path) -> None:
        with pytest.raises(ValueError, match="read-only"):
            open_vectors(index_file)[0, 0] = 1

    @pytest.mark.parametrize("count", [1, 2, 386, 387])
    def test_reads_indexes_whose_root_is_a_leaf(self, count: int, tmp_path: Path) -> None:
        few = clustered_vectors(count, seed=2)
        write_index(few, tmp_path / "movies.ann", trees=3)
        np.testing.assert_array_equal(open_vectors(tmp_path / "movies.ann"), few)

    def test_names_a_missing_file_and_the_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(ModelFileError, match=r"movies\.ann is missing; .*app\.indexing build --catalogue FILE"):
            open_vectors(tmp_path / "movies.ann")

    @pytest.mark.parametrize(
        "content",
        [b"", b"\0" * 4 * NODE_WORDS, b"\xff" * 40 * NODE_WORDS, b"version https://git-lfs.github.com/spec/v1\n"],
        ids=["empty", "zeros", "ones", "other kind"],
    )
    def test_refuses_other_files(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "movies.ann"
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match=r"movies\.ann .*app\.indexing build --catalogue FILE"):
            open_vectors(path)

    @pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.999])
    def test_refuses_a_truncated_file(self, kept: float, index_file: Path, tmp_path: Path) -> None:
        content = index_file.read_bytes()
        for length in (int(kept * len(content)), int(kept * len(content)) // 1548 * 1548):
            path = tmp_path / "movies.ann"
            path.write_bytes(content[:length])
            with pytest.raises(ModelFileError, match=r"movies\.ann"):
                AnnoyIndex(path, open_vectors(path))

    @pytest.mark.parametrize("dimension", [64, 300, 383, 385, 768])
    def test_refuses_other_dimensions(self, dimension: int, tmp_path: Path) -> None:
        path = tmp_path / "movies.ann"
        write_index(np.random.default_rng(3).standard_normal((2000, dimension)).astype(np.float32), path)
        with pytest.raises(ModelFileError, match="384"):
            open_vectors(path)


class TestBothEngines:
    def test_find_what_brute_force_finds(self, index: VectorIndex, vectors: NDArray[np.float32]) -> None:
        for query in map(unit, clustered_vectors(50, seed=4)):
            expected = brute_force(vectors, query)
            positions, cosines = index.search(query, 10)
            assert positions.tolist() == np.argsort(-expected, kind="stable")[:10].tolist()
            np.testing.assert_allclose(cosines, expected[positions], atol=1e-6)

    @pytest.mark.parametrize("share", [0.5, 0.05, 0.002])
    def test_fill_the_answer_with_films_that_a_filter_allows(
        self, share: float, index: VectorIndex, vectors: NDArray[np.float32]
    ) -> None:
        allowed = np.random.default_rng(5).random(FILMS) < share
        for query in map(unit, clustered_vectors(20, seed=6)):
            expected = np.where(allowed, brute_force(vectors, query), -np.inf)
            count = min(10, int(allowed.sum()))
            positions, _ = index.search(query, 10, allowed)
            assert positions.tolist() == np.argsort(-expected, kind="stable")[:count].tolist()

    def test_return_nothing_where_nothing_is_allowed(self, index: VectorIndex) -> None:
        positions, cosines = index.search(unit(clustered_vectors(1, 7)[0]), 10, np.zeros(FILMS, np.bool_))
        assert len(positions) == len(cosines) == 0

    def test_return_all_films_where_more_are_asked_for(self, index: VectorIndex) -> None:
        positions, _ = index.search(unit(clustered_vectors(1, 7)[0]), 2 * FILMS)
        assert sorted(positions) == list(range(FILMS)) or isinstance(index, ExactIndex)

    def test_give_unit_vectors(self, index: VectorIndex, vectors: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(index.unit_vectors(np.array([5, 7]))[1], unit(vectors[7]), atol=1e-6)

    def test_find_nothing_once_closed(self, index: VectorIndex) -> None:
        index.close()
        index.close()
        with pytest.raises(ServiceClosedError):
            index.search(unit(clustered_vectors(1, 7)[0]), 10)


class TestExactIndex:
    def test_breaks_ties_by_position(self, tmp_path: Path) -> None:
        same = np.repeat(clustered_vectors(1, seed=8), 600, axis=0)
        index = ExactIndex(same)
        positions, cosines = index.search(unit(same[0]), 5)
        assert positions.tolist() == [0, 1, 2, 3, 4]
        assert cosines == pytest.approx(1)

    def test_gives_vectors_without_direction_a_cosine_of_zero(self) -> None:
        vectors = clustered_vectors(10, seed=9)
        vectors[3] = 0
        vectors[4] = np.nan
        vectors[5] = 3e38
        positions, cosines = ExactIndex(vectors).search(unit(vectors[0]), 10)
        assert sorted(positions) == list(range(10))
        assert np.isfinite(cosines).all()
        assert cosines[np.isin(positions, [3, 4])].tolist() == [0, 0]

    def test_scans_with_what_the_build_quantized(self, vectors: NDArray[np.float32], tmp_path: Path) -> None:
        QuantizedVectors.quantize(vectors).save(tmp_path)
        query = unit(clustered_vectors(1, seed=10)[0])
        stored, fresh = ExactIndex(vectors, QuantizedVectors.open(tmp_path)), ExactIndex(vectors)
        np.testing.assert_array_equal(stored.similarities(query), fresh.similarities(query))
        np.testing.assert_allclose(stored.similarities(query), brute_force(vectors, query), atol=0.006)

    def test_refuses_quantized_vectors_of_another_catalogue(self, vectors: NDArray[np.float32]) -> None:
        with pytest.raises(ModelFileError, match="3000 films"):
            ExactIndex(vectors, QuantizedVectors.quantize(vectors[:-1]))

    def test_refuses_damaged_quantized_vectors(self, vectors: NDArray[np.float32], tmp_path: Path) -> None:
        QuantizedVectors.quantize(vectors[:10]).save(tmp_path)
        (tmp_path / "vectors_values.npy").write_bytes(b"\x93NUMPY")
        with pytest.raises(ModelFileError, match=r"vectors_values\.npy"):
            QuantizedVectors.open(tmp_path)


class TestAnnoyIndex:
    """Annoy follows any child number it reads, and a wrong one ends the process: the trees are checked first."""

    def damage(self, index_file: Path, path: Path, column: int, value: int) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        splits = np.flatnonzero(nodes[:, 0] > 386)
        nodes[splits[0], column] = value
        nodes.tofile(path)

    @pytest.mark.parametrize("child", [-1, 10**9])
    def test_refuses_children_outside_the_file(self, child: int, index_file: Path, tmp_path: Path) -> None:
        self.damage(index_file, tmp_path / "movies.ann", 1, child)
        with pytest.raises(ModelFileError, match="lead out of the file"):
            AnnoyIndex(tmp_path / "movies.ann", open_vectors(index_file))

    def test_refuses_endless_paths(self, index_file: Path, tmp_path: Path) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        own = int(np.flatnonzero(nodes[:, 0] > 386)[0])
        self.damage(index_file, tmp_path / "movies.ann", 2, own)
        with pytest.raises(ModelFileError, match="lead out of the file"):
            AnnoyIndex(tmp_path / "movies.ann", open_vectors(index_file))

    def test_refuses_leaves_with_films_that_do_not_exist(self, index_file: Path, tmp_path: Path) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        nodes[FILMS, 1] = FILMS
        nodes.tofile(tmp_path / "movies.ann")
        with pytest.raises(ModelFileError, match="lead out of the file"):
            AnnoyIndex(tmp_path / "movies.ann", open_vectors(index_file))


class TestHighest:
    @pytest.mark.parametrize("size", [1, 63, 64, 1000, 34_517])
    @pytest.mark.parametrize("count", [1, 10, 200])
    def test_agrees_with_sorting(self, size: int, count: int) -> None:
        scores = np.random.default_rng(11).standard_normal(size).astype(np.float32)
        positions, values = best_first(found := highest(scores, count), scores[found], count)
        assert positions.tolist() == np.argsort(-scores, kind="stable")[:count].tolist()
        np.testing.assert_array_equal(values, scores[positions])

    def test_brings_all_within_the_margin(self) -> None:
        scores = np.random.default_rng(12).standard_normal(20_000).astype(np.float32)
        last = np.sort(scores)[-10]
        assert highest(scores, 10, margin=0.5).tolist() == np.flatnonzero(scores >= last - np.float32(0.5)).tolist()

    def test_leaves_out_what_is_not_allowed(self) -> None:
        scores = np.full(20_000, -np.inf, np.float32)
        scores[[3, 19_999]] = [0.1, 0.2]
        assert highest(scores, 10, margin=0.1).tolist() == [3, 19_999]

    def test_takes_ties_by_position(self) -> None:
        assert highest(np.zeros(20_000, np.float32), 10, limit=10).tolist() == list(range(10))


def test_the_graph_is_what_onnx_reads() -> None:
    model = onnx.load_from_string(matmul_8bit_graph(rows=300, columns=384, block=128))
    assert [opset.domain for opset in model.opset_import] == ["", "com.microsoft"]
    assert [tuple(tensor.dims) for tensor in model.graph.initializer] == [(300, 3, 128), (900,)]
    (node,) = model.graph.node
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    assert attributes == {"K": 384, "N": 300, "bits": 8, "block_size": 128, "accuracy_level": 4}
