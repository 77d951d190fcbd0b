"""A catalogue's kind is told by what is in it; whatever that is, reading ends in films or in one clear error."""

import codecs
import csv
import gzip
import io
import json
import random
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.indexing.catalogue.catalogue_file import MAX_ROW_BYTES
from app.indexing.catalogue.reader import Catalogue, ReaderOptions, read_catalogue
from app.indexing.errors import IndexingError

CATALOGUES = Path(__file__).parents[2] / "data" / "catalogues"
HEADER = "id,title,overview,genre,vote_count\n"


def read(path: Path, content: bytes | str) -> Catalogue:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_catalogue(path)


def ids(catalogue: Catalogue) -> list[int]:
    return [movie.movie_id for movie in catalogue.movies]


def film(movie_id: int, **values: object) -> dict[str, object]:
    return {"id": movie_id, "title": f"Film {movie_id}", "overview": f"What happens in film {movie_id}."} | values


def csv_text(*movie_ids: int) -> str:
    return HEADER + "".join(f"{n},Film {n},What happens in film {n}.,Drama,{n}\n" for n in movie_ids)


def zipped(members: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


# --- the formats ------------------------------------------------------------------------------------------------------


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
def test_every_format_is_told_by_its_content(
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


# --- CSV as people save it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    assert ids(read(tmp_path / "films.csv", csv_text(1, 2).replace(",", delimiter))) == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + csv_text(1, 2).encode(),
        csv_text(1, 2).encode("utf-16"),
        csv_text(1, 2).replace("\n", "\r\n").encode(),
        csv_text(1, 2).replace("\n", "\r").encode(),
        csv_text(1, 2).replace("\n", "\n\n").encode(),
        csv_text(1, 2).rstrip("\n").encode(),
        b"sep=,\r\n" + csv_text(1, 2).encode(),
        b"\n  \n" + csv_text(1, 2).encode(),
        csv_text(1, 2).replace("id,title", '"ID"," Title "').encode(),
        csv_text(1, 2).replace("Drama,", "Drama,\0").encode(),
        csv_text(1, 2).replace("\n", ",,,\n").encode(),
    ],
    ids=[
        "BOM",
        "UTF-16",
        "CRLF",
        "CR",
        "blank lines",
        "no last line end",
        "sep=",
        "blank start",
        "header",
        "NUL",
        "commas",
    ],
)
def test_csv_as_programs_write_it(tmp_path: Path, content: bytes) -> None:
    catalogue = read(tmp_path / "films.csv", content)

    assert ids(catalogue) == [1, 2]
    assert catalogue.movies[1].vote_count == 2


def test_lines_in_windows_1252_are_read_and_counted(tmp_path: Path) -> None:
    content = csv_text(1, 2).replace("Film 2", "Café").encode("cp1252") + "3,Naïve,Ein Kännchen.,Drama,1\n".encode()
    catalogue = read(tmp_path / "films.csv", content)

    assert [movie.title for movie in catalogue.movies] == ["Film 1", "Café", "Naïve"]
    assert catalogue.remarks == {"lines that are not valid UTF-8": 1}


def test_a_json_list_in_windows_1252_is_read(tmp_path: Path) -> None:
    content = json.dumps([film(1, title="Café"), film(2, title="Naïve")], ensure_ascii=False).encode("cp1252")
    assert [movie.title for movie in read(tmp_path / "films.json", content).movies] == ["Café", "Naïve"]


def test_indented_pages_one_after_the_other_are_all_read(tmp_path: Path) -> None:
    pages = [json.dumps({"page": n, "results": [film(n), film(n + 10)], "total_pages": 3}, indent=2) for n in (1, 2, 3)]
    assert sorted(ids(read(tmp_path / "pages.json", "\n".join(pages)))) == [1, 2, 3, 11, 12, 13]


def test_quoted_line_breaks_quotes_and_delimiters(tmp_path: Path) -> None:
    row = '1,"The ""Long"" Night","First, this.\nThen that.",Drama,5\n'
    movie = read(tmp_path / "films.csv", HEADER + row).movies[0]

    assert (movie.title, movie.overview, movie.vote_count) == ('The "Long" Night', "First, this. Then that.", 5)


@pytest.mark.parametrize("next_quote", ["", '"'], ids=["no quote follows", "a quote follows"])
def test_an_unclosed_quote_costs_its_own_row_only(tmp_path: Path, next_quote: str) -> None:
    rows = f'1,One,Plain.,Drama,1\n2,Two,"Never closed,Drama,1\n3,Three,{next_quote}Good.{next_quote},Drama,1\n'
    catalogue = read(tmp_path / "films.csv", HEADER + rows + "4,Four,Last.,Drama,1\n")

    assert ids(catalogue) == [1, 3, 4]
    assert catalogue.skipped == {"quotes do not close": 1}
    assert catalogue.first_skipped == {"quotes do not close": "line 3"}


def test_a_file_cut_inside_a_quote_loses_its_last_row_only(tmp_path: Path) -> None:
    catalogue = read(tmp_path / "films.csv", csv_text(1, 2) + '3,Three,"Cut he')

    assert ids(catalogue) == [1, 2]
    assert catalogue.skipped == {"quotes do not close": 1}


def test_stray_quotes_inside_a_row_are_text(tmp_path: Path) -> None:
    catalogue = read(tmp_path / "films.csv", HEADER + '1,"Night" shift,A watchman hears "yes".,Drama,5\n')

    assert catalogue.movies[0].overview == 'A watchman hears "yes".'
    assert catalogue.skipped == {}


