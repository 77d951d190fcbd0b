"""The starter catalogue: its format and breadth, and that descriptions by people find the film."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.services.local.names.words import name_words
from app.services.model_service import ModelService
from app.services.queries import Query, Selection
from tests.conftest import STARTER_CATALOGUE

GENRES = {
    *("Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy", "History"),
    *("Horror", "Music", "Mystery", "Romance", "Science Fiction", "Thriller", "TV Movie", "War", "Western"),
}
FIELDS = {
    *("id", "title", "overview", "genres", "keywords", "original_language", "directors", "poster_path"),
}
FILMS: list[dict[str, Any]] = [json.loads(line) for line in STARTER_CATALOGUE.read_text(encoding="utf-8").splitlines()]
QUERIES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "starter_queries.jsonl").read_text(encoding="utf-8").splitlines()
]
RUN_OF_WORDS = 7
MIN_RECALL = 0.95


def year(film: dict[str, Any]) -> int:
    return int(str(film.get("release_date") or film["year"])[:4])


def test_there_are_enough_films() -> None:
    assert len(FILMS) >= 1500


def test_the_reader_accepts_every_film() -> None:
    catalogue = read_catalogue(STARTER_CATALOGUE)
    assert len(catalogue.movies) == len(FILMS)
    assert catalogue.skipped == {}


def test_ids_are_unique() -> None:
    assert [movie_id for movie_id, count in Counter(film["id"] for film in FILMS).items() if count > 1] == []


def faults(film: dict[str, Any]) -> list[str]:
    """Return what is wrong with a film's entry."""
    checks = {
        "fields": film.keys() - {"cast"} in ({*FIELDS, "release_date"}, {*FIELDS, "year"}),
        "cast": 1 <= len(film.get("cast", ["unknown"])) <= 4,
        "id": isinstance(film["id"], int),
        "title": film["title"].strip() == film["title"] != "",
        "overview": 35 <= len(film["overview"].split()) <= 90,
        "genres": bool(film["genres"]) and len(film["genres"]) == len(set(film["genres"]) & GENRES),
        "keywords": 4 <= len(film["keywords"]) <= 8,
        "directors": bool(film["directors"]),
        "original_language": re.fullmatch(r"[a-z]{2}", film["original_language"]) is not None,
        "year": 1895 <= year(film) <= 2030,
        "poster_path": film["poster_path"] is None or re.fullmatch(r"/\w+\.jpg", film["poster_path"]) is not None,
    }
    return [name for name, is_right in checks.items() if not is_right]


def test_each_film_is_complete() -> None:
    assert {film["id"]: found for film in FILMS if (found := faults(film))} == {}


@pytest.mark.parametrize("genre", sorted(GENRES - {"TV Movie"}))
def test_every_genre_has_films(genre: str) -> None:
    assert sum(genre in film["genres"] for film in FILMS) >= 60


@pytest.mark.parametrize("decade", range(1920, 2020, 10))
def test_every_decade_has_films(decade: int) -> None:
    assert sum(year(film) // 10 * 10 == decade for film in FILMS) >= 40


def test_there_are_films_of_many_languages() -> None:
    languages = Counter(film["original_language"] for film in FILMS)
    assert len(languages) >= 25
    assert len(FILMS) - languages["en"] >= 350


def test_no_two_films_share_a_run_of_words() -> None:
    films_with: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for film in FILMS:
        words = re.findall(r"[\w']+", film["overview"].lower())
        for start in range(len(words) - RUN_OF_WORDS + 1):
            films_with[tuple(words[start : start + RUN_OF_WORDS])].add(film["id"])
    assert {run: ids for run, ids in films_with.items() if len(ids) > 1} == {}


def test_an_actor_and_a_plot_find_the_film(service: ModelService) -> None:
    found = service.answer(Query("Tom Hanks stuck on an island")).recommendations
    assert found[0].movie.title == "Cast Away"
    assert all("Tom Hanks" in film.movie.cast for film in found)


def test_each_name_has_one_spelling() -> None:
    names = {name for film in FILMS for name in [*film["directors"], *film.get("cast", [])]}
    spellings: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in names:
        spellings[tuple(name_words(name))].add(name)
    assert [sorted(same) for same in spellings.values() if len(same) > 1] == []


def test_descriptions_by_people_find_the_film(service: ModelService) -> None:
    missed = []
    for query in QUERIES:
        found = service.answer(Query(query["query"], selection=Selection(top_k=10))).recommendations
        if query["movie_id"] not in {film.movie.movie_id for film in found}:
            missed.append(query["query"])
    assert len(QUERIES) >= 40
    assert len(missed) <= (1 - MIN_RECALL) * len(QUERIES), missed
