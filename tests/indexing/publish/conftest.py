"""A bundle, and a set in place that it would replace."""

from pathlib import Path

import pytest

from app.indexing.publish.bundle import write_bundle
from tests.indexing.publish.bundles import small_set


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_bundle(small_set(tmp_path / "made", "new"), tmp_path / "bundle.tar.gz")
    return tmp_path / "bundle.tar.gz"


@pytest.fixture
def in_place(tmp_path: Path) -> Path:
    return small_set(tmp_path / "models", "old", serving=("vectors_values.npy", "vectors_of_old.npy"))
