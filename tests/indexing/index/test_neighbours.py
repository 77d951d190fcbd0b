"""Stored neighbours, which must be the films that a search would find."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.indexing.index import neighbours
from app.indexing.index.neighbours import find_neighbours
from app.services.encoder.model_spec import ModelSpec
from app.services.local.files.model_files import MANIFEST_FILE, MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.queries import MovieFilter, Selection, SimilarQuery
from app.services.ranking.weights import RANKING_VERSION

SELECTIONS = (
    Selection(),
    Selection(top_k=50),
    Selection(top_k=1),
    Selection(min_score=0.35),
    Selection(top_k=8, diversity=0.5),
    Selection(top_k=5, movie_filter=MovieFilter(genres_any=("Drama", "Comedy"))),
    Selection(top_k=20, movie_filter=MovieFilter(year_min=1990)),
)


@pytest.fixture(scope="module")
def service(models_dir: Path) -> Iterator[ModelService]:
    loaded = load_service(models_dir)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def movie_ids(models_dir: Path) -> list[int]:
    return [int(film["tmdb_id"]) for film in read_movie_records(models_dir / MAP_FILE).values()]


@pytest.fixture(scope="module")
def searching_service(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelService]:
    """A service with the same films whose manifest has another ranking version, so that it reads no neighbours."""
    copy = Path(shutil.copytree(models_dir, tmp_path_factory.mktemp("searching") / "models"))
    manifest = copy / MANIFEST_FILE
    manifest.write_text(manifest.read_text().replace(f'"ranking_version": {RANKING_VERSION}', '"ranking_version": 999'))
    loaded = load_service(copy)
    yield loaded
    loaded.close()


@pytest.mark.parametrize("selection", SELECTIONS)
def test_stored_neighbours_are_what_a_search_gives(
    service: ModelService, searching_service: ModelService, movie_ids: list[int], selection: Selection
) -> None:
    stored = 0
    for movie_id in movie_ids[::90]:
        question = SimilarQuery(movie_id, selection)
        known = service.answer_cached(question)
        if known is not None:
            stored += 1
            assert known.recommendations == searching_service.answer(question).recommendations
    assert stored > 0


def test_neighbours_of_another_ranking_version_are_not_read(
    searching_service: ModelService, movie_ids: list[int]
) -> None:
    assert searching_service.answer_cached(SimilarQuery(movie_ids[0])) is None


def test_a_filter_that_leaves_too_few_neighbours_makes_a_search(service: ModelService, movie_ids: list[int]) -> None:
    rare = SimilarQuery(movie_ids[0], Selection(top_k=50, movie_filter=MovieFilter(year_max=1925)))
    assert service.answer_cached(rare) is None
    assert len(service.answer(rare).recommendations) > 10


def test_excluded_films_make_room_for_the_next(service: ModelService, movie_ids: list[int]) -> None:
    movie_id = movie_ids[0]
    first = service.answer_cached(SimilarQuery(movie_id, Selection(top_k=4)))
    assert first is not None
    ids = [each.movie.movie_id for each in first.recommendations]
    others = service.answer_cached(SimilarQuery(movie_id, Selection(top_k=3, exclude_ids=(ids[0],))))
    assert others is not None
    assert [each.movie.movie_id for each in others.recommendations] == ids[1:]


def test_several_processes_find_the_same(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = find_neighbours(models_dir, ModelSpec().dimension)
    monkeypatch.setattr(neighbours, "_FEW_FILMS", 0)
    together = find_neighbours(models_dir, ModelSpec().dimension)
    assert (together.positions == alone.positions).all()
    assert (together.scores == alone.scores).all()
