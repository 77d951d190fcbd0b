"""CSV as programs and people save it."""

import codecs
import json
from pathlib import Path

import pytest

from app.indexing.catalogue.files.streams import MAX_ROW_BYTES
from tests.indexing.catalogue.catalogue_files import HEADER, csv_text, film, ids, read


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
    assert catalogue.notes[0].startswith("  1 lines are not UTF-8: read as cp1252, a guess (confidence 0.")


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
def test_an_unclosed_quote_affects_only_its_row(tmp_path: Path, next_quote: str) -> None:
    rows = f'1,One,Plain.,Drama,1\n2,Two,"Never closed,Drama,1\n3,Three,{next_quote}Good.{next_quote},Drama,1\n'
    catalogue = read(tmp_path / "films.csv", HEADER + rows + "4,Four,Last.,Drama,1\n")

    assert ids(catalogue) == [1, 3, 4]
    assert catalogue.skipped == {"quotes do not close": 1}
    assert catalogue.first_skipped == {"quotes do not close": "line 3"}


def test_a_file_cut_inside_a_quote_loses_only_its_last_row(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("delimiter", ["^", "~", "\x01", "¦", ":", "||", "::", "|~|"])
def test_unusual_delimiters(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "title", "overview", "genre"], ["1", "One", "First, then; second", "Drama"]]
    movie = read(tmp_path / "films.csv", "\n".join(delimiter.join(row) for row in rows)).movies[0]

    assert (movie.title, movie.overview, movie.genres) == ("One", "First, then; second", ("Drama",))


@pytest.mark.parametrize("start", ["sep=;\n", "sep=;\r\n", '"sep=;"\n', "\ufeffsep=;\r\n"])
def test_a_delimiter_that_is_declared(tmp_path: Path, start: str) -> None:
    text = start + 'id;title;overview;vote_average;vote_count;popularity\n1;One;"First; second";7,5;1.234;1.234,56\n'
    movie = read(tmp_path / "films.csv", text).movies[0]

    assert (movie.overview, movie.vote_average, movie.vote_count) == ("First; second", 7.5, 1234)
    assert movie.popularity == 1234.56


@pytest.mark.parametrize(
    "rows",
    [
        '1,One,"He said \\"hi, there\\" and left",Drama,5\n',
        '"1","One","He said \\"hi, there\\" and left","Drama","5"\n',
        '1,One,He said \\"hi\\, there\\" and left,Drama,5\n',
        "1,One,'He said \"hi, there\" and left',Drama,5\n2,Two,'It''s, well, it',Drama,5\n3,Three,'a, b',Drama,5\n",
        '1, One, "He said ""hi, there"" and left", Drama, 5\n',
    ],
    ids=["Spark", "MySQL", "MySQL without quotes", "single quotes", "spaces after commas"],
)
def test_other_ways_of_quoting(tmp_path: Path, rows: str) -> None:
    movie = read(tmp_path / "films.csv", HEADER + rows).movies[0]

    assert (movie.title, movie.overview, movie.vote_count) == ("One", 'He said "hi, there" and left', 5)


def test_a_backslash_far_into_the_file_loses_no_row(tmp_path: Path) -> None:
    rows = csv_text(*range(1, 1000)) + '1000,"The \\"Long\\" Night","First, this.\nThen \\"that\\".",Drama,5\n'
    catalogue = read(tmp_path / "films.csv", rows + "1001,Last,Plain.,Drama,1\n")

    assert ids(catalogue) == list(range(1, 1002))
    assert catalogue.movies[-2].title == 'The "Long" Night'
    assert catalogue.movies[-2].overview == 'First, this. Then "that".'
    assert "  1 rows with quotes escaped by a backslash" in catalogue.notes


def test_backslashes_of_mysql(tmp_path: Path) -> None:
    text = 'id\ttitle\toverview\tgenre\n1\tIt\\\'s\tA \\"word\\" and C:\\new\t\\N\n'
    movie = read(tmp_path / "films.tsv", text).movies[0]

    assert (movie.title, movie.overview, movie.genres) == ("It's", 'A "word" and C:\\new', ())


def test_json_inside_csv_keeps_its_backslashes(tmp_path: Path) -> None:
    text = 'id,title,overview,keywords\n1,One,Plain.,"[{""name"": ""caf\\u00e9""}, {""name"": ""a \\""b\\"" c""}]"\n'

    assert read(tmp_path / "films.csv", text).movies[0].keywords == ("café", 'a "b" c')


@pytest.mark.parametrize(
    "text",
    [
        'id,title,overview\r1,One,"First.\nSecond."\r2,Two,Plain.\r',
        "id,title,overview\n1,One,First.\rSecond.\n2,Two,Plain.\n",
        "id,title,overview\r\n1,One,First.\rSecond.\r\n2,Two,Plain.\r\n",
        'id,title,overview\n1,One,"First.\rSecond."\n2,Two,Plain.\n',
    ],
    ids=["rows end with CR", "CR in a cell", "CR in a cell, CRLF", "CR in quotes"],
)
def test_bare_carriage_returns(tmp_path: Path, text: str) -> None:
    catalogue = read(tmp_path / "films.csv", text)

    assert ids(catalogue) == [1, 2]
    assert catalogue.movies[0].overview == "First. Second."


def test_lines_before_the_header_are_skipped(tmp_path: Path) -> None:
    assert ids(read(tmp_path / "films.csv", "Export of 2024\n\n# all films\n" + csv_text(1, 2))) == [1, 2]


def test_a_repeated_column_fills_empty_cells_of_the_first(tmp_path: Path) -> None:
    rows = "id,title,overview,title,genres,genres\n1,One,A ferry.,Two,Drama,War\n2,,A train.,Second,,War\n"
    catalogue = read(tmp_path / "films.csv", rows)

    assert [(movie.title, movie.genres) for movie in catalogue.movies] == [("One", ("Drama",)), ("Second", ("War",))]


def test_the_table_about_a_list_of_letterboxd_is_not_its_header(tmp_path: Path) -> None:
    about = "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2023-05-01,Favourites,,x,\n\n"
    assert ids(read(tmp_path / "list.csv", about + csv_text(1, 2))) == [1, 2]
