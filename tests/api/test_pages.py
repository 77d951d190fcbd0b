"""The files of /docs, /redoc and /demo."""

from pathlib import Path

import httpx
import pytest

from tests.running_server import ROOT, running_server

PAGES = ["/docs", "/redoc", "/demo"]
MODULES = sorted(file.name for file in (ROOT / "app" / "static" / "demo").glob("*.js"))
FILES = [
    *("/docs/docs.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"),
    *("/redoc/redoc.css", "/redoc/redoc.standalone.js", "/redoc/logo-mini.svg"),
    *("/demo/demo.css", "/favicon.svg"),
    *(f"/demo/{name}" for name in MODULES),
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_run_only_what_the_server_sends(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert "<script>" not in response.text
    assert "<style" not in response.text


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_a_file_is_sent_once(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.content
    assert first.headers["cache-control"]
    assert first.headers["x-content-type-options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_compressed_for_clients_that_accept_gzip(client: httpx.Client, path: str) -> None:
    compressed = client.get(path)
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_head(client: httpx.Client, path: str) -> None:
    response = client.head(path)
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_a_slash_moves_to_its_address_by_a_relative_one(client: httpx.Client, path: str) -> None:
    response = client.get(f"{path}/?q=a", headers={"X-Forwarded-Proto": "https"})
    assert response.status_code == 308
    assert response.headers["location"] == f"..{path}?q=a"
    for slashes in ("/", "//"):
        assert str(client.get(path + slashes, follow_redirects=True).url).endswith(path)
        assert client.get(path + slashes, follow_redirects=True).status_code == 200


def test_a_page_works_under_a_prefix(client: httpx.Client) -> None:
    """A proxy may serve everything under another path, so pages name their files by relative addresses."""
    for path in PAGES:
        text = client.get(path).text
        assert 'src="/' not in text and 'href="/' not in text


def test_the_demo_is_small(client: httpx.Client) -> None:
    paths = ["/demo", "/demo/demo.css", "/favicon.svg", *(f"/demo/{name}" for name in MODULES)]
    compressed = [int(client.get(path).headers["content-length"]) for path in paths]
    assert sum(compressed) < 40_000


def test_the_demo_names_all_its_modules(client: httpx.Client) -> None:
    """The browser then fetches them concurrently, not one import after the other."""
    text = client.get("/demo").text
    assert all(f'href="demo/{name}"' in text or f'src="demo/{name}"' in text for name in MODULES)


def test_the_demo_stays_when_the_documentation_is_off(models_dir: Path, tmp_path: Path) -> None:
    with running_server(models_dir, tmp_path / "log", DOCS_ENABLED="false") as server:
        for path in ("/docs", "/redoc", "/openapi.json", "/docs/docs.js"):
            assert httpx.get(f"{server.url}{path}").status_code == 404
        assert httpx.get(f"{server.url}/demo").status_code == 200
        assert httpx.get(f"{server.url}/").json()["docs"] is None
