"""Downloading from TMDB, against a local server that answers as TMDB does: its limits, its refusals and its faults."""

import argparse
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.tmdb import command as tmdb
from app.indexing.tmdb.access import Pace, TmdbKey, read_key
from app.indexing.tmdb.client import TmdbClient
from app.indexing.tmdb.download import download
from app.indexing.tmdb.partial import Span
from tests.tmdb_server import V3_KEY, V4_TOKEN, TmdbServer, best_known, invented_films

KEY = TmdbKey(V3_KEY)
QUICK = Pace(requests_per_second=5000.0, connections=4, attempts=5, first_wait=0.01, longest_wait=0.05, timeout=0.5)
TODAY = date(2026, 11, 24)


@pytest.fixture
def server() -> Iterator[TmdbServer]:
    with TmdbServer(invented_films(600)).running() as running:
        yield running


def fetch(server: TmdbServer, output: Path, count: int, pace: Pace = QUICK, key: TmdbKey = KEY) -> list[int]:
    download(output, count=count, key=key, api_url=server.url, pace=pace, today=TODAY)
    return [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()]


def expected(server: TmdbServer, count: int) -> list[int]:
    return best_known([film for film in server.films.values() if film["id"] not in server.gone], count)


# --- what is downloaded -----------------------------------------------------------------------------------------------


