"""Reading of a film from a row, with every notation of a value."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.indexing.catalogue.columns import map_columns
from app.indexing.catalogue.fields.row_cells import RowCells
from app.indexing.catalogue.movie import MAX_OVERVIEW_LENGTH, Movie, MovieReader
from app.indexing.catalogue.rows import UnusableRowError
from tests.indexing.catalogue.catalogue_files import movie_from_row


def read(**values: object) -> Movie:
    return movie_from_row({"id": 1, "title": "Tidewater", "overview": "A ferry crosses only at night."} | values)


def test_an_id_a_title_and_an_overview_are_enough() -> None:
    assert read() == Movie(movie_id=1, title="Tidewater", overview="A ferry crosses only at night.", has_tmdb_id=False)


@pytest.mark.parametrize("value", [278, "278", " 278 ", 278.0, "278.0"])
def test_ids_are_read_from_numbers_and_text(value: object) -> None:
    assert read(id=value).movie_id == 278


@pytest.mark.parametrize("value", ["1997-08-20", "tt0111161", 0, -5, "1e3", 2.5, True, [1], 2**60, "9" * 5000, "²"])
def test_a_row_whose_id_is_not_a_positive_whole_number_is_unusable(value: object) -> None:
    with pytest.raises(UnusableRowError, match="id is not a positive whole number"):
        read(id=value)


@pytest.mark.parametrize("value", [None, "", " ", "nan", float("nan")])
def test_a_row_without_id_is_unusable(value: object) -> None:
    with pytest.raises(UnusableRowError, match="no id"):
        read(id=value)


@pytest.mark.parametrize(
    ("columns", "is_tmdb"),
    [
        ({"tmdb_id": 278}, True),
        ({"tmdbId": "278", "id": 3}, True),
        ({"tmdb_id": None, "id": 3}, False),
        ({"vote_average": 7.1}, True),
        ({"poster_path": None}, True),
        ({"rating": 7.1, "genres": "Drama"}, False),
        ({"id": None, "_id": 3, "vote_average": 7.1}, False),
    ],
)
def test_an_id_is_tmdb_s_if_its_column_or_the_others_are_named_as_tmdb_does(
    columns: dict[str, object], is_tmdb: bool
) -> None:
    assert read(**columns).has_tmdb_id is is_tmdb


def test_ids_from_a_column_of_another_name_are_the_catalogues_own() -> None:
    row = {"ref": 3, "title": "Tidewater", "overview": "A ferry crosses only at night.", "vote_average": 7.1}
    cells = RowCells(row, map_columns(tuple(row), (("id", "ref"),)))
    reader = MovieReader()
    assert not reader.movie(reader.basics(cells), cells).has_tmdb_id


def test_tmdb_id_takes_precedence_over_an_id_of_another_source() -> None:
    assert read(id=3, tmdb_id=278).movie_id == 278


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " \u00a0 ", "nan", "No overview found.", "No Overview", [], {}, "...", "\u2014", "Add a Plot"),
        *("Plot kept under wraps.", "The plot is currently unknown.", "Coming soon...", "To be announced", "TBA"),
        "We don't have an overview translated in English. Help us expand our database by adding one.",
    ],
)
def test_a_row_without_overview_is_unusable(value: object) -> None:
    with pytest.raises(UnusableRowError, match="no overview"):
        read(overview=value)


def test_an_overview_of_impossible_length_is_unusable() -> None:
    assert read(overview="a" * MAX_OVERVIEW_LENGTH)
    with pytest.raises(UnusableRowError, match="longer than"):
        read(overview="a" * (MAX_OVERVIEW_LENGTH + 1))


def test_text_becomes_one_line_that_can_be_written_as_utf_8() -> None:
    movie = read(title="Tide\u00a0water", overview="First.\r\n\r\nSecond\0 \x1b\ud800café.")

    assert (movie.title, movie.overview) == ("Tide water", "First. Second ?café.")


def test_the_original_title_replaces_a_missing_title() -> None:
    assert read(title="", original_title="Marée").title == "Marée"
    with pytest.raises(UnusableRowError, match="no title"):
        read(title=None)


def test_an_address_is_no_title() -> None:
    assert read(film="http://www.wikidata.org/entity/Q172241", title=None, original_title="Marée").title == "Marée"
    with pytest.raises(UnusableRowError, match="no title"):
        read(title="https://films.example/1")


@pytest.mark.parametrize(("value", "title"), [(1917, "1917"), ("None", "None"), ("NaN", "NaN")])
def test_odd_titles_are_titles(value: object, title: str) -> None:
    assert read(title=value).title == title


@pytest.mark.parametrize(
    "value",
    [
        ["Drama", "Science Fiction"],
        [{"id": 18, "name": "Drama"}, {"id": 878, "name": "Science Fiction"}],
        [{"id": 18}, {"id": 878}],
        [18, 878],
        '[{"id": 18, "name": "Drama"}, {"id": 878, "name": "Science Fiction"}]',
        "[{'id': 18, 'name': 'Drama'}, {'id': 878, 'name': 'Science Fiction'}]",
        "['Drama', 'Science Fiction']",
        "Drama, Science Fiction",
        "Drama,Science Fiction",
        "Drama|Science Fiction",
        "drama, sci-fi, Drama",
        " Drama ,, Science  Fiction ",
    ],
)
@pytest.mark.parametrize("column", ["genres", "genre", "genres_list", "genre_ids"])
def test_genres_in_every_notation(column: str, value: object) -> None:
    assert read(**{column: value}).genres == ("Drama", "Science Fiction")


@pytest.mark.parametrize(
    "value", [None, "", "[]", "nan", 5, "[{", "[" * 5000, "{'a': " * 5000, "(no genres listed)", [None]]
)
def test_genres_that_cannot_be_read_are_none(value: object) -> None:
    assert read(genres=value).genres == ()


def test_genres_that_tmdb_does_not_have_are_not_changed() -> None:
    assert read(genres="Silent, Film noir").genres == ("Silent", "Film noir")


def test_an_unknown_escape_gives_no_warning() -> None:
    assert read(keywords=r"['a\d']").keywords == (r"a\d",)


@pytest.mark.parametrize(
    "value",
    ["rain, night ferry", ["rain", "night ferry"], {"keywords": [{"id": 1, "name": "rain"}, {"name": "night ferry"}]}],
)
def test_keywords_in_every_notation(value: object) -> None:
    assert read(keywords=value).keywords == ("rain", "night ferry")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("directors", ["Ida Holm"]),
        ("director", "Ida Holm"),
        ("credits", {"crew": [{"job": "Editor", "name": "Bo"}, {"job": "Director", "name": "Ida Holm"}]}),
        ("crew", "[{'job': 'Editor', 'name': 'Bo'}, {'job': 'Director', 'name': 'Ida Holm'}]"),
    ],
)
def test_directors_in_every_notation(column: str, value: object) -> None:
    assert read(**{column: value}).directors == ("Ida Holm",)


@pytest.mark.parametrize(
    "value",
    [
        "1995-10-30",
        "1995/10/30",
        "1995-10-30T00:00:00.000Z",
        "10/30/1995",
        "30/10/1995",
        "30.10.1995",
        "19951030",
        19951030,
        815011200,
        "815011200",
        815011200.0,
        815011200000,
        "Mon, 30 Oct 1995 00:00:00 GMT",
        date(1995, 10, 30),
        datetime(1995, 10, 30, 12),
    ],
)
def test_release_dates_in_every_notation(value: object) -> None:
    movie = read(release_date=value)

    assert (movie.release_date, movie.year) == ("1995-10-30", 1995)


def test_a_day_of_august_1970_in_unix_seconds_is_not_a_compact_date() -> None:
    assert read(release_date=19958400).release_date == "1970-08-20"


def test_an_id_as_a_data_warehouse_has_it() -> None:
    assert read(id=Decimal("862")).movie_id == 862
    for odd in (Decimal("862.5"), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(UnusableRowError):
            read(id=odd)


def test_dates_before_1970_in_unix_seconds() -> None:
    assert read(release_date=-312768000).release_date == "1960-02-03"


@pytest.mark.parametrize("value", ["1995", 1995, 1995.0, "1995-13-40", "1995-10", "1995.0", "1995?", "1995年10月30日"])
def test_a_year_without_a_day(value: object) -> None:
    movie = read(release_date=value)

    assert (movie.release_date, movie.year) == (None, 1995)


def test_the_year_column_replaces_a_missing_date() -> None:
    assert read(release_date="", year="1986").year == 1986


@pytest.mark.parametrize("value", [None, "", "soon", "0000-00-00", "9999-01-01", 10**30, float("inf"), -(10**28)])
def test_a_film_with_an_unreadable_date_has_none(value: object) -> None:
    movie = read(release_date=value)

    assert (movie.release_date, movie.year) == (None, None)


@pytest.mark.parametrize("value", [True, "True", "TRUE", "true", 1, "1", "1.0", "yes"])
def test_adult_films_are_marked(value: object) -> None:
    assert read(adult=value).adult


@pytest.mark.parametrize("value", [False, "False", "FALSE", 0, "0", None, "", float("nan")])
def test_other_films_are_not_marked(value: object) -> None:
    assert not read(adult=value).adult


def test_a_row_whose_columns_are_shifted_is_unusable() -> None:
    with pytest.raises(UnusableRowError, match="columns are shifted"):
        read(adult=" - Written by nobody")


@pytest.mark.parametrize(
    ("value", "votes"), [(77, 77), ("77", 77), ("77.0", 77), ("1,203", 1203), (-1, None), ("many", None), ("", None)]
)
def test_vote_counts(value: object, votes: int | None) -> None:
    assert read(vote_count=value).vote_count == votes


@pytest.mark.parametrize(
    ("value", "average"),
    [(7.2, 7.2), ("7.2", 7.2), ("7,2", 7.2), (11, None), ("nan", None), (float("inf"), None), ([], None)],
)
def test_vote_averages(value: object, average: float | None) -> None:
    assert read(vote_average=value).vote_average == average


@pytest.mark.parametrize(
    ("column", "value", "path"),
    [
        ("poster_path", "/kite.jpg", "/kite.jpg"),
        ("poster", "https://image.tmdb.org/t/p/w500/kite.jpg", "/kite.jpg"),
        ("poster_url", "https://image.tmdb.org/t/p/original/kite.png", "/kite.png"),
        ("poster", "//image.tmdb.org/t/p/w500/kite.jpg", "/kite.jpg"),
        ("poster", "https://www.themoviedb.org/t/p/w600_and_h900_bestv2/kite.jpg", "/kite.jpg"),
        ("poster", "https://posters.example/kite.jpg", None),
        ("poster_path", "/../secret.jpg", None),
        ("poster_path", "//evil.example/kite.jpg", None),
        ("poster_path", "nan", None),
        ("poster_path", 5, None),
    ],
)
def test_posters_are_tmdb_paths_or_nothing(column: str, value: object, path: str | None) -> None:
    assert read(**{column: value}).poster_path == path


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"),
        ("EN ", "en"),
        ("English", "en"),
        ("en-US", "en"),
        ("eng", "en"),
        ("English, French", "en"),
        ("['English']", "en"),
        ([{"iso_639_1": "en", "name": "English"}], "en"),
        ("[{'iso_639_1': 'en', 'name': 'English'}]", "en"),
        ("Klingon tongue", None),
        ("", None),
        (5, None),
    ],
)
def test_languages_are_codes(value: object, code: str | None) -> None:
    assert read(original_language=value).original_language == code
