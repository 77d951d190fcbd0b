from pathlib import Path

import numpy as np
import pytest
from annoy import AnnoyIndex as Trees
from numpy.typing import NDArray

from app.indexing.index.engines import (
    EngineFigures,
    choose_engine,
    measure_engines,
    measured_search,
    sample_sentences,
)


@pytest.fixture(scope="module")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "movies.ann"
    trees = Trees(384, "angular")
    for position, vector in enumerate(random_vectors(2000, seed=1)):
        trees.add_item(position, vector)
    trees.build(5, n_jobs=1)
    trees.save(str(path))
    return path


def random_vectors(count: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    units: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units


def test_the_exact_scan_finds_everything_and_annoy_more_with_every_step(index_path: Path) -> None:
    exact, few, many = measure_engines(index_path, random_vectors(20, seed=2), steps=(10, 5000))
    assert exact.engine == "exact"
    assert exact.recall_at_10 == 1.0
    assert few.recall_at_10 < 0.9 < many.recall_at_10 <= 1.0
    assert (few.search_k, many.search_k) == (10, 5000)
    assert min(exact.milliseconds, few.milliseconds, many.milliseconds) > 0


def test_steps_end_where_recall_is_reached(index_path: Path) -> None:
    figures = measure_engines(index_path, random_vectors(5, seed=3), steps=(10, 20_000, 100_000))
    assert [engine.search_k for engine in figures] == [None, 10, 20_000]


def test_auto_takes_the_faster_one_that_reaches_the_recall() -> None:
    exact = EngineFigures("exact", None, 1.0, 3.0)
    hasty = EngineFigures("annoy", 1_000, 0.6, 0.1)
    thorough = EngineFigures("annoy", 50_000, 0.992, 2.0)
    slow = EngineFigures("annoy", 50_000, 0.992, 4.0)
    assert choose_engine([exact, hasty]) == exact
    assert choose_engine([exact, hasty, thorough]) == thorough
    assert choose_engine([exact, hasty, slow]) == exact
    assert measured_search([exact, hasty, slow])["search_k"] == 50_000
    assert measured_search([exact, hasty, thorough])["engine"] == "annoy"


def test_sample_sentences_are_not_whole_overviews() -> None:
    overviews = [
        "Short one. Too short.",
        "",
        *(f"Film {n} begins here at once. Then its story number {n} goes on." for n in range(50)),
    ]
    sentences = sample_sentences(overviews, count=10)
    assert len(sentences) == 10
    assert sentences[0] == "Then its story number 0 goes on."
    assert not set(sentences) & set(overviews)
