"""Fixtures: film vectors, and an index file with them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.services.film_vectors import FILMS, clustered_vectors, write_index


@pytest.fixture(scope="session")
def vectors() -> NDArray[np.float32]:
    return clustered_vectors(FILMS, seed=1)


@pytest.fixture(scope="session")
def index_file(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "movies.ann"
    write_index(vectors, path)
    return path
