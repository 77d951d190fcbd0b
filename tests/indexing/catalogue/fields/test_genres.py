"""Genres in the notations of catalogues, and the names that are read."""

import pytest

from app.indexing.catalogue.fields.genres import genres_of

ACTION_DRAMA = ("Action", "Drama")
THREE = ("Action", "Adventure", "Science Fiction")


@pytest.mark.parametrize(
    "text",
    [
        *("Action|Drama", "Action, Drama", "Action;Drama", "Action/Drama", "Action - Drama", "Action-Drama"),
        *("Action Drama", "Action & Drama", "Action and Drama", "Action > Drama", "Action+Drama", "Action_Drama"),
        *("Action · Drama", "Action\nDrama", "Action\tDrama", "#Action #Drama", "ACTION DRAMA", "ActionDrama"),
        *("['Action', 'Drama']", '["Action", "Drama"]', "['Action' 'Drama']", "['Action'\n 'Drama']"),
        *("[Action, Drama]", "[Action Drama]", "[Action|Drama]", "{Action,Drama}", '{"Action",Drama}'),
        *("('Action', 'Drama')", "{'Action', 'Drama'}", "'Action', 'Drama'", '"Action, Drama"', '"Action","Drama"'),
        "array(['Action', 'Drama'], dtype=object)",
        "[{'id': 28, 'name': 'Action'}, {'id': 18, 'name': 'Drama'}]",
        '[{"id": 28, "name": "Action"}, {"id": 18, "name": "Drama"}]',
        "[{28, Action}, {18, Drama}]",
        *("[28, 18]", "28,18", "28|18", "28 18", "[28 18]", "[28.0, 18.0]", "28.0|18.0"),
        *("WrappedArray(Action, Drama)", "List(Action, Drama)", "<b>Action</b>, Drama", "Action&nbsp;&amp; Drama"),
    ],
)
def test_two_genres_in_every_notation(text: str) -> None:
    assert genres_of([text]) == ACTION_DRAMA


@pytest.mark.parametrize(
    "text",
    [
        "Action-Adventure-Science Fiction",
        "Action Adventure Science Fiction",
        "action adventure sci fi",
        "Action/Adventure/Sci-Fi",
        "['Action' 'Adventure' 'Science Fiction']",
        '{Action,Adventure,"Science Fiction"}',
        "Action, Adventure & Science-Fiction",
        "ActionAdventureScienceFiction",
    ],
)
def test_genres_of_two_words_are_not_split(text: str) -> None:
    assert genres_of([text]) == THREE


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Action & Adventure, Sci-Fi & Fantasy", ("Action & Adventure", "Sci-Fi & Fantasy")),
        ("Action & Adventure-Comedy-Sci-Fi & Fantasy", ("Action & Adventure", "Comedy", "Sci-Fi & Fantasy")),
        ("War & Politics Drama", ("War & Politics", "Drama")),
        ("Action & Adventure|War & Politics", ("Action & Adventure", "War & Politics")),
        ("Sci-Fi, Fantasy", ("Science Fiction", "Fantasy")),
        ("10765,10768", ("Sci-Fi & Fantasy", "War & Politics")),
    ],
)
def test_tv_genres_that_contain_separators_are_not_split(text: str, genres: tuple[str, ...]) -> None:
    assert genres_of([text]) == genres


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Sci-Fi", ("Science Fiction",)),
        ("SciFi", ("Science Fiction",)),
        ("Romcom", ("Romance", "Comedy")),
        ("Rom-Com", ("Romance", "Comedy")),
        ("Romantic Comedy", ("Romance", "Comedy")),
        ("Animated", ("Animation",)),
        ("Historical Drama", ("History", "Drama")),
        ("tv movie", ("TV Movie",)),
        ("drama film, science fiction films", ("Drama", "Science Fiction")),
        ("romantic comedy film", ("Romance", "Comedy")),
    ],
)
def test_other_spellings(text: str, genres: tuple[str, ...]) -> None:
    assert genres_of([text]) == genres


@pytest.mark.parametrize(
    "text", ["Film-Noir", "Film noir", "Neo-Noir", "Psychological Thriller", "Reality-TV", "Anti-War", "Kaiju"]
)
def test_genres_that_tmdb_does_not_have_are_not_changed(text: str) -> None:
    assert genres_of([text]) == (text,)


def test_an_unknown_genre_among_known_ones_is_kept() -> None:
    assert genres_of(["Action-Adventure-Kaiju"]) == ("Action", "Adventure", "Kaiju")


def test_the_first_value_with_genres_counts() -> None:
    assert genres_of(["[]", "Drama", "Comedy"]) == ("Drama",)


def test_entities_are_read_before_names_are_split() -> None:
    assert genres_of(["Action &amp; Adventure"]) == ("Action & Adventure",)
    assert genres_of([[18.0]]) == ("Drama",)
