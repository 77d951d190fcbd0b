"""Columns are found by any of their names, in any spelling."""

import pytest

from app.indexing.catalogue.columns import check_columns, column_key, field_named, map_columns
from app.indexing.errors import IndexingError


@pytest.mark.parametrize(
    "name",
    [
        *("release_date", "Release Date", "RELEASE-DATE", "\ufeffrelease_date", " release  date ", "releaseDate"),
        *("release_date_x", "Release Date.1", "release.date", "Release Date(s)"),
    ],
)
def test_a_name_is_known_in_any_spelling(name: str) -> None:
    assert column_key(name) == "releasedate"


@pytest.mark.parametrize(
    ("columns", "field", "found"),
    [
        (("id", "tmdb_id"), "id", ("tmdb_id", "id")),
        (("_id", "id"), "id", ("id", "_id")),
        (("title_y", "title_x"), "title", ("title_y", "title_x")),
        (("title_x", "title"), "title", ("title", "title_x")),
        (("movie_title", "movie_id"), "title", ("movie_title",)),
        (("Series_Title",), "title", ("Series_Title",)),
        (("films.title", "films.id"), "title", ("films.title",)),
        (("name", "first_air_date"), "release_date", ("first_air_date",)),
        (("released_year",), "year", ("released_year",)),
        (("imdbID",), "imdb_id", ("imdbID",)),
        (("Runtime (min)",), "runtime", ("Runtime (min)",)),
        (("Rating (out of 10)", "Rating (count)"), "vote_average", ("Rating (out of 10)",)),
        (("Language(s)",), "original_language", ("Language(s)",)),
        (("production_companies.name", "id"), "title", ()),
        (("film", "filmLabel"), "title", ("filmLabel", "film")),
        (("genreLabels", "genre_label"), "genres", ("genreLabels", "genre_label")),
        (("TMDb_movie_ID", "id"), "id", ("TMDb_movie_ID", "id")),
        (("Score /10",), "vote_average", ("Score /10",)),
        (("Length (min)",), "runtime", ("Length (min)",)),
    ],
)
def test_columns_of_a_field(columns: tuple[str, ...], field: str, found: tuple[str, ...]) -> None:
    assert map_columns(columns).fields[field] == found


def test_a_given_column_is_the_only_one_of_its_field() -> None:
    found = map_columns(("title", "names", "plot"), (("title", "names"), ("keywords", "plot")))

    assert (found.fields["title"], found.fields["keywords"]) == (("names",), ("plot",))
    assert found.fields["overview"] == ()
    assert found.unused == ("title",)


@pytest.mark.parametrize(
    ("name", "field"), [("title", "title"), ("Original Title", "original_title"), ("plot", "overview")]
)
def test_fields_have_more_than_one_name(name: str, field: str) -> None:
    assert field_named(name) == field


def test_a_table_without_a_needed_column_is_refused_with_the_remedy() -> None:
    with pytest.raises(IndexingError, match=r"no column title \(or name.*columns: names, plot.*--column title=NAME"):
        check_columns("films.csv", ["names", "plot"], ("title", "overview"))
    with pytest.raises(IndexingError, match=r"no column nome \(--column title=nome\)\. Its columns: names, plot"):
        check_columns("films.csv", ["names", "plot"], ("title",), (("title", "nome"),))
