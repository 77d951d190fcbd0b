"""API keys, the rate limit, CORS and security headers."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.core.config import SettingsError, read_settings
from tests.running_server import RunningServer, refused_start, running_server

KEYS = ("first-key-5d41402a", "clé-7b8b965ad4bca0e4")
ORIGIN = "https://films.example"
PER_DAY = 12  # a window of a minute could end in the middle of a test
_addresses = itertools.count(1)
BODY = {"synopsis": "A lighthouse keeper finds a message in a bottle that was written by himself."}


@pytest.fixture(scope="module")
def guarded(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with keys, a rate limit and one origin, which trusts the proxy at 127.0.0.1."""
    with running_server(
        models_dir,
        tmp_path_factory.mktemp("guarded") / "log",
        API_KEYS=f"{KEYS[0]}, {KEYS[1]}",
        RATE_LIMIT=f"{PER_DAY}/day",
        ALLOWED_ORIGINS=ORIGIN,
        FORWARDED_ALLOW_IPS="127.0.0.1",
        LOG_LEVEL="DEBUG",
    ) as started:
        yield started


@pytest.fixture
def guarded_client(guarded: RunningServer) -> Iterator[httpx.Client]:
    """A client with a forwarded address that no other test uses."""
    address = f"203.0.113.{next(_addresses)}"
    with httpx.Client(base_url=guarded.url, timeout=60, headers={"X-Forwarded-For": address}) as client:
        yield client


def key_headers(name: str, key: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), key.encode("utf-8"))]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("name", "prefix"), [("X-API-Key", ""), ("Authorization", "Bearer "), ("authorization", "bearer ")]
)
def test_a_known_key_may_call(guarded_client: httpx.Client, key: str, name: str, prefix: str) -> None:
    response = guarded_client.post("/api/v1/recommend", json=BODY, headers=key_headers(name, prefix + key))
    assert response.status_code == 200


@pytest.mark.parametrize("key", ["wrong", KEYS[0][:-1], KEYS[0] + "x", KEYS[0].upper(), f"{KEYS[0]}, {KEYS[1]}"])
def test_an_unknown_key_is_refused(guarded_client: httpx.Client, key: str) -> None:
    for headers in (key_headers("X-API-Key", key), key_headers("Authorization", f"Bearer {key}")):
        response = guarded_client.post("/api/v1/recommend", json=BODY, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert "X-API-Key" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/info", "/api/v1/movies?query=a", "/metrics", "/api/v1/nothing"])
def test_what_computes_or_tells_of_the_traffic_needs_a_key(guarded_client: httpx.Client, path: str) -> None:
    assert guarded_client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/", "/health", "/docs", "/openapi.json"])
def test_health_and_documentation_need_none(guarded_client: httpx.Client, path: str) -> None:
    assert guarded_client.get(path).status_code == 200


def test_no_key_is_logged(guarded_client: httpx.Client, guarded: RunningServer) -> None:
    guarded_client.get("/api/v1/info", headers={"X-API-Key": KEYS[0]})
    guarded_client.get("/api/v1/info", headers={"X-API-Key": "a-wrong-secret"})
    for secret in (*KEYS, "a-wrong-secret"):
        assert secret not in guarded.log


def test_a_client_past_its_rate_is_refused_and_others_are_not(guarded_client: httpx.Client) -> None:
    headers = {"X-API-Key": KEYS[0]}
    answers = [guarded_client.get("/api/v1/info", headers=headers) for _ in range(PER_DAY + 3)]
    assert [answer.status_code for answer in answers] == [200] * PER_DAY + [429] * 3
    assert answers[0].headers["ratelimit-policy"] == f'"default";q={PER_DAY};w=86400'
    remaining = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in answers]
    assert remaining == [max(PER_DAY - used, 0) for used in range(1, PER_DAY + 4)]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 86400
    assert "try again" in answers[-1].json()["detail"]
    assert guarded_client.get("/health").status_code == 200
    elsewhere = {**headers, "X-Forwarded-For": "198.51.100.7"}
    assert guarded_client.get("/api/v1/info", headers=elsewhere).status_code == 200


def test_guessing_keys_is_limited_too(guarded_client: httpx.Client) -> None:
    guesses = [guarded_client.get("/api/v1/info", headers={"X-API-Key": str(n)}) for n in range(PER_DAY + 1)]
    assert [answer.status_code for answer in guesses] == [401] * PER_DAY + [429]


