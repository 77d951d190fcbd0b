"""Films that a catalogue has twice."""

from dataclasses import replace
from pathlib import Path

from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.catalogue.twins import TwinFinder, merged_twins
from tests.indexing.catalogue.catalogue_files import film, json_lines

MATRIX = Movie(603, "The Matrix", "A hacker learns the truth.", genres=("Action",), year=1999, vote_count=900)


def twin(**values: object) -> Movie:
    return replace(MATRIX, movie_id=9603, vote_count=3, **values)  # type: ignore[arg-type]


def test_twins_share_their_title_and_overview_or_imdb_id_or_director() -> None:
    for first, second in [
        (MATRIX, twin(genres=())),
        (MATRIX, twin(title="THE MATRIX")),
        (replace(MATRIX, imdb_id="tt0133093"), twin(imdb_id="tt0133093", title="Matrix", overview="Other.")),
        (replace(MATRIX, directors=("Lana",)), twin(directors=("Lana",), overview="Other.")),
    ]:
        assert [movie.movie_id for movie in merged_twins([second, first])] == [603]


def test_films_that_share_only_title_and_year_are_not_twins() -> None:
    films = [MATRIX, twin(overview="Another film of that name."), replace(MATRIX, movie_id=7, type="tv")]
    assert merged_twins(films) == films


def test_the_best_known_twin_is_kept_and_completed() -> None:
    merged = merged_twins([twin(runtime=136, genres=("Drama",), poster_path="/p.jpg"), MATRIX])

    assert merged == [replace(MATRIX, runtime=136, poster_path="/p.jpg")]


def test_a_chain_of_twins_becomes_one_film() -> None:
    first = replace(MATRIX, imdb_id="tt0133093")
    last = replace(MATRIX, movie_id=5, title="Matrix", overview="Other.", imdb_id="tt0133093", vote_count=1)

    assert [movie.movie_id for movie in merged_twins([last, twin(), first])] == [603]


def test_twins_are_reported_and_merged_on_request(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "films.jsonl", film(1), film(2) | {"title": "Film 1", "overview": film(1)["overview"]})

    assert "  twins 1: films that an earlier row has under another id (first: 1 and 2, Film 1)" in "\n".join(
        read_catalogue(path).summary()
    )
    merged = read_catalogue(path, ReaderOptions(merge_twins=True))
    assert [movie.movie_id for movie in merged.movies] == [1]
    assert "  merged 1: twins under another id (first: 1 and 2, Film 1)" in merged.summary()


def test_the_search_for_twins_is_bounded() -> None:
    finder = TwinFinder(max_films=2)
    for movie in (MATRIX, twin(), replace(MATRIX, movie_id=7)):
        finder.add(movie)

    assert finder.notes() == [
        "  twins 1: films among the first 2 that an earlier row has under another id "
        "(first: 603 and 9603, The Matrix); --merge-twins merges them"
    ]
