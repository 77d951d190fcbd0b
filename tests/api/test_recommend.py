"""POST /api/v1/recommend against a real server."""

from typing import Any

import httpx
import pytest

from app.api.schemas.responses import RecommendResponse

SYNOPSIS = "A banker sentenced to life in prison for a murder he did not commit befriends a fellow inmate over decades."


def recommend(client: httpx.Client, **body: Any) -> Any:  # noqa: ANN401
    response = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})
    assert response.status_code == 200, response.text
    return response.json()


def test_the_answer_has_the_shape_of_the_contract(client: httpx.Client) -> None:
    answer = recommend(client)
    assert answer["query"] == SYNOPSIS
    assert answer["count"] == len(answer["recommendations"]) == 10
    assert answer["truncated"] is False
    for film in answer["recommendations"]:
        assert {"movie_id", "similarity_score", "title", "overview", "year", "genres", "poster_path"} <= film.keys()
        assert isinstance(film["movie_id"], int)
        assert isinstance(film["genres"], list)


@pytest.mark.parametrize(
    "context", [{}, {"genre": "Horror", "title": 'A "quoted" title \\ and more'}, {"min_score": 1.0}, {"explain": True}]
)
def test_the_answer_is_what_the_schema_would_write(client: httpx.Client, context: dict[str, Any]) -> None:
    answer = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **context}).text
    assert RecommendResponse.model_validate_json(answer).model_dump_json(exclude_unset=True) == answer


def test_films_come_best_first_with_scores_between_0_and_1(client: httpx.Client) -> None:
    scores = [film["similarity_score"] for film in recommend(client, top_k=50)["recommendations"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_no_film_comes_twice(client: httpx.Client) -> None:
    ids = [film["movie_id"] for film in recommend(client, top_k=50)["recommendations"]]
    assert len(ids) == len(set(ids)) == 50


@pytest.mark.parametrize("genre", ["Horror, Mystery", ["Horror", "Mystery"]])
def test_the_query_is_the_filled_template_where_context_is_given(client: httpx.Client, genre: object) -> None:
    answer = recommend(client, genre=genre, year=2018, title="Hereditary")
    assert answer["query"] == f"Genre: Horror, Mystery. Year: 2018. Title: Hereditary. Overview: {SYNOPSIS}"


def test_blank_context_is_no_context(client: httpx.Client) -> None:
    assert recommend(client, genre="", title=" ", keywords=[])["query"] == SYNOPSIS


def test_the_synopsis_is_trimmed(client: httpx.Client) -> None:
    assert recommend(client, synopsis=f"  {SYNOPSIS}\n")["query"] == SYNOPSIS


def test_the_same_question_gets_the_same_answer(client: httpx.Client) -> None:
    assert recommend(client) == recommend(client)


def test_excluded_films_make_room_for_others(client: httpx.Client) -> None:
    first = [film["movie_id"] for film in recommend(client)["recommendations"]]
    others = [film["movie_id"] for film in recommend(client, exclude_ids=first)["recommendations"]]
    assert len(others) == 10
    assert not set(first) & set(others)


def test_filters_are_met_by_every_film(client: httpx.Client) -> None:
    films = recommend(
        client,
        top_k=20,
        filters={"genres_any": ["Drama"], "genres_none": ["Crime"], "year_min": 1950, "year_max": 2000},
    )["recommendations"]
    assert len(films) == 20
    for film in films:
        assert "Drama" in film["genres"]
        assert "Crime" not in film["genres"]
        assert 1950 <= film["year"] <= 2000


def test_films_below_the_least_score_are_left_out(client: httpx.Client) -> None:
    everything = recommend(client, top_k=50)["recommendations"]
    bound = everything[5]["similarity_score"]
    kept = recommend(client, top_k=50, min_score=bound)["recommendations"]
    assert [film["movie_id"] for film in kept] == [
        film["movie_id"] for film in everything if film["similarity_score"] >= bound
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "synopsis"),
        ({"synopsis": None}, "synopsis"),
        ({"synopsis": "too short"}, "synopsis"),
        ({"synopsis": " " * 100}, "synopsis"),
        ({"synopsis": "x" * 5001}, "synopsis"),
        ({"synopsis": SYNOPSIS, "top_k": 0}, "top_k"),
        ({"synopsis": SYNOPSIS, "top_k": 51}, "top_k"),
        ({"synopsis": SYNOPSIS, "top_k": "5"}, "top_k"),
        ({"synopsis": SYNOPSIS, "top_k": True}, "top_k"),
        ({"synopsis": SYNOPSIS, "year": 1887}, "year"),
        ({"synopsis": SYNOPSIS, "year": 2101}, "year"),
        ({"synopsis": SYNOPSIS, "title": "t" * 201}, "title"),
        ({"synopsis": SYNOPSIS, "genre": 7}, "genre"),
        ({"synopsis": SYNOPSIS, "min_score": 1.5}, "min_score"),
        ({"synopsis": SYNOPSIS, "diversity": -0.1}, "diversity"),
        ({"synopsis": SYNOPSIS, "filters": {"year_min": 2000, "year_max": 1990}}, "filters"),
    ],
)
def test_a_bad_body_is_refused_naming_the_field(client: httpx.Client, body: dict[str, Any], field: str) -> None:
    response = client.post("/api/v1/recommend", json=body)
    assert response.status_code == 422
    assert any(field in problem["loc"] and problem["msg"] for problem in response.json()["detail"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(client: httpx.Client, body: bytes) -> None:
    response = client.post("/api/v1/recommend", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.json()["detail"]


def test_browsers_of_any_origin_may_call_without_credentials(client: httpx.Client) -> None:
    response = client.post(
        "/api/v1/recommend", json={"synopsis": SYNOPSIS}, headers={"Origin": "https://films.example"}
    )
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers
