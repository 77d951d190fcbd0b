"""Cast, directors and keywords from a separate file."""

from pathlib import Path

import pytest

from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import film, json_lines

CREDITS = (
    "cast,crew,id\n"
    "\"[{'cast_id': 14, 'name': 'Bo Lind', 'order': 1}, {'cast_id': 15, 'name': 'Ida Holm', 'order': 0}]\","
    "\"[{'job': 'Editor', 'name': 'X'}, {'job': 'Director', 'name': \"\"Nora O'Dea\"\"}]\",1\n"
    '"[]","[]",2\n'
    '"[]","[]",many\n'
)


def test_credits_csv_of_the_movies_dataset(tmp_path: Path) -> None:
    (tmp_path / "credits.csv").write_text(CREDITS)
    (tmp_path / "keywords.csv").write_text("id,keywords\n1,\"[{'id': 9, 'name': 'ferry'}]\"\n")
    path = json_lines(tmp_path / "films.jsonl", film(1), film(2))
    catalogue = read_catalogue(path, ReaderOptions(credits=(tmp_path / "credits.csv", tmp_path / "keywords.csv")))

    first, second = catalogue.movies
    assert (first.cast, first.directors, first.keywords) == (("Ida Holm", "Bo Lind"), ("Nora O'Dea",), ("ferry",))
    assert (second.cast, second.directors) == ((), ())
    assert "  credits: 1 films of the 1 in --credits" in catalogue.notes


def test_the_credits_of_tmdb_5000(tmp_path: Path) -> None:
    (tmp_path / "credits.csv").write_text(
        'movie_id,title,cast,crew\n1,Film 1,"[{""name"": ""Ida Holm"", ""order"": 0}]","[{""job"": ""Director"", '
        '""name"": ""Bo""}]"\n'
    )
    path = json_lines(tmp_path / "films.jsonl", film(1))
    movie = read_catalogue(path, ReaderOptions(credits=(tmp_path / "credits.csv",))).movies[0]

    assert (movie.cast, movie.directors) == (("Ida Holm",), ("Bo",))


def test_people_of_the_catalogue_take_precedence(tmp_path: Path) -> None:
    (tmp_path / "credits.csv").write_text(CREDITS)
    path = json_lines(tmp_path / "films.jsonl", film(1, director="Own Name"))

    assert read_catalogue(path, ReaderOptions(credits=(tmp_path / "credits.csv",))).movies[0].directors == ("Own Name",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,rating\n1,2\n", "no column for cast"),
        ("id,cast,crew\n", "no film ids"),
        ("tconst,directors\ntt1,nm1\n", "no column id .* name the column of film ids `id`"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "ratings.csv").write_text(text)
    path = json_lines(tmp_path / "films.jsonl", film(1))

    with pytest.raises(IndexingError, match=message):
        read_catalogue(path, ReaderOptions(credits=(tmp_path / "ratings.csv",)))


def test_rows_of_credits_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    rows = '1,"[\'Ida Holm\']"\nmany,"[\'Bo Lind\']"\n2,"[{\'name\': "\n3,[]\n4,"unclosed\n'
    (tmp_path / "credits.csv").write_text("id,cast\n" + rows)
    path = json_lines(tmp_path / "films.jsonl", film(1))
    notes = read_catalogue(path, ReaderOptions(credits=(tmp_path / "credits.csv",))).notes

    assert [note for note in notes if "credits" in note] == [
        "  credits: 1 films of the 1 in --credits",
        "  skipped 1 in credits.csv: id is not a positive whole number",
        "  skipped 1 in credits.csv: no name could be read",
        "  skipped 1 in credits.csv: quotes do not close",
    ]
