"""Variants of requests: they are read if their meaning is certain, otherwise refused with the nearest known name."""

from typing import Any

import httpx
import pytest

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
SIMILAR = "/api/v1/movies/19/similar"


def recommend(client: httpx.Client, **body: Any) -> httpx.Response:  # noqa: ANN401
    return client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})


def test_null_means_omitted(client: httpx.Client) -> None:
    fields = ["top_k", "filters", "exclude_ids", "min_score", "diversity", "title", "genre", "year", "keywords"]
    filters = ["genres_any", "genres_none", "year_min", "year_max", "original_language", "min_vote_count"]
    expected = recommend(client).json()
    assert recommend(client, **dict.fromkeys(fields)).json() == expected
    assert recommend(client, filters=dict.fromkeys(filters)).json() == expected


def test_null_means_omitted_in_a_taste_and_a_batch(client: httpx.Client) -> None:
    taste = {"liked": [19], "disliked": None, "top_k": None, "filters": {"genres_any": None}}
    assert client.post("/api/v1/recommend/taste", json=taste).json()["count"] == 10
    batch = {"requests": [{"synopsis": SYNOPSIS, "top_k": None, "keywords": None}]}
    assert client.post("/api/v1/recommend/batch", json=batch).json()["results"] == [recommend(client).json()]


@pytest.mark.parametrize("body", [{"synopsis": None}, {}])
def test_a_required_field_is_required_even_as_null(client: httpx.Client, body: object) -> None:
    (problem,) = client.post("/api/v1/recommend", json=body).json()["detail"]
    assert problem["loc"] == ["body", "synopsis"]
    assert problem["msg"] == "Field required"


