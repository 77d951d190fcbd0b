"""The films like each film that a build works out are those that the service would find."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.indexing.index import neighbours
from app.indexing.index.neighbours import find_neighbours
from app.services.local.masks import MovieFilter
from app.services.model_service import ModelService, Selection

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
    loaded = ModelService.load(models_dir)
    yield loaded
    loaded.close()


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_answer_at_once_is_the_one_that_a_search_gives(service: ModelService, selection: Selection) -> None:
    at_once = 0
    for movie_id in service._movies.movie_ids[::90].tolist():
        found = service.similar(movie_id, selection)
        known = service.similar_at_once(movie_id, selection)
        if known is not None:
            at_once += 1
            assert known.recommendations == found.recommendations
    assert at_once > 0


def test_what_a_filter_leaves_too_few_of_is_searched(service: ModelService) -> None:
    rare = Selection(top_k=50, movie_filter=MovieFilter(year_max=1925))
    movie_id = int(service._movies.movie_ids[0])
    assert service.similar_at_once(movie_id, rare) is None
    assert len(service.similar(movie_id, rare).recommendations) > 10


def test_excluded_films_make_room_for_the_next(service: ModelService) -> None:
    movie_id = int(service._movies.movie_ids[0])
    first = service.similar_at_once(movie_id, Selection(top_k=4))
    assert first is not None
    ids = [each.movie.movie_id for each in first.recommendations]
    others = service.similar_at_once(movie_id, Selection(top_k=3, exclude_ids=(ids[0],)))
    assert others is not None
    assert [each.movie.movie_id for each in others.recommendations] == ids[1:]


def test_several_processes_find_the_same(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = find_neighbours(models_dir)
    monkeypatch.setattr(neighbours, "_FEW_FILMS", 0)
    together = find_neighbours(models_dir)
    assert (together.positions == alone.positions).all()
    assert (together.scores == alone.scores).all()
