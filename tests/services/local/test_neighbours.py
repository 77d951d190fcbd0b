from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.neighbours import NO_FILM, NeighbourArrays, Neighbours
from app.services.ranking.scores import score


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Three films: the first with two neighbours, the second with three (of two that fit), the third with none."""
    arrays = NeighbourArrays.empty(3, 2)
    arrays.put(0, np.array([2, 1]), np.array([0.9, 0.1234]))
    arrays.put(1, np.array([0, 2, 1]), np.array([0.5, 0.4, 0.3]))
    arrays.save(tmp_path)
    return tmp_path


def test_come_back_best_first_with_their_scores(directory: Path) -> None:
    neighbours = Neighbours(directory)
    found = [
        (positions.tolist(), score(raw_scores).tolist())
        for positions, raw_scores in map(neighbours.of, range(len(neighbours)))
    ]
    neighbours.close()
    neighbours.close()
    assert found == [([2, 1], [0.9, 0.1234]), ([0, 2], [0.5, 0.4]), ([], [])]


def test_scores_keep_their_four_decimals(tmp_path: Path) -> None:
    scores = (np.arange(10_001) / 10_000).round(4)
    arrays = NeighbourArrays.empty(1, len(scores))
    arrays.put(0, np.arange(len(scores)), scores)
    arrays.save(tmp_path)
    neighbours = Neighbours(tmp_path)
    np.testing.assert_array_equal(score(neighbours.of(0)[1]), scores)
    neighbours.close()


@pytest.mark.parametrize(
    "other", [np.zeros((3, 2), np.int64), np.zeros(6, np.int32), np.full((3, 5), NO_FILM, np.int32)]
)
def test_files_of_another_shape_are_refused(other: np.ndarray, directory: Path) -> None:
    np.save(directory / "neighbours_positions.npy", other)
    with pytest.raises(ModelFileError, match=r"neighbours_.*; run: python -m app\.indexing"):
        Neighbours(directory)


def test_a_file_that_was_cut_is_refused(directory: Path) -> None:
    path = directory / "neighbours_scores.npy"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ModelFileError, match=r"neighbours_scores\.npy"):
        Neighbours(directory)
