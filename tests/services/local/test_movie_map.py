"""The film map: records by position and id, its arrays, and pickles that must not be trusted."""

import os
import pickle
import resource
from pathlib import Path
from typing import Any

import pytest

from app.services.errors import ModelFileError
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.map_fields import films_of_map
from app.services.local.movie_map import MovieMap
from app.services.movie_record import MovieRecord

LIMIT_BEFORE = resource.getrlimit(resource.RLIMIT_AS)

ALIEN: dict[str, Any] = {
    "tmdb_id": 348,
    "title": "Alien",
    "year": "1979",
    "overview": "A crew meets something.",
    "genres_list": ["Horror", "Science Fiction"],
    "poster_path": "/alien.jpg",
    "original_language": "en",
    "vote_average": 8.1,
    "vote_count": 14000,
}
ORIGINAL_AMELIE: dict[str, Any] = {
    "tmdb_id": 194,
    "title": "Amélie",
    "year": "2001",
    "poster_path": None,
    "genres_list": ["Comedy", "Romance"],
}


def pickled(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "movies_map.pkl"
    path.write_bytes(pickle.dumps(content))
    return path


def test_a_record_comes_back_whole(tmp_path: Path) -> None:
    movies = MovieMap.from_films(films_of_map(read_movie_records(pickled(tmp_path, {0: ALIEN, 1: ORIGINAL_AMELIE}))))
    assert len(movies) == 2
    assert movies.record(0) == MovieRecord(
        348, "Alien", "A crew meets something.", 1979, ("Horror", "Science Fiction"), "en", 8.1, 14000, "/alien.jpg"
    )
    assert movies.record(1) == MovieRecord(194, "Amélie", None, 2001, ("Comedy", "Romance"), None, None, None, None)


def test_a_film_with_an_id_of_the_catalogues_own_has_no_page_at_tmdb() -> None:
    movies = MovieMap.from_films(films_of_map({0: ALIEN, 1: ORIGINAL_AMELIE | {"has_tmdb_id": False}}))
    assert movies.record(0).links["tmdb"] == "https://www.themoviedb.org/movie/348"
    assert movies.record(1).links == {"tmdb": None, "imdb": None}
    assert b"has_tmdb_id" not in movies.record_json(1)


def test_positions_are_found_by_id(tmp_path: Path) -> None:
    movies = MovieMap.from_films(films_of_map({0: ALIEN, 1: ORIGINAL_AMELIE}))
    assert movies.position(348) == 0
    assert movies.position(194) == 1
    for unknown in (0, 195, 2**63, -1):
        assert movies.position(unknown) is None


def test_genres_and_languages_are_found_whatever_their_capitals() -> None:
    movies = MovieMap.from_films(films_of_map({0: ALIEN, 1: ORIGINAL_AMELIE}))
    assert movies.genre_positions("science fiction").tolist() == [0]
    assert movies.genre_positions("Western").tolist() == []
    assert movies.language_code("EN") == movies.language_codes[0]
    assert movies.language_code("fr") is None


def test_saved_arrays_open_as_the_same_films(tmp_path: Path) -> None:
    movies = MovieMap.from_films(films_of_map({0: ALIEN, 1: ORIGINAL_AMELIE}))
    movies.save(tmp_path)
    opened = MovieMap.open(tmp_path)
    assert [opened.record(position) for position in range(2)] == [movies.record(position) for position in range(2)]
    assert opened.genre_names == movies.genre_names
    opened.close()


def test_arrays_that_are_missing_or_cut_are_refused(tmp_path: Path) -> None:
    MovieMap.from_films(films_of_map({0: ALIEN})).save(tmp_path)
    records = tmp_path / "movies_records.npy"
    records.write_bytes(records.read_bytes()[:40])
    with pytest.raises(ModelFileError, match=r"movies_records\.npy"):
        MovieMap.open(tmp_path)


@pytest.mark.parametrize(
    "genres",
    [["Horror", "Mystery"], "Horror, Mystery", [{"name": "Horror"}, {"name": "Mystery"}], "['Horror', 'Mystery']"],
)
def test_genres_are_read_however_they_were_written(genres: object) -> None:
    movies = MovieMap.from_films(films_of_map({0: ALIEN | {"genres_list": genres}}))
    assert movies.record(0).genres == ("Horror", "Mystery")


def test_what_pandas_has_for_nothing_is_nothing() -> None:
    nan = float("nan")
    film = MovieMap.from_films(films_of_map({0: ALIEN | {"poster_path": nan, "overview": nan, "year": 1979.0}})).record(
        0
    )
    assert (film.poster_path, film.overview, film.year) == (None, None, 1979)


@pytest.mark.parametrize("year", [None, "", "unknown", "19", 0, "0000", float("nan")])
def test_a_year_that_is_none_is_unknown(year: object) -> None:
    assert MovieMap.from_films(films_of_map({0: ALIEN | {"year": year}})).record(0).year is None


class Attack:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (self.command,)


def test_a_pickle_that_calls_a_function_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    path = pickled(tmp_path, {0: ALIEN | {"title": Attack(f"touch {trace}")}})
    with pytest.raises(ModelFileError, match=r"movies_map\.pkl.*system"):
        MovieMap.from_films(films_of_map(read_movie_records(path)))
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        "text",
        {1: ALIEN},
        {0: "Alien"},
        {"0": ALIEN},
        {0: {"title": "no id"}},
        {0: {"tmdb_id": "x", "title": ""}},
    ],
)
def test_anything_but_a_map_of_films_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(ModelFileError, match=r"movies_map\.pkl .*app\.indexing build"):
        MovieMap.from_films(films_of_map(read_movie_records(pickled(tmp_path, content))))


