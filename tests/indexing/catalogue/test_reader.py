"""Reading of catalogues: which rows become films, and what is reported on the others."""

import argparse
import csv
import gzip
import json
from pathlib import Path

import pytest

from app.indexing.catalogue.inspect import inspect
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions, add_reader_arguments, reader_options
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError

CATALOGUES = Path(__file__).parents[2] / "data" / "catalogues"

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


def test_a_repeated_id_keeps_the_first_film_that_is_usable(tmp_path: Path) -> None:
    films = [FILM | {"overview": ""}, FILM | {"title": "First"}, FILM | {"title": "Second"}]
    catalogue = read_catalogue(json_lines(tmp_path / "films.jsonl", *films))

    assert [movie.title for movie in catalogue.movies] == ["First"]
    assert catalogue.skipped == {"no overview": 1, "repeated id": 1}
    assert catalogue.first_skipped == {"no overview": "line 1", "repeated id": "line 3"}


@pytest.mark.parametrize(
    ("options", "kept", "left_out"),
    [
        (ReaderOptions(), [1, 2, 3], "marked as adult (--adult keeps them)"),
        (ReaderOptions(include_adult=True), [1, 2, 3, 4], None),
        (ReaderOptions(languages=frozenset({"en"})), [1, 3], "in other languages (--language)"),
        (ReaderOptions(languages=frozenset({"fr", "de"})), [2], "in other languages (--language)"),
        (ReaderOptions(min_votes=100), [1], "with fewer than 100 votes (--min-votes)"),
        (ReaderOptions(min_overview=30), [1, 2], "with overviews under 30 characters (--min-overview)"),
    ],
)
def test_filters_drop_films_and_report_it(
    tmp_path: Path, options: ReaderOptions, kept: list[int], left_out: str | None
) -> None:
    films = [
        FILM | {"id": 1},
        FILM | {"id": 2, "original_language": "fr", "vote_count": 99},
        FILM | {"id": 3, "vote_count": None, "overview": "A keeper keeps."},
        FILM | {"id": 4, "adult": True},
    ]
    catalogue = read_catalogue(json_lines(tmp_path / "films.jsonl", *films), options)

    assert [movie.movie_id for movie in catalogue.movies] == kept
    assert (left_out in catalogue.filtered) if left_out else catalogue.filtered == {}


