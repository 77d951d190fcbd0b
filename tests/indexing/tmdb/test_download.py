"""Downloads from TMDB: which films, in which order, and beyond its limits."""

from datetime import date
from pathlib import Path

import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.tmdb.access import TmdbKey
from app.indexing.tmdb.download import download
from app.indexing.tmdb.partial import Span
from tests.indexing.tmdb.downloads import KEY, QUICK, TODAY, expected, fetch
from tests.tmdb_server import V4_TOKEN, TmdbServer, invented_films


def test_films_with_an_overview_are_downloaded_best_known_first(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"

    assert fetch(server, output, 150) == expected(server, 150)
    assert list(tmp_path.iterdir()) == [output]


def test_the_reader_reads_every_field_of_a_downloaded_film(server: TmdbServer, tmp_path: Path) -> None:
    best = server.films[fetch(server, tmp_path / "tmdb.jsonl", 5)[0]]
    movie = read_catalogue(tmp_path / "tmdb.jsonl").movies[0]

    assert (movie.title, movie.overview, movie.vote_count) == (best["title"], best["overview"], best["vote_count"])
    assert (movie.genres, movie.keywords, movie.directors) == (("Drama",), ("lighthouse",), ("Ida Holm",))
    assert (movie.release_date, movie.poster_path) == (best["release_date"], best["poster_path"])
    assert (movie.original_title, movie.runtime) == (best["original_title"], 101)
    assert (movie.imdb_id, movie.type) == (f"tt{best['id']:07}", "movie")
    assert movie.cast == ("Actor 0", "Actor 1", "Actor 2", "Actor 3", "Actor 4")


def test_the_output_may_be_compressed(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl.gz"
    download(output, count=40, key=KEY, api_url=server.url, pace=QUICK, today=TODAY)

    assert [movie.movie_id for movie in read_catalogue(output).movies] == expected(server, 40)


def test_a_listing_of_over_ten_thousand_films_is_split(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    films = invented_films(900)
    for number, film in enumerate(films[:300]):  # so many on one day that only their votes tell them apart
        film |= {"release_date": "1999-12-31", "vote_count": number}
    monkeypatch.setattr("app.indexing.tmdb.listing._MAX_PAGES", 4)
    monkeypatch.setattr("tests.tmdb_server.MAX_PAGES", 4)
    with TmdbServer(films).running() as server:
        assert fetch(server, tmp_path / "tmdb.jsonl", 800) == expected(server, 800)
        assert 400 not in server.statuses


def test_a_count_above_the_number_of_films_gives_all_and_reports_it(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(server, tmp_path / "tmdb.jsonl", 5000) == expected(server, 5000)
    assert "fewer than the 5,000 requested" in capsys.readouterr().out


def test_a_removed_film_is_replaced_by_the_next(server: TmdbServer, tmp_path: Path) -> None:
    server.gone = set(expected(server, 100)[10:14])

    assert fetch(server, tmp_path / "tmdb.jsonl", 100) == expected(server, 100)


def test_the_v4_token_is_sent_as_bearer(server: TmdbServer, tmp_path: Path) -> None:
    assert fetch(server, tmp_path / "tmdb.jsonl", 20, key=TmdbKey(V4_TOKEN)) == expected(server, 20)


@pytest.mark.parametrize(
    ("span", "parts"),
    [
        (Span(date(1998, 3, 1), date(1999, 12, 31), 5, 9), ["1998-03-01 1998-12-31 5 9", "1999-01-01 1999-12-31 5 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 3), 5, 9), ["1999-01-01 1999-01-02 5 9", "1999-01-03 1999-01-03 5 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 1), 5, 9), ["1999-01-01 1999-01-01 5 7", "1999-01-01 1999-01-01 8 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 1), 5, 5), []),
    ],
)
def test_a_span_splits_by_year_then_by_time_then_by_votes(span: Span, parts: list[str]) -> None:
    assert [f"{part.first} {part.last} {part.fewest} {part.most}" for part in span.parts()] == parts
