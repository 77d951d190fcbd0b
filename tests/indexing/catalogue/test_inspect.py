"""The command `inspect` in a shell."""

import os
import subprocess
import sys
from pathlib import Path

from app.indexing.catalogue.inspect import inspect
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from tests.indexing.catalogue.catalogue_files import film, json_lines


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1))
    reading, writing = os.pipe()
    os.close(reading)  # as `head` does
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "app.indexing", "inspect", str(path)], stdout=writing, stderr=subprocess.PIPE
        )
    finally:
        os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_tv_shows_are_counted(tmp_path: Path) -> None:
    show = {"id": 1399, "name": "Game", "original_name": "Spiel", "overview": "Plain.", "first_air_date": "2011-04-17"}
    told = inspect(json_lines(tmp_path / "shows.jsonl", show, film(2))).text

    assert "  films: 2, 1 of them TV shows" in told


def test_numbered_rows_keep_imdb_ids(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("tconst,names,plot\ntt0111161,One,Plain.\ntt0068646,Two,\ntt0071562,Three,Plain.\n")
    columns = (("title", "names"), ("overview", "plot"))
    movies = read_catalogue(path, ReaderOptions(columns=columns, number_rows=True)).movies
    assert not any(movie.has_tmdb_id for movie in movies)

    assert [(movie.movie_id, movie.title, movie.imdb_id) for movie in movies] == [
        (1, "One", "tt0111161"),
        (3, "Three", "tt0071562"),
    ]
