"""Films by id and title, similar films, taste, genres and info, against a real server with the starter catalogue."""

from typing import Any

import httpx
import pytest

from app import __version__

METROPOLIS = 19
NOSFERATU = 653


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:  # noqa: ANN401
    response = client.get(f"/api/v1/{path}", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def post(client: httpx.Client, path: str, body: object) -> Any:  # noqa: ANN401
    response = client.post(f"/api/v1/{path}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def ids(answer: Any) -> list[int]:  # noqa: ANN401
    return [film["movie_id"] for film in answer["recommendations"]]


def test_a_film_by_id(client: httpx.Client) -> None:
    film = get(client, f"movies/{METROPOLIS}")
    assert film["movie_id"] == METROPOLIS
    assert film["title"] == "Metropolis"
    assert film["year"] == 1927
    assert film["original_language"] == "de"
    assert "Science Fiction" in film["genres"]
    assert film["overview"]
    assert film.keys() == {
        *("movie_id", "title", "overview", "year", "genres", "original_language"),
        *("vote_average", "vote_count", "poster_path", "original_title", "directors", "cast", "keywords"),
        *("runtime", "type", "imdb_id", "links"),
    }


@pytest.mark.parametrize("path", ["movies/999999999", "movies/999999999/similar"])
def test_an_unknown_film_is_not_found_and_named(client: httpx.Client, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 404
    assert "999999999" in response.json()["detail"]


@pytest.mark.parametrize("movie_id", ["abc", "-1", "1.5", "99999999999999999999"])
def test_an_id_that_is_none_is_refused(client: httpx.Client, movie_id: str) -> None:
    assert client.get(f"/api/v1/movies/{movie_id}").status_code == 422


def test_similar_films_never_hold_the_film_itself(client: httpx.Client) -> None:
    answer = get(client, f"movies/{METROPOLIS}/similar", top_k=50)
    assert answer["query"] is None
    assert answer["count"] == 50
    assert METROPOLIS not in ids(answer)


def test_similar_films_meet_filters(client: httpx.Client) -> None:
    answer = get(client, f"movies/{METROPOLIS}/similar", genres_any=["Horror"], year_max=1940, original_language="de")
    assert answer["recommendations"]
    for film in answer["recommendations"]:
        assert "Horror" in film["genres"]
        assert film["year"] <= 1940
        assert film["original_language"] == "de"


def test_films_by_title_as_typed_so_far(client: httpx.Client) -> None:
    answer = get(client, "movies", query="metrop")
    assert answer["results"][0]["movie_id"] == METROPOLIS
    assert answer["count"] == len(answer["results"])


def test_taste_leaves_out_what_was_rated(client: httpx.Client) -> None:
    answer = post(client, "recommend/taste", {"liked": [NOSFERATU], "disliked": [METROPOLIS], "top_k": 50})
    assert answer["query"] is None
    assert not {NOSFERATU, METROPOLIS} & set(ids(answer))
    assert answer["count"] == 50


def test_a_dislike_changes_the_answer(client: httpx.Client) -> None:
    liked = post(client, "recommend/taste", {"liked": [NOSFERATU], "top_k": 20})
    disliked = post(client, "recommend/taste", {"liked": [NOSFERATU], "disliked": [ids(liked)[0]], "top_k": 20})
    assert ids(liked)[1:] != ids(disliked)[:19]


def test_every_unknown_film_of_a_taste_is_named(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend/taste", json={"liked": [NOSFERATU, 999999998], "disliked": [999999999]})
    assert response.status_code == 404
    assert "999999998, 999999999" in response.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"liked": []}, {"liked": [NOSFERATU], "disliked": [NOSFERATU]}, {"liked": ["1"]}])
def test_a_taste_that_is_none_is_refused(client: httpx.Client, body: object) -> None:
    assert client.post("/api/v1/recommend/taste", json=body).status_code == 422


def test_a_batch_is_answered_in_order(client: httpx.Client) -> None:
    requests = [
        {"synopsis": f"A story about {what} and nothing else.", "top_k": 3} for what in ("war", "love", "robots")
    ]
    results = post(client, "recommend/batch", {"requests": requests})["results"]
    assert results == [post(client, "recommend", request) for request in requests]


@pytest.mark.parametrize("count", [0, 33])
def test_a_batch_holds_1_to_32_requests(client: httpx.Client, count: int) -> None:
    requests = [{"synopsis": "A story about war."}] * count
    assert client.post("/api/v1/recommend/batch", json={"requests": requests}).status_code == 422


def test_genres_come_with_their_numbers_of_films(client: httpx.Client) -> None:
    answer = get(client, "genres")
    counts = [genre["films"] for genre in answer["results"]]
    assert counts == sorted(counts, reverse=True)
    assert {"Drama", "Comedy", "Western"} <= {genre["name"] for genre in answer["results"]}
    assert answer["count"] == len(answer["results"])


def test_info_describes_what_is_in_use(real_client: httpx.Client) -> None:
    info = get(real_client, "info")
    assert info["model_id"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert info["dimension"] == 384
    assert info["films"] > 100
    assert info["search_engine"] in {"exact", "annoy"}
    assert info["age_days"] == 0
    assert info["types"] == ["movie"]
    assert any("English" in warning for warning in info["warnings"])


@pytest.mark.parametrize("path", ["movies/19", "movies/19/similar", "movies?query=metro", "genres"])
def test_what_a_caller_has_already_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(f"/api/v1/{path}")
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert __version__ in first.headers["etag"]  # another version may answer differently
    strong = first.headers["etag"].removeprefix("W/")
    for known in (strong, f'"another", {strong}', "*"):
        assert client.get(f"/api/v1/{path}", headers={"If-None-Match": known}).status_code == 304
    other = client.get(f"/api/v1/{path}", headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["movies/999999999", "movies/999999999/similar"])
def test_nobody_has_a_film_that_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}", headers={"If-None-Match": "*"}).status_code == 404


def taste(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/api/v1/recommend/taste", json={"top_k": 20, **body})


def test_five_stars_count_as_a_like(client: httpx.Client) -> None:
    rated = taste(client, rated=[{"movie_id": NOSFERATU, "rating": 5}, {"movie_id": METROPOLIS, "rating": 0.5}])
    assert rated.json() == taste(client, liked=[NOSFERATU], disliked=[METROPOLIS]).json()


def test_more_stars_count_more(client: httpx.Client) -> None:
    def shares(stars: dict[int, float]) -> int:
        rated = [{"movie_id": movie_id, "rating": rating} for movie_id, rating in stars.items()]
        like_nosferatu = set(ids(taste(client, liked=[NOSFERATU]).json()))
        return len(like_nosferatu & set(ids(taste(client, rated=rated).json())))

    assert shares({NOSFERATU: 5, METROPOLIS: 3.5}) > shares({NOSFERATU: 3.5, METROPOLIS: 5})


def test_a_thousand_ratings_are_answered_and_never_recommended(client: httpx.Client) -> None:
    everything = client.get("/api/v1/movies/random?limit=50").json()["results"]
    seen = [film["movie_id"] for film in everything] + [
        film["movie_id"] for _ in range(60) for film in client.get("/api/v1/movies/random?limit=50").json()["results"]
    ]
    rated = [{"movie_id": movie_id, "rating": 0.5 + movie_id % 10 / 2} for movie_id in dict.fromkeys(seen)][:1000]
    assert len(rated) == 1000
    answer = taste(client, rated=rated, top_k=50).json()
    assert answer["count"] == 50
    assert not set(ids(answer)) & {film["movie_id"] for film in rated}


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ({}, ["body", "liked"], "send a film here"),
        ({"rated": [{"movie_id": 19, "rating": 2}]}, ["body", "liked"], "send a film here"),
        ({"rated": [{"movie_id": 19, "rating": 6}]}, ["body", "rated", 0, "rating"], "less than or equal to 5"),
        ({"rated": [{"movie_id": 19, "stars": 4}]}, ["body", "rated", 0, "stars"], "did you mean"),
        ({"rated": [{"movie_id": 19}]}, ["body", "rated", 0, "rating"], "required"),
        ({"rated": [{"movie_id": 19, "rating": 4}] * 2}, ["body"], "rated more than once: 19"),
        ({"liked": [19], "rated": [{"movie_id": 19, "rating": 4}]}, ["body"], "both liked and rated: 19"),
    ],
)
def test_ratings_that_cannot_be_used_are_refused(
    client: httpx.Client, body: dict[str, Any], place: list[object], message: str
) -> None:
    response = taste(client, **body)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == place
    assert message in problem["msg"]


def test_an_unknown_rated_film_is_named(client: httpx.Client) -> None:
    rated = [{"movie_id": NOSFERATU, "rating": 5}, {"movie_id": 999999999, "rating": 3}]
    response = taste(client, rated=rated)
    assert response.status_code == 404
    assert "999999999" in response.json()["detail"]
