"""The reports of inspect and build on missing fields, unused columns and unreadable values."""

from pathlib import Path

import pytest

from app.indexing.catalogue.inspect import inspect
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.commands import run
from tests.indexing.catalogue.catalogue_files import csv_text, film, json_lines

POSTERS = "id,title,overview,Poster_Link\n1,One,Plain.,https://posters.example/1.jpg\n2,Two,Plain.,\n"


def test_every_field_is_counted_and_columns_not_used_are_named(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1, genres=["Drama"], budget=5), film(2, homepage="x", year=1999))
    for told in (inspect(path).text, "\n".join(read_catalogue(path).summary())):
        assert "year 1 (50%)" in told
        assert "genres 1 (50%)" in told
        assert "cast 0 (0%)" in told
        assert "  columns not used: budget, homepage" in told


def test_a_known_column_that_gives_nothing_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(POSTERS)

    assert inspect(path).warnings == (
        "poster path: 1 of 1 filled cells could not be read (Poster_Link: https://posters.example/1.jpg)",
    )
    assert "  not read 1: poster path (first: Poster_Link: https://posters.example/1.jpg)" in inspect(path).text


def test_a_known_column_that_is_nearly_empty_is_a_warning(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", *(film(number, genres=[]) for number in range(1, 30)))

    assert inspect(path).warnings == ("genres: there is a column for it, but only 0 of 29 films have it",)


def test_votes_that_seem_to_be_stars_are_a_warning(tmp_path: Path) -> None:
    stars = [film(number, rating=4.5 if number % 2 else 3) for number in range(1, 30)]
    assert inspect(json_lines(tmp_path / "stars.jsonl", *stars)).warnings == (
        "vote average: the highest is 4.5, so the votes seem to be stars out of 5, but are read as points out of 10: "
        "double them in the file",
    )
    points = [*stars, film(99, rating=5.1)]
    assert inspect(json_lines(tmp_path / "points.jsonl", *points)).warnings == ()


def test_what_says_that_there_are_no_genres_is_no_loss(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1, genres="(no genres listed)"), film(2, genres="Drama"))
    assert "not read" not in inspect(path).text


def test_ambiguous_columns_give_no_warning(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1, rating="PG-13"))

    assert inspect(path).warnings == ()


def test_most_rows_skipped_is_a_warning(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1), film(2, overview=""), film(3, overview=""))

    assert inspect(path).warnings == ("2 of 3 rows were skipped, most of them: no overview",)


def test_rows_that_were_skipped_for_their_ids_are_a_warning_with_the_remedy(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1) | {"id": "tt0000042"}, film(1) | {"id": "repeated"})

    assert inspect(path).warnings == (
        "2 of 2 rows were skipped, most of them: id is not a positive whole number; "
        "--number-rows uses the rows' numbers as ids",
    )


def test_strict_exits_with_status_3_and_builds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "films.csv"
    path.write_text(POSTERS)

    assert run(["inspect", str(path)]) == 0
    assert run(["inspect", str(path), "--strict"]) == 3
    assert run(["build", "--catalogue", str(path), "--models-dir", str(tmp_path / "models"), "--strict"]) == 3
    assert "nothing was built, because of the warnings above (--strict)" in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


def test_strict_without_warnings_exits_with_status_0(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(csv_text(1, 2))

    assert run(["inspect", str(path), "--strict"]) == 0
