"""Titles, types, runtimes, IMDb ids and numbers of a film in every notation."""

import pytest

from app.indexing.catalogue.movie import Movie
from tests.indexing.catalogue.catalogue_files import movie_from_row


def read(**values: object) -> Movie:
    return movie_from_row({"id": 1, "title": "Tidewater", "overview": "A ferry crosses only at night."} | values)


def test_markup_is_removed_from_title_overview_and_keywords() -> None:
    movie = read(
        title="<i>Tom &amp; Jerry</i>",
        original_title="ﬁlm",
        overview="<p>A&nbsp;cat</p><p>and a mo&shy;use; 5 < 6.</p>",
        keywords=["a &amp; b", "so\u00adft", "zero\u200bwidth"],
    )

    assert (movie.title, movie.original_title) == ("Tom & Jerry", "film")
    assert movie.overview == "A cat and a mouse; 5 < 6."
    assert movie.keywords == ("a & b", "soft", "zerowidth")


def test_superscripts_and_fractions_are_kept_in_titles() -> None:
    assert [read(title=title).title for title in ("Alien³", "8½", "Barbie™")] == ["Alien³", "8½", "Barbie™"]


@pytest.mark.parametrize(
    ("title", "year", "expected"),
    [
        ("Toy Story (1995)", None, ("Toy Story", 1995)),
        ("Toy Story [1995]", None, ("Toy Story", 1995)),
        ("Toy Story (1995)", 1995, ("Toy Story", 1995)),
        ("Toy Story (1995)", 1996, ("Toy Story", 1996)),
        ("Toy Story (1995)", 2019, ("Toy Story (1995)", 2019)),
        ("American President, The (1995)", None, ("The American President", 1995)),
        ("2012 (2009)", None, ("2012", 2009)),
        ("1984", None, ("1984", None)),
        ("(1995)", None, ("(1995)", None)),
        ("Room (237)", None, ("Room (237)", None)),
        ("Blade Runner 2049", 2017, ("Blade Runner 2049", 2017)),
        ("Kid, The", None, ("Kid, The", None)),
    ],
)
def test_a_year_in_the_title(title: str, year: int | None, expected: tuple[str, int | None]) -> None:
    movie = read(title=title, year=year)
    assert (movie.title, movie.year) == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "movie"),
        ({"media_type": "movie"}, "movie"),
        ({"media_type": "tv"}, "tv"),
        ({"type": "TV Show"}, "tv"),
        ({"type": "TVEpisode"}, "movie"),
        ({"type": "TVEpisode", "number_of_seasons": 1}, "tv"),
        ({"Type": "Movie"}, "movie"),
        ({"titleType": "tvSeries"}, "tv"),
        ({"titleType": "tvMovie", "first_air_date": "1999-01-01"}, "movie"),
        ({"first_air_date": "2011-04-17"}, "tv"),
        ({"number_of_seasons": 8, "type": "Scripted"}, "tv"),
        ({"number_of_seasons": 0}, "movie"),
    ],
)
def test_films_and_tv_shows(values: dict[str, object], kind: str) -> None:
    assert read(**values).type == kind


def test_a_tv_show_of_tmdb() -> None:
    show = movie_from_row(
        {
            "id": 1399,
            "name": "Game of Thrones",
            "original_name": "Game of Thrones",
            "overview": "Seven families.",
            "first_air_date": "2011-04-17",
            "episode_run_time": [60, 50],
            "genres": [{"id": 10765, "name": "Sci-Fi & Fantasy"}],
            "keywords": {"results": [{"id": 1, "name": "dragon"}]},
        }
    )

    assert (show.title, show.release_date, show.runtime, show.type) == ("Game of Thrones", "2011-04-17", 60, "tv")
    assert (show.genres, show.keywords) == (("Sci-Fi & Fantasy",), ("dragon",))


@pytest.mark.parametrize(
    "value",
    [
        142,
        142.0,
        "142",
        "142.0",
        "142 min",
        "142 mins.",
        "2h 22m",
        "2 h 22 min",
        "2:22",
        "02:22:00",
        "PT2H22M",
        [142],
        "2h22",
        "2 hrs. 22 min.",
    ],
)
def test_runtimes_in_minutes(value: object) -> None:
    assert read(runtime=value).runtime == 142


@pytest.mark.parametrize("value", [0, "0", "", None, "long", "2 Seasons", -5, 10**9, []])
def test_values_that_are_not_runtimes(value: object) -> None:
    assert read(runtime=value).runtime is None


@pytest.mark.parametrize(
    "values",
    [
        {"imdb_id": "tt0111161"},
        {"imdbID": "tt0111161"},
        {"imdb_link": "https://www.imdb.com/title/tt0111161/?ref_=x"},
        {"imdbId": 111161},
        {"imdbId": "0111161"},
        {"external_ids": {"imdb_id": "tt0111161", "facebook_id": None}},
        {"id": "tt0111161", "tmdb_id": 278},
    ],
)
def test_imdb_ids(values: dict[str, object]) -> None:
    assert read(**values).imdb_id == "tt0111161"


@pytest.mark.parametrize(
    ("value", "votes"),
    [
        *[("1,234", 1234), ("1.234", 1234), ("1 234", 1234), ("1.234.567", 1234567), ("2,345,678", 2345678)],
        *[("415,0", 415), ("415.0", 415), ("77.000", 77), ("12K", 12000), ("1.2M", 1200000), ("1'234", 1234)],
    ],
)
def test_counts_of_people_and_spreadsheets(value: str, votes: int) -> None:
    assert read(vote_count=value).vote_count == votes


@pytest.mark.parametrize(
    ("value", "popularity"), [("1.083,917", 1083.917), ("1,083.917", 1083.917), ("12,5", 12.5), ("-", None)]
)
def test_decimal_commas(value: str, popularity: float | None) -> None:
    assert read(popularity=value).popularity == popularity


def test_another_id_replaces_one_that_is_not_a_number() -> None:
    assert read(id="s1", movie_id="278").movie_id == 278


def test_an_id_with_grouped_thousands_is_not_cut_at_the_comma() -> None:
    assert [read(id=value).movie_id for value in ("1,000", "1,234", "1,000,000.0")] == [1000, 1234, 1_000_000]


@pytest.mark.parametrize("value", ["Unknown", "12", "No plot holes here.", "Coming soon to a town near you."])
def test_short_overviews_are_overviews(value: str) -> None:
    assert read(overview=value).overview == value
