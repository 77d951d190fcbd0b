"""The format of a file is recognized by its content; every file ends in films or in one clear error."""

import codecs
import csv
import gzip
import tracemalloc
from pathlib import Path

import pytest

from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import CATALOGUES, HEADER, csv_text, ids, read, tarred, zipped


@pytest.mark.parametrize(
    ("name", "format_name", "expected"),
    [
        ("movies_metadata.csv", "CSV of The Movies Dataset", [501, 502, 504, 507]),
        ("movies_metadata_from_spreadsheet.csv", "CSV of The Movies Dataset", [501, 502]),
        ("tmdb_5000_movies.csv", "CSV of TMDB 5000", [601, 602, 604]),
        ("TMDB_movie_dataset_v11.csv", "CSV of the full TMDB dataset", [701, 702, 707]),
        ("top10K-TMDB-movies.csv", "CSV of the TMDB top 10K", [801, 802, 803]),
        ("movies.json", "JSON", [901, 902, 903]),
        ("films.jsonl", "JSON Lines", [951, 952]),
    ],
)
@pytest.mark.parametrize("container", ["", ", gzip", ", zip", ", gzip, zip"])
def test_every_format_is_recognized_by_its_content(
    tmp_path: Path, name: str, format_name: str, expected: list[int], container: str
) -> None:
    content = (CATALOGUES / name).read_bytes()
    if "gzip" in container:
        content = gzip.compress(content)
    if "zip" in container.replace("gzip", ""):
        content = zipped({"folder/catalogue": content, "__MACOSX/._catalogue": "resource fork", ".DS_Store": "x"})

    catalogue = read(tmp_path / "file.of.any.name", content)

    assert catalogue.format_name == format_name + container
    assert ids(catalogue) == expected


def test_the_movies_dataset_with_its_shifted_rows() -> None:
    catalogue = read_catalogue(CATALOGUES / "movies_metadata.csv")

    assert catalogue.skipped == {
        "no overview": 3,
        "wrong number of columns": 3,
        "id is not a positive whole number": 3,
        "repeated id": 1,
    }
    assert catalogue.first_skipped["id is not a positive whole number"] == "line 8"
    paper_comet = catalogue.movies[1]
    assert paper_comet.overview.endswith("nobody else can see. Then the comet answers.")
    assert paper_comet.genres == ("Science Fiction", "Comedy")
    assert (paper_comet.release_date, paper_comet.vote_count, paper_comet.poster_path) == (
        "1988-02-14",
        77,
        "/film502.jpg",
    )


def test_a_copy_saved_by_a_spreadsheet_reads_as_the_original_does() -> None:
    original = {movie.movie_id: movie for movie in read_catalogue(CATALOGUES / "movies_metadata.csv").movies}
    saved = read_catalogue(CATALOGUES / "movies_metadata_from_spreadsheet.csv")

    assert saved.movies == [original[501], original[502]]
    assert saved.filtered == {"marked as adult (--adult keeps them)": 1}


def test_tmdb_5000_lists_are_json_and_overviews_hold_no_break_spaces() -> None:
    movie = read_catalogue(CATALOGUES / "tmdb_5000_movies.csv").movies[0]

    assert movie.overview == "A botanist grows trees of glass that ring before every earthquake."
    assert movie.genres == ("Drama", "Science Fiction")
    assert movie.keywords == ("botanist", "earth quake", "café")


