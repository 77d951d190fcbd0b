"""Faults of TMDB and of the network: which are retried, at which rate, and which end a download."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from app.indexing.errors import IndexingError
from app.indexing.tmdb.access import Pace, TmdbKey
from app.indexing.tmdb.download import download
from tests.indexing.tmdb.downloads import KEY, QUICK, expected, fetch
from tests.tmdb_server import TmdbServer


@pytest.mark.parametrize("fault", ["500", "slow", "broken", "cut", "other", "429"])
def test_a_transient_fault_loses_no_film(server: TmdbServer, tmp_path: Path, fault: str) -> None:
    faulty = [f"/3/movie/{movie_id}" for movie_id in expected(server, 60)[:: 30 if fault == "429" else 7]]
    server.faults = lambda path, times: (
        fault if times == 1 and (path in faulty or path == "/3/discover/movie") else None
    )

    assert fetch(server, tmp_path / "tmdb.jsonl", 60) == expected(server, 60)
    assert server.asked[faulty[0]] == 2


def test_a_film_that_tmdb_fails_to_return_is_replaced_by_the_next(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = expected(server, 60)[5]
    server.faults = lambda path, times: "500" if path == f"/3/movie/{failing}" else None

    films = fetch(server, tmp_path / "tmdb.jsonl", 60)

    assert films == [movie_id for movie_id in expected(server, 61) if movie_id != failing]
    assert server.asked[f"/3/movie/{failing}"] == QUICK.attempts
    assert "TMDB failed to return 1 films" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["500", "broken", "cut", "other"])
@pytest.mark.parametrize("path", ["/3/discover/movie", "/3/movie/"])
def test_a_download_ends_if_tmdb_keeps_failing_and_can_be_resumed(
    server: TmdbServer, tmp_path: Path, fault: str, path: str
) -> None:
    output = tmp_path / "tmdb.jsonl"
    server.faults = lambda asked, times: fault if asked.startswith(path) else None
    with pytest.raises(IndexingError, match="TMDB does not answer"):
        fetch(server, output, 60)
    assert not output.exists()

    server.faults = lambda asked, times: None
    assert fetch(server, output, 60) == expected(server, 60)


def test_a_refused_connection_is_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"TMDB does not answer \(no answer \(ConnectError\)\): check the network"):
        download(tmp_path / "tmdb.jsonl", count=5, key=KEY, api_url="http://127.0.0.1:9/3", pace=QUICK)


def test_a_refused_key_ends_the_download_at_once(server: TmdbServer, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="TMDB refuses the key") as caught:
        fetch(server, tmp_path / "tmdb.jsonl", 60, key=TmdbKey("f" * 32))

    assert "f" * 32 not in str(caught.value)
    assert server.statuses == {401: 1}


class FakeTime:
    """A clock for the client and the server, which advances only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await _real_sleep(0)
        self.now = max(self.now, until)


_real_sleep = asyncio.sleep


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch, server: TmdbServer) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr("app.indexing.tmdb.client.asyncio.sleep", fake.sleep)
    monkeypatch.setattr("app.indexing.tmdb.client.time.monotonic", fake.monotonic)
    server.clock = fake.monotonic
    return fake


def test_retry_after_delays_every_request(server: TmdbServer, tmp_path: Path, fake_time: FakeTime) -> None:
    refused = f"/3/movie/{expected(server, 60)[0]}"
    server.faults = lambda path, times: "429" if path == refused and times == 1 else None
    fetch(server, tmp_path / "tmdb.jsonl", 60)

    pauses = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert max(pauses) >= 1.0 - 1e-3  # the server asks for one second


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("999999999", 300.0),
        ("", 0.0),
        ("-3", 0.0),
        ("soon", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True), 300.0, id="tomorrow"),
    ],
)
def test_retry_after_is_a_number_or_a_date_and_bounded(header: str, seconds: float) -> None:
    from app.indexing.tmdb.client import _retry_after

    assert _retry_after(header) == seconds


def test_requests_keep_to_the_rate_and_the_number_of_connections(
    server: TmdbServer, tmp_path: Path, fake_time: FakeTime
) -> None:
    pace = Pace(requests_per_second=200.0, connections=3)
    fetch(server, tmp_path / "tmdb.jsonl", 100, pace=pace)

    seconds = server.times[-1] - server.times[0]
    assert len(server.times) <= pace.requests_per_second * seconds + pace.connections
    assert server.max_at_once <= pace.connections


def test_an_unreachable_tmdb_is_reported_before_the_first_retry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        said.append(capsys.readouterr().out)
        raise httpx.ConnectError("refused", request=request)

    transport = httpx.MockTransport(refuse)
    with pytest.raises(IndexingError, match="TMDB does not answer"):
        download(tmp_path / "tmdb.jsonl", count=5, key=KEY, pace=QUICK, transport=transport)

    assert len(said) == QUICK.attempts
    assert said[0] == ""
    assert said[1].startswith("TMDB does not answer (no answer (ConnectError)): trying again in 0.0 s, up to 4 times")
    assert "".join(said[2:]) == ""
