"""Invalid and hostile requests: the answer is correct or a 4xx that says what to change, never a 500."""

import gzip
import json
import socket

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.model_service import ModelService
from app.services.queries import Query, Selection
from tests.running_server import RunningServer

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."


def with_field(text: str) -> bytes:
    """A valid request with one more field in raw JSON."""
    return f'{{"synopsis": "{SYNOPSIS}", {text}}}'.encode()


def synopsis(text: str) -> bytes:
    return json.dumps({"synopsis": text}).encode()


DEEP = {
    "lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"synopsis":' * 50_000 + b"1" + b"}" * 50_000,
}
UNREADABLE = {
    "a number of 5000 digits": with_field('"top_k": 1' + "0" * 5000),
    "Latin-1": '{"synopsis": "café au lait"}'.encode("latin-1"),
    "bytes that are no text": b'{"synopsis": "\xff\xfe aaaaaaaaaaaaaaa"}',
    "a gzip header": b"\x1f\x8b",
}
INVALID = {
    "nothing": b"",
    "cut off": b'{"synopsis": "A light',
    "null": b"null",
    "a list": b"[]",
    "NaN": with_field('"min_score": NaN'),
    "Infinity": with_field('"diversity": Infinity'),
    "1e999": with_field('"diversity": 1e999'),
    "a number as text": with_field('"top_k": "5"'),
    "half a film": with_field('"top_k": 1.5'),
    "true as a number": with_field('"top_k": true'),
    "a number of 400 digits": with_field('"top_k": 1' + "0" * 400),
    "an id of 400 digits": with_field('"exclude_ids": [1' + "0" * 400 + "]"),
    "a negative id": with_field('"exclude_ids": [-1]'),
    "a lone surrogate": synopsis(SYNOPSIS + "\ud800"),
    "a lone surrogate in the title": with_field('"title": "\\ud800"'),
    "a lone surrogate as genre": with_field('"genre": ["\\udfff"]'),
    "a lone surrogate as keyword": with_field('"keywords": ["\\udfff"]'),
    "a lone surrogate in a filter": with_field('"filters": {"genres_any": ["\\ud800"]}'),
    "a surrogate as a key": with_field('"\\ud800": 1'),
    "an unknown field that is deep": with_field('"other": ' + '{"a":' * 500 + "1" + "}" * 500),
    "an unknown field with a long name": with_field('"' + "x" * 100_000 + '": 1'),
    "only characters without width": synopsis("\u200b" * 20),
    "only markup": synopsis("<p></p>" * 20),
    "only spaces": synopsis(" \t\n\u3000" * 20),
    "too long": synopsis("x" * 5001),
}
ANSWERED = {
    "a whole number written as 10.0": with_field('"top_k": 10.0'),
    "a key twice": b'{"synopsis": "short", "synopsis": "' + SYNOPSIS.encode() + b'"}',
    "UTF-16": synopsis(SYNOPSIS).decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + synopsis(SYNOPSIS),
    "NUL": synopsis("a\0" * 30),
    "one word of 5000 letters": synopsis("a" * 5000),
    "right to left": synopsis("שלום עולם, קולנוע וסיפור על אהבה"),
    "emoji": synopsis("😀👩‍👩‍👧" * 10),
    "control characters": synopsis("\x01\x02\x1b[31m" * 5),
    "accents on accents": synopsis("a" + "\u0301" * 4000),
    "Han": synopsis("一" * 5000),
}


def post(client: httpx.Client, body: bytes, media_type: str = "application/json") -> httpx.Response:
    return client.post("/api/v1/recommend", content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting_is_refused(client: httpx.Client, body: bytes) -> None:
    """Python 3.13 and earlier cannot parse the body, because their parser recurses; for 3.14 it is only invalid."""
    response = post(client, body)
    expected = {400: "JSON", 422: "JSON object" if body.startswith(b"[") else "string"}
    assert expected[response.status_code] in str(response.json()["detail"])


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_parsed_is_refused(client: httpx.Client, body: bytes) -> None:
    response = post(client, body)
    assert response.status_code == 400
    assert "JSON" in response.json()["detail"]


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_what_is_out_of_bounds_is_refused_and_named(client: httpx.Client, body: bytes) -> None:
    response = post(client, body)
    assert response.status_code == 422
    assert all(problem["loc"][0] == "body" and problem["msg"] for problem in response.json()["detail"])


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        (b'{"synopsis": "long enough, but", }', "body", "The body is not JSON: "),
        (b'{"synopsis": "a line\nbreak"}', "body", "The body is not JSON: Invalid control character at character 20"),
        (b"", "body", "Send a JSON object, with the header Content-Type: application/json"),
        (b"[]", "body", "Send a JSON object, with the header Content-Type: application/json"),
        (b'{"synopsis": "long enough", "filters": []}', "filters", "Input should be a JSON object"),
        (b'{"synopsis": "long enough", "top_k": "10"}', "top_k", "Input should be a valid integer, without quotes"),
        (
            b'{"synopsis": "long enough", "min_score": ""}',
            "min_score",
            "Input should be a valid number, without quotes",
        ),
        (
            b'{"synopsis": "long enough", "explain": "true"}',
            "explain",
            "Input should be a valid boolean, without quotes",
        ),
        (b'{"synopsis": "long enough", "genre": 5}', "genre", 'Input should be a text, such as "Horror, Mystery", or'),
        (b'{"synopsis": "long enough", "genre": [""]}', "genre", "String should have at least 1 character"),
    ],
)
def test_what_to_change_is_told_once(client: httpx.Client, body: bytes, place: str, message: str) -> None:
    (problem,) = post(client, body).json()["detail"]
    assert place in problem["loc"]
    assert problem["msg"].startswith(message)