def test_a_pickle_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = pickled(tmp_path, {0: ALIEN, 1: ORIGINAL_AMELIE})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError):
            read_movie_records(path)


def test_a_missing_pickle_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"missing.*app\.indexing build"):
        read_movie_records(tmp_path / "movies_map.pkl")


def nested(depth: int) -> object:
    """A list that is small in memory but endless as text."""
    content: object = "lol"
    for _ in range(depth):
        content = [content] * 10
    return content


HOSTILE_PICKLES = {
    "a memo of 2**31 entries": b"\x80\x04}r\xff\xff\xff\x7f.",
    "a text of 2**40 bytes": b"\x80\x04\x8d" + (2**40).to_bytes(8, "little") + b"a.",
    "bytes of 2**31": b"\x80\x04B\xff\xff\xff\x7fa.",
    "a bytearray of 2**33": b"\x80\x05\x96" + (2**33).to_bytes(8, "little") + b"a.",
    "a frame of 2**40 bytes": b"\x80\x04\x95" + (2**40).to_bytes(8, "little") + b"}.",
    "a number of 10**5 digits": b"\x80\x04L" + b"9" * 100_000 + b"L\n.",
    "a class": pickle.dumps({0: Path}),
    "an extension": b"\x80\x04\x82\x01.",
    "deep nesting": b"\x80\x04" + b"(" * 1_000_000 + b"t" * 1_000_000 + b".",
}


@pytest.mark.parametrize("content", HOSTILE_PICKLES.values(), ids=HOSTILE_PICKLES.keys())
def test_a_hostile_pickle_is_refused_without_eating_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "movies_map.pkl"
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelFileError, match=r"movies_map\.pkl is not a film map"):
        MovieMap.from_films(films_of_map(read_movie_records(path)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes
    assert resource.getrlimit(resource.RLIMIT_AS) == LIMIT_BEFORE


@pytest.mark.parametrize("key", ["title", "overview", "year", "poster_path", "genres_list", "original_language"])
def test_values_of_another_kind_are_not_written_out(tmp_path: Path, key: str) -> None:
    movies = MovieMap.from_films(films_of_map(read_movie_records(pickled(tmp_path, {0: {**ALIEN, key: nested(30)}}))))
    assert len(str(movies.record(0))) < 500


@pytest.mark.parametrize("change", [{"vote_average": 10**400}, {"tmdb_id": float("inf")}, {"tmdb_id": "9" * 5000}])
def test_numbers_out_of_range_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError, match="tmdb_id or title"):
        MovieMap.from_films(films_of_map(read_movie_records(pickled(tmp_path, {0: {**ALIEN, **change}}))))
