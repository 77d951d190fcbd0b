"""The files of an index."""

from pathlib import Path

import numpy as np
import pytest
from annoy import AnnoyIndex

from app.indexing.index import index_files


@pytest.mark.parametrize(("films", "trees"), [(40, index_files.ANNOY_TREES), (41, index_files.ANNOY_TREES_OF_MANY)])
def test_many_films_get_fewer_trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, films: int, trees: int) -> None:
    monkeypatch.setattr(index_files, "MANY_FILMS", 40)
    vectors = np.random.default_rng(1).standard_normal((films, 8), np.float32)
    index_files.write_annoy(vectors, tmp_path / "movies.ann")
    index = AnnoyIndex(8, "angular")
    index.load(str(tmp_path / "movies.ann"))
    assert (index.get_n_items(), index.get_n_trees()) == (films, trees)
