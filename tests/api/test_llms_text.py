"""/llms.txt, the description of the API for language models."""

import re

import httpx
import pytest

CALL = re.compile(r"`(GET|POST) (/[^`?]*)")
LINK = re.compile(r"\]\(([^)]*)\)")


@pytest.fixture(scope="module")
def text(client: httpx.Client) -> str:
    response = client.get("/llms.txt")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    return response.text


def test_the_calls_that_it_names_exist(client: httpx.Client, text: str) -> None:
    document = client.get("/openapi.json").json()
    calls = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        if path.startswith("/api/")
        for method in operations
    }
    named = set(CALL.findall(text))
    assert named
    assert named <= calls


def test_its_links_lead_somewhere(client: httpx.Client, text: str) -> None:
    links = LINK.findall(text)
    assert links
    assert not any(link.startswith("/") for link in links)  # a proxy may serve everything under another path
    assert [client.get(f"/{link}").status_code for link in links] == [200] * len(links)
