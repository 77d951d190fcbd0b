"""Parquet, with pyarrow and without."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import film, ids, read


def parquet_file(path: Path) -> Path:
    arrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    films = [film(n, Genres=["Drama"], release_date="1995-10-30", vote_count=n) for n in range(1, 2500)]
    parquet.write_table(arrow.Table.from_pylist(films), path)
    return path


def test_parquet(tmp_path: Path) -> None:
    catalogue = read_catalogue(parquet_file(tmp_path / "films"))

    assert catalogue.format_name == "Parquet"
    assert ids(catalogue) == list(range(1, 2500))
    assert (catalogue.movies[0].genres, catalogue.movies[0].year) == (("Drama",), 1995)


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    content = bytearray(parquet_file(tmp_path / "films.parquet").read_bytes())

    with pytest.raises(IndexingError, match="damaged"):
        read(tmp_path / "cut.parquet", bytes(content[:-20]))
    content[200:2000] = bytes(1800)
    with pytest.raises(IndexingError, match="damaged"):
        read(tmp_path / "overwritten.parquet", bytes(content))


def test_parquet_without_pyarrow_names_the_package(tmp_path: Path) -> None:
    (tmp_path / "films.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    code = f"""
import sys
from pathlib import Path
sys.modules["pyarrow"] = None
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
try:
    read_catalogue(Path({str(tmp_path / "films.parquet")!r}))
except IndexingError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.endswith("is Parquet, which needs pyarrow: pip install pyarrow\n")


def test_text_that_is_not_marked_as_text(tmp_path: Path) -> None:
    arrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    columns = {"id": [1], "title": ["Amélie".encode()], "overview": [b"A waitress in Paris."], "genres": [b"Comedy"]}
    parquet.write_table(arrow.table(columns), tmp_path / "films.parquet")

    [movie] = read_catalogue(tmp_path / "films.parquet").movies
    assert (movie.title, movie.overview, movie.genres) == ("Amélie", "A waitress in Paris.", ("Comedy",))