def test_a_packed_body_is_told_to_be_sent_plain(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/api/v1/recommend", content=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 400
    assert "uncompressed" in answer.json()["detail"]
    answer = client.post("/api/v1/recommend", content=b"\xff", headers={**headers, "Content-Encoding": "Identity"})
    assert "uncompressed" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "request_line",
    [b"GET /api/v1/movies?query=Am\xc3\xa9lie", b"GET /api/v1/movies?query=blade runner", b"POST /api/v1/recommend"],
)
def test_invalid_http_is_refused_with_the_usual_mistakes(server: RunningServer, request_line: bytes) -> None:
    with socket.create_connection(server.address) as connection:
        connection.sendall(request_line + b" HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n")
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json")
    assert "percent-encode" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("search?top_k=1&query=caf%E9", ["query", "query"]),
        ("movies?query=%ED%A0%80", ["query", "query"]),
        ("movies/19/similar?directors_any[]=Agn%E8s+Varda", ["query", "directors_any[]"]),
        ("people/Agn%E8s%20Varda/movies", ["path"]),
    ],
)
def test_an_address_in_another_encoding_is_refused(client: httpx.Client, path: str, place: list[str]) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert (problem["loc"], problem["type"]) == (place, "not_utf8")


def test_the_body_of_a_get_is_refused(client: httpx.Client) -> None:
    response = client.request("GET", "/api/v1/search?query=train", json={"top_k": 3})
    assert response.status_code == 422
    assert response.json()["detail"][0]["msg"] == "A GET has no body: send its fields as query parameters"
    assert client.request("GET", "/api/v1/genres", headers={"Content-Length": "0"}).status_code == 200


@pytest.mark.parametrize("body", ANSWERED.values(), ids=ANSWERED.keys())
def test_odd_text_is_answered(client: httpx.Client, body: bytes) -> None:
    answer = post(client, body).json()
    scores = [film["similarity_score"] for film in answer["recommendations"]]
    assert answer["count"] == len(scores) == 10
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "\\"])
def test_another_content_type_is_told_which_to_send(client: httpx.Client, media_type: str) -> None:
    response = post(client, synopsis(SYNOPSIS), media_type)
    assert response.status_code == 422
    assert "application/json" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "movies?query=%ED%A0%80",
        "movies?query=%00",
        "movies?query=a&limit=99999999999999999999",
        "movies/" + "9" * 5000,
        "movies/-1",
        "movies/%00",
        "movies/abc",
        "movies/19/similar?min_score=nan",
        "movies/19/similar?genres_any=%ED%A0%80",
        "movies/19/similar?top_k=" + "1" * 5000,
        "%2e%2e/%2e%2e/etc/passwd",
        "info?x=%ff",
    ],
)
def test_odd_paths_and_parameters_are_no_fault_of_the_server(client: httpx.Client, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code in {200, 404, 422}
    assert response.json() is not None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/recommend", "/api/v1/genres", "/health"])
def test_other_methods_are_not_allowed(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == ("POST" if path == "/api/v1/recommend" else "GET, HEAD")
    assert response.json() == {"detail": f"{path} takes {response.headers['allow']}, not {method}."}


@given(
    text=st.text(min_size=1, max_size=300),
    title=st.none() | st.text(max_size=30),
    genres=st.lists(st.text(min_size=1, max_size=10), max_size=3),
    top_k=st.integers(1, 50),
    diversity=st.sampled_from([0.0, 0.5, 1.0]),
    min_score=st.none() | st.floats(0, 1),
)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_text_upsets_a_recommendation(
    service: ModelService,
    text: str,
    title: str | None,
    genres: list[str],
    top_k: int,
    diversity: float,
    min_score: float | None,
) -> None:
    selection = Selection(top_k=top_k, diversity=diversity, min_score=min_score)
    films = service.answer(Query(text, title=title, genres=tuple(genres), selection=selection)).recommendations
    scores = [film.similarity_score for film in films]
    assert scores == sorted(scores, reverse=True)
    assert all((min_score or 0) <= score <= 1 for score in scores)
    assert len({film.movie.movie_id for film in films}) == len(films) <= top_k
