"""The Python client: its types follow the OpenAPI document, it retries, and it gets the answers of a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import httpx
import pytest

from app.client import Recommender, RecommenderError, types
from tests.running_server import ROOT, RunningServer

SYNOPSIS = "Two strangers meet on a train and talk through the night."
ANSWER = {"query": SYNOPSIS, "recommendations": [], "count": 0, "total": 0, "has_close_match": False}


@pytest.fixture(scope="module")
def recommender(server: RunningServer) -> Iterator[Recommender]:
    with Recommender(server.url) as opened:
        yield opened


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client would have waited, in order."""
    waited: list[float] = []
    monkeypatch.setattr("app.client.recommender.time.sleep", waited.append)
    return waited


def answering(*responses: httpx.Response | Exception) -> tuple[Recommender, list[httpx.Request]]:
    """A client of a service that gives these responses in order, and the requests that it receives."""
    requests: list[httpx.Request] = []
    remaining = iter(responses)

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        response = next(remaining)
        if isinstance(response, Exception):
            raise response
        return response

    return Recommender("http://service", api_key="secret", transport=httpx.MockTransport(handle)), requests


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("Links", types.Links),
        ("Movie", types.Film),
        ("Why", types.Why),
        ("Recommendation", types.Recommendation),
        ("RatedFilm", types.RatedFilm),
        ("RecommendResponse", types.Answer),
        ("SearchResponse", types.SearchAnswer),
        ("UnderstoodResponse", types.Understood),
        ("Person", types.Person),
        ("Genre", types.Genre),
        ("Language", types.Language),
        ("RecommendRequest", types.RecommendRequest),
    ],
)
def test_types_have_the_fields_of_the_document(schema: str, kind: type) -> None:
    document = json.loads((ROOT / "tests/api/openapi.json").read_text("utf-8"))
    assert set(get_type_hints(kind)) == set(document["components"]["schemas"][schema]["properties"])


def test_searches_for_anything(recommender: Recommender) -> None:
    answer = recommender.search("metropolis", top_k=3, filters={"year_max": 1950})
    assert {"Metropolis"} == {film["title"] for film in answer["titles"]}
    assert all(film["year"] is not None and film["year"] <= 1950 for film in answer["recommendations"])
    assert recommender.search("by Fritz Lang")["understood"] is not None


def test_finds_people_and_their_films(recommender: Recommender) -> None:
    person = recommender.find_people("fritz lan")[0]
    assert person["name"] == "Fritz Lang"
    films = recommender.films_of(person["name"])
    assert len(films) == person["films"]
    assert all("Fritz Lang" in film["directors"] for film in films)


def test_recommends(recommender: Recommender) -> None:
    answer = recommender.recommend(SYNOPSIS, top_k=2, filters={"genres_any": ["Romance"]})
    assert [film["title"] for film in answer["recommendations"]] == ["Before Sunrise", "Before Sunset"]
    assert answer["query"] == SYNOPSIS


def test_a_batch_gives_the_answers_of_its_requests(recommender: Recommender) -> None:
    requests: list[types.RecommendRequest] = [
        {"synopsis": SYNOPSIS, "top_k": 2},
        {"synopsis": "A shark and a police chief."},
    ]
    assert recommender.recommend_batch(requests) == [
        recommender.recommend(SYNOPSIS, top_k=2),
        recommender.recommend("A shark and a police chief."),
    ]


def test_finds_a_film_by_title_and_films_like_it(recommender: Recommender) -> None:
    film = recommender.find_titles("metrop")[0]
    assert recommender.film(film["movie_id"])["title"] == "Metropolis"
    similar = recommender.similar(film["movie_id"], top_k=3, filters={"year_max": 1990})
    assert len(similar["recommendations"]) == 3
    assert all(each["year"] is not None and each["year"] <= 1990 for each in similar["recommendations"])


def test_taste_excludes_what_was_rated(recommender: Recommender) -> None:
    answer = recommender.taste([19], [9606], [{"movie_id": 653, "rating": 4.5}], top_k=3)
    assert not {19, 653, 9606} & {film["movie_id"] for film in answer["recommendations"]}


def test_films_by_id_and_at_random(recommender: Recommender) -> None:
    assert [film["movie_id"] for film in recommender.films([9606, 999_999_999, 19])] == [9606, 19]
    films = recommender.random_films(3, {"genres_any": ["Horror"]})
    assert len(films) == 3
    assert all("Horror" in film["genres"] for film in films)


def test_genres_languages_and_info(recommender: Recommender) -> None:
    assert {"Drama", "Comedy"} <= {genre["name"] for genre in recommender.genres()}
    assert {"en", "fr"} <= {language["code"] for language in recommender.languages()}
    assert recommender.info()["films"] > 2000


@pytest.mark.parametrize(
    ("call", "status", "part"),
    [
        (lambda recommender: recommender.film(999_999_999), 404, "999999999"),
        (lambda recommender: recommender.recommend("short"), 422, "synopsis: "),
    ],
)
def test_errors_have_the_message_of_the_service(
    recommender: Recommender, call: Callable[[Recommender], Any], status: int, part: str
) -> None:
    with pytest.raises(RecommenderError) as raised:
        call(recommender)
    assert raised.value.status == status
    assert part in str(raised.value)


@pytest.mark.parametrize("status", [429, 503])
def test_waits_as_long_as_the_service_asks(status: int, waits: list[float]) -> None:
    recommender, requests = answering(
        httpx.Response(status, headers={"Retry-After": "7"}), httpx.Response(200, json=ANSWER)
    )
    assert recommender.recommend(SYNOPSIS) == ANSWER
    assert waits == [7.0]
    assert requests[0].content == requests[1].content


def test_backs_off_until_the_service_can_be_reached(waits: list[float]) -> None:
    unreachable = httpx.ConnectError("refused")
    recommender, _ = answering(unreachable, unreachable, httpx.Response(503), httpx.Response(200, json=ANSWER))
    assert recommender.recommend(SYNOPSIS) == ANSWER
    assert waits == [0.5, 1.0, 2.0]


def test_gives_up_after_the_last_retry(waits: list[float]) -> None:
    refused = httpx.Response(503, json={"detail": "Too many requests are waiting"})
    recommender, requests = answering(*[refused] * 4)
    with pytest.raises(RecommenderError, match="503: Too many requests are waiting"):
        recommender.recommend(SYNOPSIS)
    assert len(requests) == 4
    assert len(waits) == 3


def test_does_not_wait_for_an_hour(waits: list[float]) -> None:
    recommender, _ = answering(httpx.Response(429, headers={"Retry-After": "3600"}, json={"detail": "Rate limit"}))
    with pytest.raises(RecommenderError, match="429: Rate limit"):
        recommender.recommend(SYNOPSIS)
    assert waits == []


def test_other_errors_are_not_retried(waits: list[float]) -> None:
    recommender, requests = answering(httpx.Response(502, text="<html>Bad gateway</html>"))
    with pytest.raises(RecommenderError, match="502: <html>Bad gateway"):
        recommender.info()
    assert len(requests) == 1


def test_sends_the_key() -> None:
    recommender, requests = answering(httpx.Response(200, json=ANSWER))
    recommender.recommend(SYNOPSIS)
    assert requests[0].headers["X-API-Key"] == "secret"