def test_the_best_known_films_with_an_overview_come_best_known_first(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"

    assert fetch(server, output, 150) == expected(server, 150)
    assert list(tmp_path.iterdir()) == [output]


def test_a_film_comes_with_genres_keywords_and_directors_as_the_reader_reads_them(
    server: TmdbServer, tmp_path: Path
) -> None:
    best = server.films[fetch(server, tmp_path / "tmdb.jsonl", 5)[0]]
    movie = read_catalogue(tmp_path / "tmdb.jsonl").movies[0]

    assert (movie.title, movie.overview, movie.vote_count) == (best["title"], best["overview"], best["vote_count"])
    assert (movie.genres, movie.keywords, movie.directors) == (("Drama",), ("lighthouse",), ("Ida Holm",))
    assert (movie.release_date, movie.poster_path) == (best["release_date"], best["poster_path"])


def test_the_output_may_be_packed(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl.gz"
    download(output, count=40, key=KEY, api_url=server.url, pace=QUICK, today=TODAY)

    assert [movie.movie_id for movie in read_catalogue(output).movies] == expected(server, 40)


def test_past_ten_thousand_a_listing_is_split_so_that_no_page_is_beyond_500(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    films = invented_films(900)
    for number, film in enumerate(films[:300]):  # so many on one day that only their votes tell them apart
        film |= {"release_date": "1999-12-31", "vote_count": number}
    monkeypatch.setattr("app.indexing.tmdb.listing._MOST_PAGES", 4)
    monkeypatch.setattr("tests.tmdb_server.MOST_PAGES", 4)
    with TmdbServer(films).running() as server:
        assert fetch(server, tmp_path / "tmdb.jsonl", 800) == expected(server, 800)
        assert 400 not in server.statuses


def test_asking_for_more_films_than_there_are_gives_all_and_says_so(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(server, tmp_path / "tmdb.jsonl", 5000) == expected(server, 5000)
    assert "fewer than the 5,000 asked for" in capsys.readouterr().out


def test_a_film_that_is_gone_gives_its_place_to_the_next(server: TmdbServer, tmp_path: Path) -> None:
    server.gone = set(expected(server, 100)[10:14])

    assert fetch(server, tmp_path / "tmdb.jsonl", 100) == expected(server, 100)


def test_the_v4_token_is_sent_as_bearer(server: TmdbServer, tmp_path: Path) -> None:
    assert fetch(server, tmp_path / "tmdb.jsonl", 20, key=TmdbKey(V4_TOKEN)) == expected(server, 20)


@pytest.mark.parametrize(
    ("span", "parts"),
    [
        (Span(date(1998, 3, 1), date(1999, 12, 31), 5, 9), ["1998-03-01 1998-12-31 5 9", "1999-01-01 1999-12-31 5 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 3), 5, 9), ["1999-01-01 1999-01-02 5 9", "1999-01-03 1999-01-03 5 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 1), 5, 9), ["1999-01-01 1999-01-01 5 7", "1999-01-01 1999-01-01 8 9"]),
        (Span(date(1999, 1, 1), date(1999, 1, 1), 5, 5), []),
    ],
)
def test_a_span_splits_by_year_then_by_time_then_by_votes(span: Span, parts: list[str]) -> None:
    assert [f"{part.first} {part.last} {part.fewest} {part.most}" for part in span.parts()] == parts


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["500", "slow", "broken", "cut", "other", "429"])
def test_a_fault_that_passes_costs_no_film(server: TmdbServer, tmp_path: Path, fault: str) -> None:
    faulty = [f"/3/movie/{movie_id}" for movie_id in expected(server, 60)[:: 30 if fault == "429" else 7]]
    server.faults = lambda path, times: (
        fault if times == 1 and (path in faulty or path == "/3/discover/movie") else None
    )

    assert fetch(server, tmp_path / "tmdb.jsonl", 60) == expected(server, 60)
    assert server.asked[faulty[0]] == 2


def test_a_film_at_which_tmdb_always_fails_gives_its_place_to_the_next(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = expected(server, 60)[5]
    server.faults = lambda path, times: "500" if path == f"/3/movie/{failing}" else None

    films = fetch(server, tmp_path / "tmdb.jsonl", 60)

    assert films == [movie_id for movie_id in expected(server, 61) if movie_id != failing]
    assert server.asked[f"/3/movie/{failing}"] == QUICK.attempts
    assert "TMDB failed at 1 films" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["500", "broken", "cut", "other"])
@pytest.mark.parametrize("path", ["/3/discover/movie", "/3/movie/"])
def test_where_tmdb_keeps_failing_the_download_ends_and_can_go_on(
    server: TmdbServer, tmp_path: Path, fault: str, path: str
) -> None:
    output = tmp_path / "tmdb.jsonl"
    server.faults = lambda asked, times: fault if asked.startswith(path) else None
    with pytest.raises(IndexingError, match="TMDB does not answer"):
        fetch(server, output, 60)
    assert not output.exists()

    server.faults = lambda asked, times: None
    assert fetch(server, output, 60) == expected(server, 60)


def test_where_nobody_listens_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"TMDB does not answer \(no answer \(ConnectError\)\): check the network"):
        download(tmp_path / "tmdb.jsonl", count=5, key=KEY, api_url="http://127.0.0.1:9/3", pace=QUICK)


def test_a_refused_key_ends_the_download_at_once(server: TmdbServer, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="TMDB refuses the key") as caught:
        fetch(server, tmp_path / "tmdb.jsonl", 60, key=TmdbKey("f" * 32))

    assert "f" * 32 not in str(caught.value)
    assert server.statuses == {401: 1}


def test_retry_after_holds_back_every_request(server: TmdbServer, tmp_path: Path) -> None:
    refused = f"/3/movie/{expected(server, 60)[0]}"
    server.faults = lambda path, times: "429" if path == refused and times == 1 else None
    fetch(server, tmp_path / "tmdb.jsonl", 60)

    pauses = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert max(pauses) > 0.8  # the server asks for one second


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
def test_retry_after_is_a_number_or_a_date_within_reason(header: str, seconds: float) -> None:
    from app.indexing.tmdb.client import _retry_after

    assert _retry_after(header) == seconds


def test_requests_stay_under_the_rate_and_the_connections(server: TmdbServer, tmp_path: Path) -> None:
    pace = Pace(requests_per_second=200.0, connections=3)
    fetch(server, tmp_path / "tmdb.jsonl", 100, pace=pace)

    seconds = server.times[-1] - server.times[0]
    assert len(server.times) / seconds < 1.1 * pace.requests_per_second
    assert server.most_at_once <= pace.connections


# --- going on after a kill --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("requests", [1, 10, 25, 100, 170])
def test_a_download_that_ended_goes_on_without_asking_twice(
    server: TmdbServer, tmp_path: Path, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "tmdb.jsonl"
    real = TmdbClient._get_once
    budget = [requests]

    async def until_killed(self: TmdbClient, *arguments: object) -> dict[str, Any]:
        if budget[0] == 0:
            raise IndexingError("ended here")
        budget[0] -= 1
        return await real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(TmdbClient, "_get_once", until_killed)
    with pytest.raises(IndexingError, match="ended here"):
        fetch(server, output, 200)
    monkeypatch.undo()

    assert not output.exists()
    assert fetch(server, output, 200) == expected(server, 200)
    films = {path: times for path, times in server.asked.items() if path.startswith("/3/movie/")}
    assert sum(films.values()) - len(films) <= QUICK.connections  # those under way when it was killed


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-7], lambda b: b + b'{"film": {"id"', lambda b: b + b"\x00\xff\n[]\n{}\n"]
)
def test_a_torn_partial_file_is_mended(server: TmdbServer, tmp_path: Path, damage: object) -> None:
    output, partial = tmp_path / "tmdb.jsonl", tmp_path / "tmdb.jsonl.partial"
    server.faults = lambda path, times: "500" if len(server.times) > 100 else None
    with pytest.raises(IndexingError):
        fetch(server, output, 150)
    partial.write_bytes(damage(partial.read_bytes()))  # type: ignore[operator]
    server.faults = lambda path, times: None

    assert fetch(server, output, 150) == expected(server, 150)


