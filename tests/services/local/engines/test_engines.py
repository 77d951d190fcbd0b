from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.annoy_index import AnnoyIndex
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.highest import best_first, highest
from app.services.local.engines.int8_scan import QuantizedVectors
from app.services.local.engines.vector_index import VectorIndex
from app.services.vectors import VectorsInMemory
from tests.services.film_vectors import DIMENSION, FILMS, NODE_WORDS, brute_force, clustered_vectors, unit


@pytest.fixture(params=["exact", "annoy"])
def index(request: pytest.FixtureRequest, index_file: Path) -> Iterator[VectorIndex]:
    stored = StoredVectors(index_file, DIMENSION)
    made: VectorIndex = ExactIndex(stored) if request.param == "exact" else AnnoyIndex(index_file, stored, 50_000)
    yield made
    made.close()


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
        index = ExactIndex(VectorsInMemory(same))
        positions, cosines = index.search(unit(same[0]), 5)
        assert positions.tolist() == [0, 1, 2, 3, 4]
        assert cosines == pytest.approx(1)

    def test_gives_vectors_without_direction_a_cosine_of_zero(self) -> None:
        vectors = clustered_vectors(10, seed=9)
        vectors[3] = 0
        vectors[4] = np.nan
        vectors[5] = 3e38
        positions, cosines = ExactIndex(VectorsInMemory(vectors)).search(unit(vectors[0]), 10)
        assert sorted(positions) == list(range(10))
        assert np.isfinite(cosines).all()
        assert cosines[np.isin(positions, [3, 4])].tolist() == [0, 0]

    def test_takes_what_the_build_quantized(self, vectors: NDArray[np.float32], tmp_path: Path) -> None:
        QuantizedVectors.quantize(VectorsInMemory(vectors)).save(tmp_path)
        query = unit(clustered_vectors(1, seed=10)[0])
        stored = ExactIndex(VectorsInMemory(vectors), QuantizedVectors.open(tmp_path))
        fresh = ExactIndex(VectorsInMemory(vectors))
        for one, other in zip(stored.search(query, 10), fresh.search(query, 10), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_refuses_quantized_vectors_of_another_catalogue(self, vectors: NDArray[np.float32]) -> None:
        with pytest.raises(ModelFileError, match="3000 films"):
            ExactIndex(VectorsInMemory(vectors), QuantizedVectors.quantize(VectorsInMemory(vectors[:-1])))


class TestAnnoyIndex:
    """Annoy follows every child number, and a wrong one ends the process, so the trees are checked first."""

    def damage(self, index_file: Path, path: Path, column: int, value: int) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        splits = np.flatnonzero(nodes[:, 0] > 386)
        nodes[splits[0], column] = value
        nodes.tofile(path)

    def refuse(self, path: Path, index_file: Path) -> None:
        with (
            StoredVectors(index_file, DIMENSION) as stored,
            pytest.raises(ModelFileError, match="lead out of the file"),
        ):
            AnnoyIndex(path, stored)

    @pytest.mark.parametrize("child", [-1, 10**9])
    def test_refuses_children_outside_the_file(self, child: int, index_file: Path, tmp_path: Path) -> None:
        self.damage(index_file, tmp_path / "movies.ann", 1, child)
        self.refuse(tmp_path / "movies.ann", index_file)

    def test_refuses_endless_paths(self, index_file: Path, tmp_path: Path) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        own = int(np.flatnonzero(nodes[:, 0] > 386)[0])
        self.damage(index_file, tmp_path / "movies.ann", 2, own)
        self.refuse(tmp_path / "movies.ann", index_file)

    def test_refuses_leaves_with_films_that_do_not_exist(self, index_file: Path, tmp_path: Path) -> None:
        nodes = np.fromfile(index_file, np.int32).reshape(-1, NODE_WORDS)
        nodes[FILMS, 1] = FILMS
        nodes.tofile(tmp_path / "movies.ann")
        self.refuse(tmp_path / "movies.ann", index_file)


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


def test_a_single_film_can_be_searched() -> None:
    vector = clustered_vectors(1, seed=2)
    index = ExactIndex(VectorsInMemory(vector))
    positions, cosines = index.search(unit(vector[0]), 10)
    assert positions.tolist() == [0]
    assert cosines[0] == pytest.approx(1)
    index.close()
