"""ModelService apart from ranking: health, caches, closing, errors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.encoder.text_encoder import Encoding, TextEncoder
from app.services.errors import ServiceClosedError, UnknownMovieError
from app.services.local.files.model_files import MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.queries import MovieFilter, Query, Selection, SimilarQuery, TasteQuery
from app.services.ranking.ranker import Ranker

SYNOPSIS = "A lighthouse keeper finds a message that he wrote himself."


@pytest.fixture
def own_service(models_dir: Path) -> Iterator[ModelService]:
    loaded = load_service(models_dir)
    yield loaded
    loaded.close()


def test_a_model_that_fails_is_unhealthy(own_service: ModelService, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Encoding:
        raise RuntimeError("no memory")

    monkeypatch.setattr(TextEncoder, "encode", fails)
    with pytest.raises(RuntimeError):
        own_service.answer(Query(SYNOPSIS))
    assert not own_service.is_healthy


def test_a_model_that_works_again_is_healthy(own_service: ModelService, monkeypatch: pytest.MonkeyPatch) -> None:
    test_a_model_that_fails_is_unhealthy(own_service, monkeypatch)
    monkeypatch.undo()
    own_service.answer(Query(SYNOPSIS))
    assert own_service.is_healthy


def test_the_model_is_healthy_after_a_text_that_fails(
    own_service: ModelService, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = TextEncoder.encode

    def fails_on_this_text(encoder: TextEncoder, text: str, *, alone: bool = False) -> Encoding:
        if text == SYNOPSIS:
            raise RuntimeError("odd text")
        return encode(encoder, text, alone=alone)

    monkeypatch.setattr(TextEncoder, "encode", fails_on_this_text)
    with pytest.raises(RuntimeError):
        own_service.answer(Query(SYNOPSIS))
    assert own_service.is_healthy


def test_a_closed_service_answers_nothing_and_may_be_closed_again(own_service: ModelService) -> None:
    own_service.close()
    own_service.close()
    with pytest.raises(ServiceClosedError):
        own_service.answer(Query(SYNOPSIS))


def test_every_unknown_film_is_named(service: ModelService) -> None:
    with pytest.raises(UnknownMovieError, match="999999998, 999999999"):
        service.answer(TasteQuery((999999998,), (999999999,)))


@pytest.mark.parametrize("engine", ["exact", "annoy"])
def test_filters_are_exact_with_either_engine(models_dir: Path, engine: str) -> None:
    loaded = load_service(models_dir, search_engine="annoy" if engine == "annoy" else "exact")
    only_silent = MovieFilter(year_max=1925, genres_any=("Horror",))
    films = loaded.answer(Query(SYNOPSIS, selection=Selection(top_k=50, movie_filter=only_silent))).recommendations
    expected = {
        film["tmdb_id"]
        for film in read_movie_records(models_dir / MAP_FILE).values()
        if film["year"] and int(film["year"]) <= 1925 and "Horror" in film["genres_list"]
    }
    assert {film.movie.movie_id for film in films} == expected
    assert expected
    loaded.close()


class TestAtOnce:
    def test_a_repeated_query_is_answered_from_the_cache(
        self, models_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loaded = load_service(models_dir, query_cache_size=10)
        query = Query(SYNOPSIS, genres=("Drama",), year=1990, selection=Selection(top_k=7, exclude_ids=(5, 6)))
        assert loaded.answer_cached(query) is None
        answer = loaded.answer(query)
        monkeypatch.setattr(TextEncoder, "encode", None)
        monkeypatch.setattr(Ranker, "rank", None)
        again = loaded.answer_cached(query)
        loaded.close()
        assert again is not None
        assert (again.query, again.recommendations, again.truncated) == (
            answer.query,
            answer.recommendations,
            answer.truncated,
        )
        assert again.timings.was_cached

    @pytest.mark.parametrize(
        "other",
        [
            Query(SYNOPSIS + "!"),
            Query(SYNOPSIS, year=1990),
            Query(SYNOPSIS, title="Alien"),
            Query(SYNOPSIS, keywords=("sea",)),
            Query(SYNOPSIS, genres=("Drama",)),
            Query(SYNOPSIS, selection=Selection(top_k=9)),
            Query(SYNOPSIS, selection=Selection(min_score=0.1)),
            Query(SYNOPSIS, selection=Selection(movie_filter=MovieFilter(year_min=1950))),
        ],
    )
    def test_a_different_query_is_not_answered_from_the_cache(
        self, service_that_answered: ModelService, other: Query
    ) -> None:
        assert service_that_answered.answer_cached(other) is None

    def test_an_unknown_film_is_named(self, service: ModelService) -> None:
        with pytest.raises(UnknownMovieError, match="999999999"):
            service.answer_cached(SimilarQuery(999999999))

    def test_a_cache_of_size_0_stores_no_answers(self, own_service: ModelService) -> None:
        own_service.answer(Query(SYNOPSIS))
        assert own_service.answer_cached(Query(SYNOPSIS)) is None


@pytest.fixture(scope="module")
def service_that_answered(models_dir: Path) -> Iterator[ModelService]:
    loaded = load_service(models_dir, query_cache_size=10)
    loaded.answer(Query(SYNOPSIS))
    assert loaded.answer_cached(Query(SYNOPSIS)) is not None
    yield loaded
    loaded.close()


def test_only_a_query_without_others_is_encoded_as_alone(
    own_service: ModelService, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = TextEncoder.encode
    texts: list[tuple[str, bool]] = []
    others = [Query("Two thieves plan to rob a museum at night."), Query("A pianist goes deaf.")]

    def encode_with_a_call_meanwhile(encoder: TextEncoder, text: str, *, alone: bool = False) -> Encoding:
        texts.append((text, alone))
        if text == SYNOPSIS:
            own_service.answer(others[0])
        return encode(encoder, text, alone=alone)

    monkeypatch.setattr(TextEncoder, "encode", encode_with_a_call_meanwhile)
    own_service.answer(Query(SYNOPSIS))
    own_service.answer_together(others)
    assert [alone for _, alone in texts] == [True, False, False, False]
    own_service.answer(Query("A clock runs backwards."))
    assert texts[-1][1]


def test_queries_answered_together_get_the_same_answers_as_alone(service: ModelService) -> None:
    queries = [
        Query(SYNOPSIS),
        Query("Two thieves plan to rob a museum at night.", genres=("Crime",), selection=Selection(top_k=3)),
        Query(SYNOPSIS, year=1927, selection=Selection(diversity=0.5, movie_filter=MovieFilter(year_max=1950))),
    ]
    for query, together in zip(queries, service.answer_together(queries), strict=True):
        assert together.recommendations == service.answer(query).recommendations