def test_an_error_names_the_filters_that_drop_every_film(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", FILM, FILM | {"id": 8, "overview": None})

    with pytest.raises(IndexingError, match=r"1 with fewer than 5,000 votes \(--min-votes\).*loosen these options"):
        read_catalogue(path, ReaderOptions(min_votes=5000))


def test_the_report_lists_every_skipped_row_as_csv(tmp_path: Path) -> None:
    report = tmp_path / "skipped.csv"
    read_catalogue(CATALOGUES / "movies_metadata.csv", ReaderOptions(limit=2, report=report))

    with report.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["row", "reason", "excerpt"]
    assert rows[1] == ["5", "no overview", "503 | Salt Choir"]
    assert ["8", "id is not a positive whole number", "1997-08-20 | 0.065736"] not in rows
    assert len(rows) == 1 + 10
    assert list(tmp_path.iterdir()) == [report]


def test_the_report_lists_every_skipped_row_as_json_lines(tmp_path: Path) -> None:
    report = tmp_path / "skipped.jsonl"
    read_catalogue(CATALOGUES / "films.jsonl", ReaderOptions(report=report))

    assert [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()] == [
        {"row": 3, "reason": "no overview", "excerpt": "953 | No Story"},
        {"row": 4, "reason": "no id", "excerpt": "No Number"},
    ]


def test_the_report_is_written_even_if_no_film_is_usable(tmp_path: Path) -> None:
    report = tmp_path / "skipped.csv"
    with pytest.raises(IndexingError, match="no film to index"):
        read_catalogue(json_lines(tmp_path / "films.jsonl", FILM | {"id": None}), ReaderOptions(report=report))

    assert "no id" in report.read_text(encoding="utf-8")


def test_the_report_never_overwrites_the_catalogue(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", FILM)
    with pytest.raises(IndexingError, match="would overwrite the catalogue"):
        read_catalogue(path, ReaderOptions(report=path))
    with pytest.raises(IndexingError, match="Cannot write the report"):
        read_catalogue(path, ReaderOptions(report=tmp_path / "no" / "folder.csv"))

    partial = json_lines(tmp_path / "skipped.csv.partial", FILM)
    read_catalogue(partial, ReaderOptions(report=tmp_path / "skipped.csv"))

    assert len(read_catalogue(path).movies) == len(read_catalogue(partial).movies) == 1


def test_a_report_of_text_that_is_not_unicode_is_written(tmp_path: Path) -> None:
    path, report = (
        json_lines(tmp_path / "films.jsonl", FILM, FILM | {"id": 9, "title": "A \ud83d", "overview": ""}),
        (tmp_path / "skipped.csv"),
    )
    read_catalogue(path, ReaderOptions(report=report))
    assert "no overview" in report.read_text(encoding="utf-8")


def test_inspect_reports_the_format_and_what_would_be_skipped() -> None:
    told = inspect(CATALOGUES / "movies_metadata.csv", ReaderOptions(limit=3)).text

    for expected in (
        "movies_metadata.csv: CSV of The Movies Dataset",
        "films: 4, of which --limit keeps 3",
        "languages: en 3, fr 1",
        "genres: Drama 2, Comedy 1, Mystery 1, Science Fiction 1, Thriller 1",
        "years: 1988 to 2003",
        "decades: 1980s 1, 1990s 1, 2000s 1",
        "year 3 (75%)",
        "skipped 3: no overview (first: line 5)",
        "dropped 1: marked as adult",
    ):
        assert expected in told


def test_inspect_reports_a_file_without_usable_films(tmp_path: Path) -> None:
    told = inspect(json_lines(tmp_path / "films.jsonl", FILM | {"overview": None})).text

    assert "films: none that can be used" in told
    assert "skipped 1: no overview" in told


def test_build_and_inspect_share_their_options() -> None:
    parser = argparse.ArgumentParser()
    add_reader_arguments(parser)

    assert reader_options(parser.parse_args([])) == ReaderOptions()
    given = "--limit 30,000 --min-votes 5 --language EN --language fr --adult --min-overview 40 --report skipped.csv "
    given += "--column title=names --column plot=story --number-rows --encoding gbk --credits c.csv --merge-twins"
    assert reader_options(parser.parse_args(given.split())) == ReaderOptions(
        limit=30_000,
        min_votes=5,
        languages=frozenset({"en", "fr"}),
        include_adult=True,
        min_overview=40,
        report=Path("skipped.csv"),
        encoding="gbk",
        columns=(("title", "names"), ("overview", "story")),
        number_rows=True,
        credits=(Path("c.csv"),),
        merge_twins=True,
    )
    assert not reader_options(parser.parse_args(["--no-adult"])).include_adult


@pytest.mark.parametrize(
    "given",
    [
        *(["--limit", "0"], ["--limit", "many"], ["--min-votes", "-1"], ["--language", "English"]),
        *(["--column", "title"], ["--column", "colour=x"]),
    ],
)
def test_invalid_options_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_reader_arguments(parser)

    with pytest.raises(SystemExit):
        parser.parse_args(given)
    assert given[0] in capsys.readouterr().err


def test_types_of_no_known_kind_are_counted(tmp_path: Path) -> None:
    films = [FILM | {"id": n, "titleType": kind} for n, kind in enumerate(["tvEpisode", "videoGame", "short", ""], 1)]
    notes = read_catalogue(json_lines(tmp_path / "films.jsonl", *films)).notes

    assert "  guessed 2: types that are neither films nor shows, such as tvepisode, read as films" in notes
