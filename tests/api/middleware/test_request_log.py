"""Request ids, log lines, metrics and timings."""

import json
import re
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from app import __version__
from tests.running_server import RunningServer, running_server

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."


def test_a_request_gets_an_id(client: httpx.Client) -> None:
    first, second = (client.get("/").headers["x-request-id"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_callers_id_comes_back(client: httpx.Client) -> None:
    assert client.get("/", headers={"X-Request-ID": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"


@pytest.mark.parametrize("given", ["with space", "x" * 129, 'quote"', "ü".encode().decode("latin-1")])
def test_an_id_that_is_no_plain_one_is_replaced(client: httpx.Client, given: str) -> None:
    headers = [(b"X-Request-ID", given.encode("latin-1"))]
    assert re.fullmatch(r"[0-9a-f]{32}", client.get("/", headers=headers).headers["x-request-id"])


def test_timings_of_a_recommendation(client: httpx.Client) -> None:
    headers = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS}).headers
    assert re.fullmatch(r"encode;dur=\d+\.\d\d, search;dur=\d+\.\d\d", headers["server-timing"])
    assert re.fullmatch(r"search;dur=\d+\.\d\d", client.get("/api/v1/movies/19/similar").headers["server-timing"])


def test_long_answers_are_compressed_for_who_can_read_that(client: httpx.Client) -> None:
    body = {"synopsis": SYNOPSIS}
    assert client.post("/api/v1/recommend", json=body).headers["content-encoding"] == "gzip"
    plain = client.post("/api/v1/recommend", json=body, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_metrics(models_dir: Path, tmp_path: Path) -> None:
    with running_server(models_dir, tmp_path / "log") as server:
        for _ in range(2):
            httpx.post(f"{server.url}/api/v1/recommend", json={"synopsis": SYNOPSIS})
        httpx.get(f"{server.url}/api/v1/movies/19")
        httpx.get(f"{server.url}/api/v1/movies/999999999")
        httpx.get(f"{server.url}/nothing/123")
        httpx.get(f"{server.url}/openapi.json")
        httpx.get(f"{server.url}/docs")
        asked = {"Origin": "https://films.example", "Access-Control-Request-Method": "GET"}
        httpx.options(f"{server.url}/api/v1/movies/19/similar", headers=asked)
        httpx.head(f"{server.url}/api/v1/genres/")
        response = httpx.get(f"{server.url}/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    lines = response.text.splitlines()
    for expected in (
        'recommender_requests_total{method="POST",route="/api/v1/recommend",status="200"} 2.0',
        'recommender_requests_total{method="GET",route="/api/v1/movies/{movie_id}",status="200"} 1.0',
        'recommender_requests_total{method="GET",route="/api/v1/movies/{movie_id}",status="404"} 1.0',
        'recommender_requests_total{method="GET",route="(none)",status="404"} 1.0',
        'recommender_query_cache_total{result="miss"} 1.0',
        'recommender_query_cache_total{result="hit"} 1.0',
        'recommender_request_seconds_count{route="/api/v1/recommend"} 2.0',
        "recommender_encode_seconds_count 1.0",
        "recommender_search_seconds_count 2.0",
        "recommender_queue_length 0.0",
        'recommender_requests_total{method="GET",route="/openapi.json",status="200"} 1.0',
        'recommender_requests_total{method="GET",route="/docs",status="200"} 1.0',
        'recommender_requests_total{method="OPTIONS",route="/api/v1/movies/{movie_id}/similar",status="200"} 1.0',
        'recommender_requests_total{method="HEAD",route="/api/v1/genres",status="200"} 1.0',
        "recommender_requests_in_flight 0.0",
        f'recommender_build_info{{version="{__version__}"}} 1.0',
        'recommender_index_reloads_total{result="taken"} 0.0',
        'recommender_index_reloads_total{result="refused"} 0.0',
    ):
        assert expected in lines, response.text
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
    for beginning in (
        "recommender_films ",
        "recommender_index_info{",
        "recommender_model_info{",
        "recommender_index_age_seconds ",
    ):
        assert any(line.startswith(beginning) for line in lines), beginning
    assert "_created" not in response.text


PROMETHEUS_ACCEPT = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.1"
)


def test_metrics_come_in_the_format_that_is_preferred(client: httpx.Client) -> None:
    text = client.get("/metrics")
    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    openmetrics = client.get("/metrics", headers={"Accept": PROMETHEUS_ACCEPT})
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.text.endswith("# EOF\n")
    families = list(text_string_to_metric_families(openmetrics.text))  # type: ignore[no-untyped-call]
    assert {"recommender_requests", "recommender_index_info"} <= {family.name for family in families}


def test_a_refused_request_counts_for_its_route(models_dir: Path, tmp_path: Path) -> None:
    key = {"X-API-Key": "a-key-of-twenty-four-letters"}
    with running_server(models_dir, tmp_path / "log", API_KEYS=key["X-API-Key"]) as server:
        assert httpx.get(f"{server.url}/api/v1/movies/19").status_code == 401
        metrics = httpx.get(f"{server.url}/metrics", headers=key).text
    assert 'recommender_requests_total{method="GET",route="/api/v1/movies/{movie_id}",status="401"} 1.0' in metrics


def test_reloads_are_counted(own_models_dir: Path, tmp_path: Path) -> None:
    with running_server(own_models_dir, tmp_path / "log") as server:
        manifest = own_models_dir / "manifest.json"
        whole = manifest.read_bytes()
        for content, result in ((b"{}", "refused"), (whole, "taken")):
            replaced = own_models_dir / "manifest.new"
            replaced.write_bytes(content)
            replaced.replace(manifest)
            expected = f'recommender_index_reloads_total{{result="{result}"}} 1.0'
            give_up = time.monotonic() + 60
            while expected not in httpx.get(f"{server.url}/metrics").text:
                assert time.monotonic() < give_up, result
                time.sleep(0.05)


def test_metrics_can_be_turned_off(models_dir: Path, tmp_path: Path) -> None:
    with running_server(models_dir, tmp_path / "log", METRICS_ENABLED="false", DOCS_ENABLED="false") as server:
        for path in ("/metrics", "/docs", "/redoc", "/openapi.json"):
            assert httpx.get(f"{server.url}{path}").status_code == 404


@pytest.fixture(scope="module")
def json_server(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    log_path = tmp_path_factory.mktemp("json") / "log"
    with running_server(models_dir, log_path, LOG_FORMAT="json") as server:
        httpx.post(
            f"{server.url}/api/v1/recommend", json={"synopsis": SYNOPSIS}, headers={"X-Request-ID": "look-for-me"}
        )
        server.stop()
    return server


def test_each_json_line_is_an_object(json_server: RunningServer) -> None:
    for line in json_server.log.splitlines():
        assert {"time", "level", "logger", "message"} <= json.loads(line).keys()


def test_a_request_is_logged_without_its_synopsis(json_server: RunningServer) -> None:
    entries = [json.loads(line) for line in json_server.log.splitlines()]
    (entry,) = [entry for entry in entries if entry.get("request_id") == "look-for-me"]
    assert entry["route"] == "/api/v1/recommend"
    assert entry["status"] == 200
    assert entry["milliseconds"] > 0
    assert "lighthouse" not in json_server.log
