from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.services.errors import ModelFileError
from app.services.local.engines.annoy_file import StoredVectors, check_trees, open_vectors
from tests.services.film_vectors import DIMENSION, FILMS, NODE_WORDS, clustered_vectors, write_index

NODE_BYTES = 4 * NODE_WORDS


class TestOpenVectors:
    def test_maps_the_vectors_as_they_were_added(self, vectors: NDArray[np.float32], index_file: Path) -> None:
        np.testing.assert_array_equal(open_vectors(index_file, DIMENSION), vectors)

    def test_cannot_be_written_to(self, index_file: Path) -> None:
        with pytest.raises(ValueError, match="read-only"):
            open_vectors(index_file, DIMENSION)[0, 0] = 1

    @pytest.mark.parametrize("count", [1, 2, 386, 387])
    def test_reads_indexes_whose_root_is_a_leaf(self, count: int, tmp_path: Path) -> None:
        few = clustered_vectors(count, seed=2)
        write_index(few, tmp_path / "movies.ann", trees=3)
        np.testing.assert_array_equal(open_vectors(tmp_path / "movies.ann", DIMENSION), few)

    def test_names_a_missing_file_and_the_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(ModelFileError, match=r"movies\.ann is missing; .*app\.indexing build --catalogue FILE"):
            open_vectors(tmp_path / "movies.ann", DIMENSION)

    @pytest.mark.parametrize(
        "content",
        [b"", b"\0" * 4 * NODE_WORDS, b"\xff" * 40 * NODE_WORDS, b"version https://git-lfs.github.com/spec/v1\n"],
        ids=["empty", "zeros", "ones", "other kind"],
    )
    def test_refuses_other_files(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "movies.ann"
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match=r"movies\.ann .*app\.indexing build --catalogue FILE"):
            open_vectors(path, DIMENSION)

    @pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.999])
    def test_refuses_a_truncated_file(self, kept: float, index_file: Path, tmp_path: Path) -> None:
        content = index_file.read_bytes()
        for length in (int(kept * len(content)), int(kept * len(content)) // 1548 * 1548):
            path = tmp_path / "movies.ann"
            path.write_bytes(content[:length])
            with pytest.raises(ModelFileError, match=r"movies\.ann"):
                open_vectors(path, DIMENSION)
                check_trees(path, DIMENSION)

    @pytest.mark.parametrize("dimension", [64, 300, 383, 385, 768])
    def test_refuses_other_dimensions(self, dimension: int, tmp_path: Path) -> None:
        path = tmp_path / "movies.ann"
        write_index(np.random.default_rng(3).standard_normal((2000, dimension)).astype(np.float32), path)
        with pytest.raises(ModelFileError, match="384"):
            open_vectors(path, DIMENSION)


class TestStoredVectors:
    @pytest.fixture
    def stored(self, index_file: Path) -> Iterator[StoredVectors]:
        with StoredVectors(index_file, DIMENSION) as opened:
            yield opened

    def test_reads_the_vectors_as_they_were_added(self, stored: StoredVectors, vectors: NDArray[np.float32]) -> None:
        wanted = np.array([0, 1234, FILMS - 1, 7])
        assert len(stored) == FILMS
        np.testing.assert_array_equal(stored.rows(wanted), vectors[wanted])
        np.testing.assert_array_equal(stored.chunk(100, 300), vectors[100:300])

    def test_reads_nothing_where_nothing_is_wanted(self, stored: StoredVectors) -> None:
        assert stored.rows(np.empty(0, np.int64)).shape == (0, 384)

    def test_goes_on_reading_a_file_that_was_replaced(
        self, vectors: NDArray[np.float32], index_file: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "movies.ann"
        path.write_bytes(index_file.read_bytes())
        with StoredVectors(path, DIMENSION) as opened:
            path.unlink()
            path.write_bytes(b"another")
            np.testing.assert_array_equal(opened.chunk(0, 3), vectors[:3])

    def test_tells_of_a_file_that_was_cut_while_in_use(self, index_file: Path, tmp_path: Path) -> None:
        path = tmp_path / "movies.ann"
        path.write_bytes(index_file.read_bytes())
        with StoredVectors(path, DIMENSION) as opened:
            with path.open("rb+") as file:
                file.truncate(10 * NODE_BYTES + 5)
            assert len(opened.rows(np.array([9]))) == 1
            with pytest.raises(ModelFileError, match=r"movies\.ann was cut while in use; run: python -m app\.indexing"):
                opened.rows(np.array([10]))

    def test_refuses_what_is_no_index(self, tmp_path: Path) -> None:
        (tmp_path / "movies.ann").write_bytes(bytes(NODE_BYTES))
        with pytest.raises(ModelFileError, match=r"movies\.ann is not an Annoy index"):
            StoredVectors(tmp_path / "movies.ann", DIMENSION)

    def test_may_be_closed_twice(self, index_file: Path) -> None:
        opened = StoredVectors(index_file, DIMENSION)
        opened.close()
        opened.close()