def test_one_ipv6_site_is_one_client(guarded_client: httpx.Client) -> None:
    statuses = [
        guarded_client.get(
            "/api/v1/info", headers={"X-API-Key": KEYS[0], "X-Forwarded-For": f"2001:db8:1:2::{n:x}"}
        ).status_code
        for n in range(1, PER_DAY + 2)
    ]
    assert statuses == [200] * PER_DAY + [429]


def test_ipv4_addresses_written_as_ipv6_are_clients_of_their_own(guarded_client: httpx.Client) -> None:
    statuses = [
        guarded_client.get(
            "/api/v1/info", headers={"X-API-Key": KEYS[0], "X-Forwarded-For": f"::ffff:192.0.2.{n}"}
        ).status_code
        for n in range(PER_DAY + 1)
    ]
    assert set(statuses) == {200}


def test_a_prefix_of_a_proxy_changes_nothing(models_dir: Path, tmp_path: Path) -> None:
    settings = {"UVICORN_ROOT_PATH": "/films", "API_KEYS": KEYS[0], "RATE_LIMIT": "6/day"}
    with (
        running_server(models_dir, tmp_path / "log", **settings) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        for path in ("/api/v1/info", "/metrics"):
            assert client.get(path).status_code == 401
        answers = [client.get("/api/v1/info", headers={"X-API-Key": KEYS[0]}).status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]


def test_what_needs_a_key_is_kept_by_no_shared_cache(guarded_client: httpx.Client) -> None:
    answer = guarded_client.get("/api/v1/genres", headers={"X-API-Key": KEYS[0]})
    assert answer.headers["cache-control"] == "private, max-age=60"


def test_an_untrusted_proxy_is_not_believed(models_dir: Path, tmp_path: Path) -> None:
    with running_server(models_dir, tmp_path / "log", RATE_LIMIT="2/day", FORWARDED_ALLOW_IPS="192.0.2.1") as server:
        statuses = [
            httpx.get(f"{server.url}/api/v1/info", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
            for n in range(3)
        ]
    assert statuses == [200, 200, 429]


def test_only_the_configured_origin_may_read(guarded_client: httpx.Client) -> None:
    allowed = guarded_client.get("/health", headers={"Origin": ORIGIN})
    other = guarded_client.get("/health", headers={"Origin": "https://other.example"})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in allowed.headers


def test_a_preflight_needs_no_key(guarded_client: httpx.Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key,content-type"}
    allowed = guarded_client.options("/api/v1/recommend", headers={"Origin": ORIGIN, **asked})
    other = guarded_client.options("/api/v1/recommend", headers={"Origin": "https://other.example", **asked})
    assert allowed.status_code == 200
    assert "x-api-key" in allowed.headers["access-control-allow-headers"].lower()
    assert other.status_code == 400
    assert "access-control-allow-origin" not in other.headers


def test_a_refusal_can_be_read_by_the_page_that_caused_it(guarded_client: httpx.Client) -> None:
    refusal = guarded_client.get("/api/v1/info", headers={"Origin": ORIGIN})
    assert refusal.status_code == 401
    assert refusal.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("path", ["/", "/health", "/docs", "/api/v1/info", "/nothing"])
def test_every_answer_has_the_security_headers(guarded_client: httpx.Client, path: str) -> None:
    headers = guarded_client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors" in headers["content-security-policy"]
    assert "server" not in headers


def test_data_is_shown_in_no_page_and_loads_nothing(guarded_client: httpx.Client) -> None:
    headers = guarded_client.get("/health").headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-frame-options"] == "DENY"


def test_wrong_settings_are_told_in_a_line_each(tmp_path: Path) -> None:
    wrong = {
        "RATE_LIMIT": "5/minute;2/hour",
        "SEARCH_ENGINE": "foo",
        "PORT": "abc",
        "REQUEST_TIMEOUT_SECONDS": "nan",
        "MAX_CONCURRENT_REQUESTS": "-1",
    }
    status, log = refused_start(tmp_path, tmp_path / "log", API_KEYS="a-secret-key", **wrong)
    assert status == 1
    assert sorted(line.removeprefix("error: ").partition("=")[0] for line in log.splitlines()) == sorted(wrong)
    assert "write one limit of at least one request, such as 60/minute" in log
    assert "a-secret-key" not in log


@pytest.mark.parametrize("limit", ["often", "5", "0/minute", "5/minute;2/hour"])
def test_a_wrong_rate_limit_is_refused(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT", limit)
    with pytest.raises(SettingsError, match=f"^RATE_LIMIT={limit}: write one limit"):
        read_settings()