def test_another_count_keeps_the_films_and_lists_anew(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"
    server.faults = lambda path, times: "500" if len(server.times) > 100 else None
    with pytest.raises(IndexingError):
        fetch(server, output, 150)
    server.faults = lambda path, times: None

    assert fetch(server, output, 180) == expected(server, 180)
    assert max(times for path, times in server.asked.items() if path.startswith("/3/movie/")) <= QUICK.attempts + 1


def test_an_old_partial_file_is_not_gone_on_with(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partial = tmp_path / "tmdb.jsonl.partial"
    partial.write_text('{"format": 1, "started": "2026-01-01"}\n{"listing_of": 5}\n{"chosen": [1, 2, 3, 4, 5]}\n')

    assert fetch(server, tmp_path / "tmdb.jsonl", 5) == expected(server, 5)
    assert "starting afresh" in capsys.readouterr().out


def test_a_finished_download_is_replaced_by_the_next(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"
    fetch(server, output, 20)

    assert fetch(server, output, 30) == expected(server, 30)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_was_killed_goes_on(server: TmdbServer, tmp_path: Path, end: signal.Signals) -> None:
    output = tmp_path / "tmdb.jsonl"
    code = (
        "import argparse, sys; from app.indexing.tmdb import command as tmdb; p = argparse.ArgumentParser(); "
        "tmdb.add_arguments(p); sys.exit(tmdb.run(p.parse_args()))"
    )
    command = [sys.executable, "-c", code, "--output", str(output), "--count", "100", "--rate", "40"]
    command += ["--api-url", server.url]
    environment = os.environ | {"TMDB_API_KEY": V3_KEY}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while len(server.times) < 30 and time.monotonic() < deadline:
            time.sleep(0.02)
        command_line = Path(f"/proc/{process.pid}/cmdline")
        assert not command_line.exists() or V3_KEY.encode() not in command_line.read_bytes()
    finally:
        process.send_signal(end)
        told, _ = process.communicate()
    assert V3_KEY.encode() not in told
    assert len(server.times) >= 30
    assert not output.exists()

    assert fetch(server, output, 100) == expected(server, 100)


# --- the key ----------------------------------------------------------------------------------------------------------


def test_the_key_comes_from_the_environment_or_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"\ufeff {V4_TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("TMDB_API_KEY", f" {V3_KEY}\n")

    assert read_key().value == V3_KEY
    assert read_key(tmp_path / "key").value == V4_TOKEN


def test_without_a_key_the_error_says_where_to_get_and_put_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TMDB_API_KEY", raising=False)
    with pytest.raises(IndexingError, match=r"TMDB_API_KEY, or into a file named by --key-file.*settings/api"):
        read_key()
    with pytest.raises(IndexingError, match="Cannot read the key file"):
        read_key(tmp_path / "nowhere")
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexingError, match="is not text"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("value", ["secret", "a" * 31, "a.b", "key with spaces", V3_KEY + "\nX: y"])
def test_what_is_no_key_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(IndexingError, match="neither an API key") as caught:
        TmdbKey(value)
    assert value not in str(caught.value)


@pytest.mark.parametrize("secret", [V3_KEY, V4_TOKEN])
def test_the_key_stands_in_no_log_no_output_and_no_file(
    server: TmdbServer,
    tmp_path: Path,
    secret: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults = lambda path, times: "broken" if times == 1 else ("500" if len(server.times) > 150 else None)
    with pytest.raises(IndexingError) as caught:
        fetch(server, tmp_path / "tmdb.jsonl", 60, key=TmdbKey(secret))

    out, err = capsys.readouterr()
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "HTTP Request: GET" in caplog.text
    for place in (caplog.text, out, err, written, str(caught.value), repr(caught.value), repr(TmdbKey(secret))):
        assert secret not in place


# --- arguments and places ---------------------------------------------------------------------------------------------


def test_arguments_teach_and_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    tmdb.add_arguments(parser)

    args = parser.parse_args(["--output", "films.jsonl"])
    assert (args.count, args.rate, args.api_url) == (30_000, 35.0, "https://api.themoviedb.org/3")
    for wrong in (["--count", "0"], ["--rate", "41"], ["--rate", "0"], ["--api-url", "http://elsewhere.example"]):
        with pytest.raises(SystemExit):
            parser.parse_args(["--output", "films.jsonl", *wrong])
    assert not re.search(r"--(api-)?key\b(?!-file)", parser.format_help())
    capsys.readouterr()


def test_places_that_cannot_be_written_are_refused_before_anything_is_asked(server: TmdbServer, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="is a folder"):
        fetch(server, tmp_path, 5)
    with pytest.raises(IndexingError, match="There is no folder"):
        fetch(server, tmp_path / "no" / "tmdb.jsonl", 5)
    assert not server.times


def test_two_downloads_to_one_file_are_refused(server: TmdbServer, tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / "tmdb.jsonl.lock"), pytest.raises(IndexingError, match="Another download"):
        fetch(server, tmp_path / "tmdb.jsonl", 5)
