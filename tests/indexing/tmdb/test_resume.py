"""Resumption of downloads that were stopped at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.indexing.errors import IndexingError
from app.indexing.tmdb.client import TmdbClient
from tests.indexing.tmdb.downloads import QUICK, expected, fetch
from tests.tmdb_server import V3_KEY, TmdbServer


@pytest.mark.parametrize("requests", [1, 10, 25, 100, 170])
def test_a_stopped_download_resumes_without_repeating_requests(
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
def test_an_incomplete_last_line_of_the_partial_file_is_dropped(
    server: TmdbServer, tmp_path: Path, damage: object
) -> None:
    output, partial = tmp_path / "tmdb.jsonl", tmp_path / "tmdb.jsonl.partial"
    server.faults = lambda path, times: "500" if len(server.times) > 100 else None
    with pytest.raises(IndexingError):
        fetch(server, output, 150)
    partial.write_bytes(damage(partial.read_bytes()))  # type: ignore[operator]
    server.faults = lambda path, times: None

    assert fetch(server, output, 150) == expected(server, 150)


def test_another_count_keeps_the_films_and_repeats_the_listing(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"
    server.faults = lambda path, times: "500" if len(server.times) > 100 else None
    with pytest.raises(IndexingError):
        fetch(server, output, 150)
    server.faults = lambda path, times: None

    assert fetch(server, output, 180) == expected(server, 180)
    assert max(times for path, times in server.asked.items() if path.startswith("/3/movie/")) <= QUICK.attempts + 1


def test_an_old_partial_file_is_not_resumed(
    server: TmdbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partial = tmp_path / "tmdb.jsonl.partial"
    partial.write_text('{"format": 2, "started": "2026-01-01"}\n{"listing_of": 5}\n{"chosen": [1, 2, 3, 4, 5]}\n')

    assert fetch(server, tmp_path / "tmdb.jsonl", 5) == expected(server, 5)
    assert "starting again" in capsys.readouterr().out


def test_a_finished_download_is_replaced_by_the_next(server: TmdbServer, tmp_path: Path) -> None:
    output = tmp_path / "tmdb.jsonl"
    fetch(server, output, 20)

    assert fetch(server, output, 30) == expected(server, 30)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_download_resumes(server: TmdbServer, tmp_path: Path, end: signal.Signals) -> None:
    output = tmp_path / "tmdb.jsonl"
    code = (
        "import argparse, sys; from app.indexing.tmdb import command as tmdb; p = argparse.ArgumentParser(); "
        "tmdb.add_commands(lambda *_: p); sys.exit(tmdb.run(p.parse_args()))"
    )
    command = [sys.executable, "-c", code, "--output", str(output), "--count", "100", "--rate", "40"]
    command += ["--api-url", server.url]
    environment = os.environ | {"TMDB_API_KEY": V3_KEY}
    server.faults = lambda path, times: "hold" if len(server.times) > 30 else None
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert server.held.wait(60)
        command_line = Path(f"/proc/{process.pid}/cmdline")
        assert not command_line.exists() or V3_KEY.encode() not in command_line.read_bytes()
    finally:
        process.send_signal(end)
        told, _ = process.communicate()
    assert V3_KEY.encode() not in told
    assert not output.exists()

    server.faults = lambda path, times: None
    server.released.set()
    assert fetch(server, output, 100) == expected(server, 100)
