"""Whether answers are compressed is decided by RFC 9110, for data and for pages."""

import httpx
import pytest

from app.api.middleware.accept_encoding import accepts_gzip

ACCEPTED = [
    "gzip",
    "GZIP",
    "x-gzip",
    "deflate, gzip;q=0.5",
    "gzip ; q=0.001",
    "*",
    "*;q=0.1",
    "br, *",
    "identity;q=0, *",
]
REFUSED = [
    "",
    "identity",
    "br",
    "notgzip",
    "gzip;q=0",
    "gzip; Q=0.000",
    "gzip;q=0, *",
    "*;q=0",
    "gzip;q=nan",
    "gzip;q=",
    ";;,,",
]


@pytest.mark.parametrize("accept_encoding", ACCEPTED)
def test_accepted(accept_encoding: str) -> None:
    assert accepts_gzip(accept_encoding)


@pytest.mark.parametrize("accept_encoding", REFUSED)
def test_refused(accept_encoding: str) -> None:
    assert not accepts_gzip(accept_encoding)


@pytest.mark.parametrize("path", ["/demo", "/docs", "/llms.txt", "/metrics", "/api/v1/movies?query=a"])
@pytest.mark.parametrize(("accept_encoding", "coding"), [("gzip;q=0", None), ("*", "gzip"), ("GZIP", "gzip")])
def test_pages_and_data_are_compressed_alike(
    client: httpx.Client, path: str, accept_encoding: str, coding: str | None
) -> None:
    response = client.get(path, headers={"Accept-Encoding": accept_encoding})
    assert response.headers.get("content-encoding") == coding
    assert response.content == client.get(path).content or path == "/metrics"


def test_header_lines_count_as_one_list(client: httpx.Client) -> None:
    headers = [("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")]
    assert client.get("/demo", headers=headers).headers["content-encoding"] == "gzip"


def test_no_header_is_not_compressed(client: httpx.Client) -> None:
    request = client.build_request("GET", "/demo")
    del request.headers["Accept-Encoding"]
    assert "content-encoding" not in client.send(request).headers
