"""JSON as programs and people save it."""

import json
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import film, ids, read


def test_a_broken_json_line_is_skipped(tmp_path: Path) -> None:
    lines = [
        json.dumps(film(1)),
        '{"id": 2, "ti',
        "",
        "[1, 2]",
        '{"id": ' + "9" * 5000 + "}",
        "[" * 100_000,
        json.dumps(film(3)),
    ]
    catalogue = read(tmp_path / "films.jsonl", "\n".join(lines))

    assert ids(catalogue) == [1, 3]
    assert catalogue.skipped == {"broken JSON": 3, "not a JSON object": 1}
    assert catalogue.first_skipped["broken JSON"] == "line 2"


def test_a_first_json_line_that_is_broken_is_skipped_too(tmp_path: Path) -> None:
    assert ids(read(tmp_path / "films.jsonl", '{"id": 2, "ti\n' + json.dumps(film(1)))) == [1]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", ["results", "movies", "data"])
def test_a_list_inside_an_object_is_found(tmp_path: Path, indent: int | None, key: str) -> None:
    content = json.dumps({"page": 1, key: [film(1), film(2)], "total_pages": 7}, indent=indent)

    assert ids(read(tmp_path / "films.json", content)) == [1, 2]


def test_pages_of_tmdb_answers_one_per_line(tmp_path: Path) -> None:
    pages = [json.dumps({"page": n, "results": [film(2 * n, genre_ids=[18]), film(2 * n + 1)]}) for n in (1, 2)]
    catalogue = read(tmp_path / "pages.jsonl", "\n".join(pages))

    assert ids(catalogue) == [2, 3, 4, 5]
    assert catalogue.movies[0].genres == ("Drama",)


@pytest.mark.parametrize("indent", [None, 4])
def test_objects_one_after_the_other(tmp_path: Path, indent: int | None) -> None:
    content = "\n".join(json.dumps(film(n), indent=indent) for n in range(1, 50))

    assert ids(read(tmp_path / "films.json", content)) == list(range(1, 50))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_long_json_list_is_read_piece_by_piece(tmp_path: Path, indent: int | None) -> None:
    films = [film(n, overview="What happens. " * 100) for n in range(1, 3000)]

    assert ids(read(tmp_path / "films.json", json.dumps(films, indent=indent))) == list(range(1, 3000))


def test_only_the_broken_film_of_a_json_list_is_skipped(tmp_path: Path) -> None:
    films = ",\n".join(json.dumps(film(n)) for n in range(1, 2000))
    catalogue = read(tmp_path / "films.json", "[" + films.replace('"title": "Film 7"', '"title": Film 7') + "]")

    assert ids(catalogue) == [n for n in range(1, 2000) if n != 7]
    assert catalogue.skipped == {"broken JSON": 1}
    assert catalogue.first_skipped == {"broken JSON": "film 7"}


@pytest.mark.parametrize("end", [0.3, 0.999])
def test_a_json_list_that_was_cut_is_refused(tmp_path: Path, end: float) -> None:
    whole = json.dumps([film(n) for n in range(1, 2000)])

    with pytest.raises(IndexingError, match=r"films\.json ends before its JSON does: the download was cut"):
        read(tmp_path / "films.json", whole[: int(len(whole) * end)])
