"""ModelService: what is asked of it beyond ranking."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.errors import ServiceClosedError, UnknownMovieError
from app.services.model_service import ModelService, Query, Selection
from app.services.movie_filter import MovieFilter
from app.services.text_encoder import Encoding, TextEncoder

SYNOPSIS = "A lighthouse keeper finds a message that he wrote himself."


@pytest.fixture
def own_service(models_dir: Path) -> Iterator[ModelService]:
    loaded = ModelService.load(models_dir)
    yield loaded
    loaded.close()


def test_a_model_that_fails_is_unhealthy(own_service: ModelService, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Encoding:
        raise RuntimeError("no memory")

    monkeypatch.setattr(TextEncoder, "encode", fails)
    with pytest.raises(RuntimeError):
        own_service.recommend(Query(SYNOPSIS))
    assert not own_service.is_healthy


def test_a_text_that_fails_leaves_the_model_healthy(own_service: ModelService, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = TextEncoder.encode

    def fails_on_this_text(encoder: TextEncoder, text: str, *, alone: bool = False) -> Encoding:
        if text == SYNOPSIS:
            raise RuntimeError("odd text")
        return encode(encoder, text, alone=alone)

    monkeypatch.setattr(TextEncoder, "encode", fails_on_this_text)
    with pytest.raises(RuntimeError):
        own_service.recommend(Query(SYNOPSIS))
    assert own_service.is_healthy


def test_a_closed_service_answers_nothing_and_may_be_closed_again(own_service: ModelService) -> None:
    own_service.close()
    own_service.close()
    with pytest.raises(ServiceClosedError):
        own_service.recommend(Query(SYNOPSIS))


def test_every_unknown_film_is_named(service: ModelService) -> None:
    with pytest.raises(UnknownMovieError, match="999999998, 999999999"):
        service.taste([999999998], [999999999], Selection())


@pytest.mark.parametrize("engine", ["exact", "annoy"])
def test_filters_lose_nothing_with_either_engine(models_dir: Path, engine: str) -> None:
    loaded = ModelService.load(models_dir, search_engine="annoy" if engine == "annoy" else "exact")
    only_silent = MovieFilter(year_max=1925, genres_any=("Horror",))
    films = loaded.recommend(Query(SYNOPSIS, selection=Selection(top_k=50, movie_filter=only_silent))).recommendations
    expected = {
        record.movie_id
        for record in map(loaded._movies.record, range(loaded.films))
        if record.year is not None and record.year <= 1925 and "Horror" in record.genres
    }
    assert {film.movie.movie_id for film in films} == expected
    assert expected
    loaded.close()
