"""Measurement of requests as people type them, and the figure that the starter catalogue must reach."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.measure.requests import Constraints, measure_requests, read_requests
from app.services.local.files.model_files import MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.map_fields import films_of_map
from app.services.model_service import ModelService
from app.services.movie_record import MovieRecord

REQUESTS = Path(__file__).parents[2] / "data" / "requests.jsonl"
MIN_SHARE = 0.92
FILM = MovieRecord(
    movie_id=1,
    title="The Trap",
    overview="A thief and a nun meet on a train.",
    year=1964,
    genres=("Comedy", "Crime"),
    original_language="fr",
    vote_average=None,
    vote_count=None,
    poster_path=None,
    directors=("Agnès Varda",),
    keywords=("heist",),
)


@pytest.mark.parametrize(
    ("fields", "is_met"),
    [
        ({"genres": [["Comedy", "Satire"], ["Crime"]]}, True),
        ({"genres": [["Comedy"], ["Drama"]]}, False),
        ({"not_genres": ["Horror"]}, True),
        ({"not_genres": ["Crime"]}, False),
        ({"years": [1960, 1964]}, True),
        ({"years": [1965, 1969]}, False),
        ({"languages": ["fr", "it"]}, True),
        ({"languages": ["en"]}, False),
        ({"director": "Agnès Varda"}, True),
        ({"director": "Varda"}, False),
        ({"theme": ["Heist"]}, True),
        ({"theme": ["rain"]}, False),
        ({"like": {"movie_id": 2}}, True),
        ({"like": {"movie_id": 1}}, False),
        ({"genres": [["Comedy"]], "years": [1970, 1979]}, False),
    ],
)
def test_a_film_meets_constraints(fields: dict[str, object], is_met: bool) -> None:
    assert Constraints.of(fields).are_met_by(FILM) == is_met


def test_a_film_without_a_year_meets_no_years() -> None:
    assert not Constraints.of({"years": [1, 2000]}).are_met_by(replace(FILM, year=None))


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"query": "x"}', '{"query": "x", "constraints": {"genre": []}}', '{"query": "x", "constraints": []}'],
)
def test_an_invalid_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text('{"query": "x", "constraints": {}}\n\n' + line, encoding="utf-8")
    with pytest.raises(IndexingError, match="line 3"):
        read_requests(path)


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_a_file_without_requests_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "requests.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexingError, match=r"requests\.jsonl"):
        read_requests(path)


def test_requests_are_met_in_the_starter_catalogue(service: ModelService, models_dir: Path) -> None:
    films = {film.movie_id: film for film in films_of_map(read_movie_records(models_dir / MAP_FILE))}
    figures = measure_requests(service, read_requests(REQUESTS), films)
    assert figures.requests > 200
    assert figures.overall.mean >= MIN_SHARE, figures.by_style
    assert figures.by_style["trap"] == 1


def test_requests_that_no_film_can_meet_are_refused(service: ModelService, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(json.dumps({"query": "x", "constraints": {"director": "Nobody"}}), encoding="utf-8")
    with pytest.raises(IndexingError, match="meets any"):
        measure_requests(service, read_requests(path), {1: FILM})