@pytest.mark.parametrize(
    ("body", "place", "suggestion"),
    [
        ({"filters": {"genres": ["Horror"]}}, ["filters", "genres"], '"genres_any"'),
        ({"filters": {"genre": "Horror"}}, ["filters", "genre"], '"genres_any"'),
        ({"filters": {"genresNone": ["Horror"]}}, ["filters", "genresNone"], '"genres_none"'),
        ({"filters": {"yearMin": 1990}}, ["filters", "yearMin"], '"year_min"'),
        ({"filters": {"max_year": 1990}}, ["filters", "max_year"], '"year_max"'),
        ({"filters": {"language": "fr"}}, ["filters", "language"], '"original_language"'),
        ({"topK": 5}, ["topK"], '"top_k"'),
        ({"top-k": 5}, ["top-k"], '"top_k"'),
        ({"limit": 5}, ["limit"], '"top_k"'),
        ({"excludeIds": [19]}, ["excludeIds"], '"exclude_ids"'),
        ({"genres": ["Horror"]}, ["genres"], '"genre"'),
        ({"year_min": 1990}, ["year_min"], '"year_min" inside "filters"'),
        ({"genres_any": ["Horror"]}, ["genres_any"], '"genres_any" inside "filters"'),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_known_one(
    client: httpx.Client, body: dict[str, Any], place: list[str], suggestion: str
) -> None:
    response = recommend(client, **body)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["body", *place]
    assert problem["msg"] == f'Unknown field "{place[-1]}"; did you mean {suggestion}?'


def test_an_unknown_field_like_none_is_answered_with_all_that_there_are(client: httpx.Client) -> None:
    (problem,) = recommend(client, xyz=1).json()["detail"]
    assert problem["loc"] == ["body", "xyz"]
    assert "synopsis" in problem["msg"] and "top_k" in problem["msg"]


def test_unknown_fields_are_named_in_every_body(client: httpx.Client) -> None:
    taste = client.post("/api/v1/recommend/taste", json={"liked": [19], "dislike": [653]}).json()["detail"]
    assert [problem["msg"] for problem in taste] == ['Unknown field "dislike"; did you mean "disliked"?']
    batch = client.post("/api/v1/recommend/batch", json={"requests": [{"synopsis": SYNOPSIS, "topK": 1}], "top_k": 1})
    assert batch.json()["detail"][0]["loc"] == ["body", "top_k"]
    batch = client.post("/api/v1/recommend/batch", json={"requests": [{"synopsis": SYNOPSIS, "topK": 1}]})
    assert batch.json()["detail"][0]["loc"] == ["body", "requests", 0, "topK"]


@pytest.mark.parametrize(
    ("url", "name", "suggestion"),
    [
        (f"{SIMILAR}?genres=Horror", "genres", "genres_any"),
        (f"{SIMILAR}?yearMin=1990", "yearMin", "year_min"),
        (f"{SIMILAR}?topK=5", "topK", "top_k"),
        ("/api/v1/movies?query=metro&top_k=5", "top_k", "limit"),
        ("/api/v1/movies?q=metro", "q", "query"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest_known_one(
    client: httpx.Client, url: str, name: str, suggestion: str
) -> None:
    response = client.get(url)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["query", name]
    assert problem["msg"] == f'Unknown query parameter "{name}"; did you mean "{suggestion}"?'


@pytest.mark.parametrize("path", ["/api/v1/genres?limit=3", "/api/v1/movies/19?top_k=3", "/api/v1/info?x=1"])
def test_calls_without_parameters_refuse_every_one(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 422
    assert "this call has none" in response.json()["detail"][0]["msg"]


def test_a_field_of_the_body_in_the_query_string_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend?top_k=3", json={"synopsis": SYNOPSIS})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["query", "top_k"]


@pytest.mark.parametrize(
    "query",
    [
        "genres_any=Horror&genres_any=Thriller",
        "genres_any[]=Horror&genres_any[]=Thriller",
        "genres_any[0]=Horror&genres_any[1]=Thriller",
        "genres_any=Horror,Thriller",
        "genres_any=Horror, Thriller,",
        "genres_any%5B%5D=Horror%2CThriller&genres_any=",
    ],
)
def test_lists_are_read_in_every_usual_notation(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{SIMILAR}?top_k=50&{query}").json()
    assert answer == client.get(SIMILAR, params={"top_k": 50, "genres_any": ["Horror", "Thriller"]}).json()
    assert all({"Horror", "Thriller"} & set(film["genres"]) for film in answer["recommendations"])


def test_the_comma_before_jr_is_part_of_a_name(client: httpx.Client) -> None:
    names = ["Sammy Davis, Jr.", "Nobody, At All", "King, III"]
    expected = ['No film in the catalogue has the director "Sammy Davis, Jr.".']
    expected += [f'No film in the catalogue has the director "{name}".' for name in ("Nobody", "At All", "King, III")]

    assert recommend(client, filters={"directors_any": names}).json()["warnings"] == expected
    assert client.get(SIMILAR, params={"directors_any": names}).json()["warnings"] == expected
    assert client.get(SIMILAR, params={"directors_any": ", ".join(names)}).json()["warnings"] == expected


def test_ids_may_be_joined_by_commas(client: httpx.Client) -> None:
    answer = client.get(f"{SIMILAR}?exclude_ids=653,9606&top_k=50").json()
    assert not {653, 9606} & {film["movie_id"] for film in answer["recommendations"]}


def test_empty_parameters_are_omitted(client: httpx.Client) -> None:
    empty = "top_k=&genres_any=&genres_none=&year_min=&year_max=&original_language=&min_vote_count=&exclude_ids="
    assert client.get(f"{SIMILAR}?{empty}&min_score=&diversity=").json() == client.get(SIMILAR).json()
    assert client.get("/api/v1/movies?query=metro&limit=").status_code == 200
    assert client.get("/api/v1/movies?query=").json() == client.get("/api/v1/movies").json()
    assert client.get("/api/v1/movies?query=&ids=19").status_code == 200


def test_a_parameter_with_two_values_is_refused(client: httpx.Client) -> None:
    (problem,) = client.get(f"{SIMILAR}?top_k=5&top_k=7").json()["detail"]
    assert problem["loc"] == ["query", "top_k"]
    assert client.get(f"{SIMILAR}?top_k=5&top_k=5").json()["count"] == 5


def test_a_film_liked_and_disliked_is_named(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend/taste", json={"liked": [19, 653], "disliked": [653]})
    assert response.status_code == 422
    assert response.json()["detail"][0]["msg"] == "both liked and disliked: 653; keep each in one list"


GETS = ["/", "/health", "/docs", "/openapi.json", "/metrics", "/api/v1/info", "/api/v1/genres", "/api/v1/movies/19"]
MORE_GETS = [SIMILAR, "/api/v1/movies?query=metro", "/demo", "/favicon.svg"]


@pytest.mark.parametrize("path", [*GETS, *MORE_GETS])
def test_head_is_answered_wherever_get_is(client: httpx.Client, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


def test_head_of_what_can_only_be_posted_is_not_allowed(client: httpx.Client) -> None:
    assert client.head("/api/v1/recommend").status_code == 405
    assert client.head("/api/v1/movies/999999999").status_code == 404


@pytest.mark.parametrize("path", GETS[1:2] + GETS[4:])
def test_a_trailing_slash_is_answered(client: httpx.Client, path: str) -> None:
    headers = {"X-Forwarded-Proto": "https", "Host": "films.example"}
    response = client.get(f"{path}/", headers=headers, follow_redirects=False)
    assert response.status_code == 200
    assert "location" not in response.headers


def test_a_trailing_slash_of_a_post_is_answered(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend/", json={"synopsis": SYNOPSIS}, follow_redirects=False)
    assert response.json() == recommend(client).json()


WORD_PROCESSOR = (
    '<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--><p class="MsoNormal" style="margin:0">'
    '<span lang="EN-US" style="font:&quot;Calibri&quot;">A light\u00adhouse&nbsp;keeper finds a <b>message</b> in a '
    "bottle that was written by him&shy;self.<o:p></o:p></span></p>"
)


def test_markup_is_removed_before_anything_else(client: httpx.Client) -> None:
    assert recommend(client, synopsis=WORD_PROCESSOR).json() == recommend(client).json()
    context = {"title": "<i>The Keeper</i>", "keywords": ["<b>sea</b>"], "genre": ["<i>Drama</i>"]}
    answer = recommend(client, synopsis=WORD_PROCESSOR, **context).json()
    assert answer == recommend(client, title="The Keeper", keywords=["sea"], genre="Drama").json()


def test_the_length_of_a_synopsis_is_its_length_without_markup(client: httpx.Client) -> None:
    assert recommend(client, synopsis="<p></p>" * 2000 + SYNOPSIS).json() == recommend(client).json()
    (problem,) = recommend(client, synopsis="<p><b>Short</b></p>").json()["detail"]
    assert (problem["loc"], problem["type"]) == (["body", "synopsis"], "string_too_short")