def test_meilisearch_dates_are_unix_seconds_and_posters_whole_addresses() -> None:
    movies = read_catalogue(CATALOGUES / "movies.json").movies

    assert [movie.release_date for movie in movies] == ["1988-10-21", "1960-02-03", "2010-01-01"]
    assert [movie.poster_path for movie in movies] == ["/film901.jpg", "/film902.jpg", None]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "is not text"),
        (b"%PDF-1.7 ...", "is a PDF document"),
        (b"BZh91AY&SY", "bunzip2"),
        (b"\xfd7zXZ\0\0", "unxz"),
        (b"\x28\xb5\x2f\xfd\0", "unzstd"),
        (b"ARROW1\0\0" + bytes(100), "save it as Parquet or CSV"),
        (tarred("films.csv", csv_text(*range(1, 5000))), "is a tar archive"),
        (gzip.compress(tarred("films.csv", csv_text(1))), "is a tar archive"),
        (b"SQLite format 3\0" + bytes(100), "export its table"),
        (b"<!DOCTYPE html><html>Log in</html>", "is a web page"),
        (b"<?xml version='1.0'?>\n<movie><title>One</title></movie>", "export JSON or CSV instead of XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (b"just some words\nand more\n", "is not a catalogue"),
        (b"id,title,genre\n1,One,Drama\n", "has no column overview"),
        (
            b"title,overview\nOne,Plain.\n",
            r"has no column id \(or tmdb_id, .*: --column id=NAME or --number-rows",
        ),
        (b"name,year\nOne,1999\n", r": --column id=NAME or --number-rows, and --column overview=NAME"),
        (HEADER.encode(), "holds no films"),
        (b"[1, 2, 3]", "3 not a JSON object"),
        (b"[]", "no films"),
        (b"{}", "1 no id"),
        (b'{"status_message": "Invalid API key"}', r"1 no id\. Its columns: status_message\."),
        (b'{"a": ', "broken JSON"),
        (b'{"id": 5, "original_title": "Tidewater", "popularity": 2.1}\n', "1 no overview"),
        (gzip.compress(csv_text(*range(1, 5000)).encode())[:-3000], "the download was cut, fetch it again"),
        (gzip.compress(csv_text(1).encode())[:-6] + b"\0\0\0\0\0\0", "is damaged"),
        (b"\x1f\x8b" + bytes(50), "is damaged"),
        (b"PK\x03\x04" + bytes(50), "is a damaged zip archive"),
        (zipped({}), "without files"),
        (zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "is a spreadsheet: save it as CSV"),
        (
            zipped({"a.csv": "name,rating\n", "notes.csv": "name,plot\nOne,Plain.\n"}),
            r"no file that is a catalogue \(a.csv, notes.csv\); the largest: notes.csv in .* has no column id",
        ),
        (zipped({"a.csv": csv_text(1), "b.csv": csv_text(2)}), r"several catalogues \(a.csv, b.csv\)"),
        (zipped({f"{n}.csv": csv_text(n) for n in range(1, 200)}), "holds 199 files: unpack it"),
        (zipped({"a\nb.csv": "no columns"}), "a b.csv in .* is not a catalogue"),
        (zipped({"ratings.csv": "userId,movieId\n1,2\n", "links.csv": "a,b\n"}), "no file that is a catalogue"),
    ],
)
def test_other_files_get_one_clear_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(IndexingError, match=message) as caught:
        read(tmp_path / "films.csv", content)

    assert str(tmp_path / "films.csv") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="There is no catalogue file"):
        read_catalogue(tmp_path / "nowhere.csv")
    with pytest.raises(IndexingError, match="is a folder"):
        read_catalogue(tmp_path)
    with pytest.raises(IndexingError, match="is not a regular file"):
        read_catalogue(Path("/dev/null"))


def test_the_only_catalogue_of_an_archive_is_read(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {
        "credits.csv": "movie_id,title,cast,crew\n1,One,[],[]\n",
        "ratings.csv": "userId,movieId,rating\n1,2,3\n",
        "readme.txt": "Thank you for downloading.",
        "movies_metadata.csv": (CATALOGUES / "movies_metadata.csv").read_bytes(),
    }
    catalogue = read(tmp_path / "archive.zip", zipped(members))

    assert ids(catalogue) == [501, 502, 504, 507]
    assert (
        "  read from the archive: movies_metadata.csv; not read: credits.csv, ratings.csv, readme.txt"
        in catalogue.notes
    )


def test_a_zip_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped({"films.csv": csv_text(*range(1, 500))}))
    packed[len(packed) // 2] ^= 0xFF

    with pytest.raises(IndexingError, match="damaged"):
        read(tmp_path / "films.zip", bytes(packed))


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped({"films.csv": csv_text(1)}))
    packed[6] |= 1  # the flag in the local header, and in the central directory
    packed[packed.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(IndexingError, match="locked with a password"):
        read(tmp_path / "films.zip", bytes(packed))


@pytest.mark.parametrize("first", [b"", b'[{"id": 1, "overview": "'], ids=["one line", "one JSON text"])
def test_a_decompression_bomb_is_refused_without_using_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr("app.indexing.catalogue.files.streams.EXPANSION_CHECKED_FROM", 2**26)
    bomb = gzip.compress(first + b"a" * 2**27)
    tracemalloc.start()
    try:
        with pytest.raises(IndexingError, match=r"times its size|is not a catalogue"):
            read(tmp_path / "films.json.gz", bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000


def test_a_long_catalogue_takes_the_memory_of_the_kept_films(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "overview", "vote_count"])
        table.writerows([n, f"Film {n}", "What happens. " * 30, n % 977] for n in range(1, 20_001))
    tracemalloc.start()
    try:
        movies = read_catalogue(path, ReaderOptions(limit=100)).movies
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(movies) == 100
    assert peak < path.stat().st_size / 4
