"""Reading catalogues: which rows become films, and what is said of the others."""

import gzip
import json
from pathlib import Path

import pytest

from app.indexing.catalogue import Movie, ReaderOptions, read_catalogue
from app.indexing.errors import IndexingError

FILM = {
    "id": 7,
    "title": "The Lighthouse Ledger",
    "overview": "A keeper finds that each ship he saved was written down a day before.",
    "genres": ["Mystery", "sci-fi"],
    "keywords": ["lighthouse", "prophecy"],
    "release_date": "1974-03-09",
    "original_language": "en",
    "vote_average": 7.1,
    "vote_count": 812,
    "popularity": 9.5,
    "poster_path": "/lantern.jpg",
    "directors": ["Ida Holm"],
}


def json_lines(path: Path, *films: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(film) + "\n" for film in films), encoding="utf-8")
    return path


def test_json_lines_become_movies(tmp_path: Path) -> None:
    catalogue = read_catalogue(json_lines(tmp_path / "films.jsonl", FILM))

    assert catalogue.format_name == "JSON Lines"
    assert catalogue.movies == [
        Movie(
            movie_id=7,
            title="The Lighthouse Ledger",
            overview="A keeper finds that each ship he saved was written down a day before.",
            genres=("Mystery", "Science Fiction"),
            keywords=("lighthouse", "prophecy"),
            year=1974,
            release_date="1974-03-09",
            original_language="en",
            vote_average=7.1,
            vote_count=812,
            popularity=9.5,
            poster_path="/lantern.jpg",
            directors=("Ida Holm",),
            adult=False,
        )
    ]


def test_a_limit_keeps_the_best_known_in_the_order_of_the_file(tmp_path: Path) -> None:
    films = [
        FILM | {"id": number, "vote_count": votes, "popularity": popularity}
        for number, votes, popularity in [(1, 5, 1.0), (2, 50, 1.0), (3, None, 90.0), (4, 5, 2.0), (5, 5, 2.0)]
    ]
    catalogue = read_catalogue(json_lines(tmp_path / "films.jsonl", *films), ReaderOptions(limit=2))

    assert [movie.movie_id for movie in catalogue.movies] == [2, 4]


def test_gzip_is_unpacked_and_a_cut_one_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(json.dumps(FILM | {"id": n}).encode() + b"\n" for n in range(1, 3000)))
    whole, cut = tmp_path / "films.jsonl.gz", tmp_path / "cut.jsonl.gz"
    whole.write_bytes(packed)
    cut.write_bytes(packed[: len(packed) // 2])

    assert len(read_catalogue(whole).movies) == 2999
    with pytest.raises(IndexingError, match="the download was cut, fetch it again"):
        read_catalogue(cut)