def test_rows_with_another_number_of_columns_are_skipped(tmp_path: Path) -> None:
    rows = "3,Three\n4,Four,An overview, with a bare comma,Drama,1\n5,Five,Trailing cells are missing.,Drama\n"
    catalogue = read(tmp_path / "films.csv", csv_text(1, 2) + rows)

    assert ids(catalogue) == [1, 2, 5]
    assert catalogue.skipped == {"wrong number of columns": 2}


def test_a_field_or_a_line_of_impossible_length_is_skipped(tmp_path: Path) -> None:
    rows = f"2,Two,{'a' * 1_100_000},Drama,1\n3,Three,{'a' * (MAX_ROW_BYTES + 5)},Drama,1\n"
    catalogue = read(tmp_path / "films.csv", csv_text(1) + rows + "4,Four,Good.,Drama,1\n")

    assert ids(catalogue) == [1, 4]
    assert catalogue.skipped == {"field too long": 1, f"line longer than {MAX_ROW_BYTES:,} bytes": 1}


# --- JSON as people save it -------------------------------------------------------------------------------------------


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


def test_pages_of_tmdb_answers_one_a_line(tmp_path: Path) -> None:
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


def test_a_broken_film_in_a_json_list_costs_only_itself(tmp_path: Path) -> None:
    films = ",\n".join(json.dumps(film(n)) for n in range(1, 2000))
    catalogue = read(tmp_path / "films.json", "[" + films.replace('"title": "Film 7"', '"title": Film 7') + "]")

    assert ids(catalogue) == [n for n in range(1, 2000) if n != 7]
    assert catalogue.skipped == {"broken JSON": 1}
    assert catalogue.first_skipped == {"broken JSON": "film 7"}


@pytest.mark.parametrize("end", [0.3, 0.999])
def test_a_json_list_that_was_cut_is_refused(tmp_path: Path, end: float) -> None:
    whole = json.dumps([film(n) for n in range(1, 2000)])

    with pytest.raises(IndexingError, match=r"films\.json ends before its JSON list does: the download was cut"):
        read(tmp_path / "films.json", whole[: int(len(whole) * end)])


# --- Parquet ----------------------------------------------------------------------------------------------------------


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


# --- files that cannot be read ----------------------------------------------------------------------------------------


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
        (b"SQLite format 3\0" + bytes(100), "export its table"),
        (b"<!DOCTYPE html><html>Log in</html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (b"just some words\nand more\n", "is not a catalogue"),
        (b"id,title,genre\n1,One,Drama\n", "has no column overview"),
        (b"title,overview\nOne,Plain.\n", r"has no column id \(or tmdb_id, tmdbid, movie_id\)"),
        (HEADER.encode(), "has a header and no films"),
        (b"[1, 2, 3]", "3 not a JSON object"),
        (b"[]", "no films"),
        (b"{}", "1 no id"),
        (b'{"a": ', "broken JSON"),
        (b'{"id": 5, "original_title": "Tidewater", "popularity": 2.1}\n', "1 no overview"),
        (gzip.compress(csv_text(*range(1, 5000)).encode())[:-3000], "the download was cut, fetch it again"),
        (gzip.compress(csv_text(1).encode())[:-6] + b"\0\0\0\0\0\0", "is damaged"),
        (b"\x1f\x8b" + bytes(50), "is damaged"),
        (b"PK\x03\x04" + bytes(50), "is a damaged zip archive"),
        (zipped({}), "without files"),
        (zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "is a spreadsheet: save it as CSV"),
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


def test_an_archive_with_neighbours_gives_its_one_catalogue(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {
        "credits.csv": "movie_id,title,cast,crew\n1,One,[],[]\n",
        "ratings.csv": "userId,movieId,rating\n1,2,3\n",
        "readme.txt": "Thank you for downloading.",
        "movies_metadata.csv": (CATALOGUES / "movies_metadata.csv").read_bytes(),
    }
    assert ids(read(tmp_path / "archive.zip", zipped(members))) == [501, 502, 504, 507]


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
def test_a_bomb_costs_no_memory_and_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    monkeypatch.setattr("app.indexing.catalogue.catalogue_file._EXPANSION_CHECKED_FROM", 2**26)
    bomb = gzip.compress(first + b"a" * 2**27)
    tracemalloc.start()
    try:
        with pytest.raises(IndexingError, match=r"times its size|is not a catalogue"):
            read(tmp_path / "films.json.gz", bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000


def test_a_long_catalogue_costs_the_memory_of_the_films_kept(tmp_path: Path) -> None:
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


# --- any bytes at all -------------------------------------------------------------------------------------------------


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return the content with a few pieces overwritten, doubled, moved, or cut off."""
    damage = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(damage) + 1)
        length = chance.choice([1, 1, 2, 10, 200])
        kind = chance.randrange(4)
        if kind == 0:
            damage[start : start + length] = chance.randbytes(length)
        elif kind == 1:
            del damage[start : start + length]
        elif kind == 2:
            damage[start:start] = chance.choice([b'"', b"\n", b"\r", b"\0", b"{", b"[", b"]", b",", b"\\", b"\xff"])
        elif start > 10:
            del damage[start:]
    return bytes(damage)


@pytest.mark.parametrize("name", sorted(path.name for path in CATALOGUES.iterdir()))
@pytest.mark.parametrize("container", ["plain", "gzip", "zip"])
def test_damage_of_any_kind_ends_in_films_or_in_one_clear_error(tmp_path: Path, name: str, container: str) -> None:
    content = (CATALOGUES / name).read_bytes()
    if container == "gzip":
        content = gzip.compress(content)
    elif container == "zip":
        content = zipped({name: content})
    chance = random.Random(name + container)

    for _ in range(60):
        try:
            catalogue = read(tmp_path / name, damaged(content, chance))
        except IndexingError as error:
            assert "\n" not in str(error)
        else:
            assert all(movie.movie_id > 0 and movie.title and movie.overview for movie in catalogue.movies)
