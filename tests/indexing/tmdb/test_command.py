"""The command `tmdb`: its key, its arguments, and outputs that cannot be written."""

import argparse
import logging
import re
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.tmdb import command as tmdb
from app.indexing.tmdb.access import TmdbKey, read_key
from tests.indexing.tmdb.downloads import fetch
from tests.tmdb_server import V3_KEY, V4_TOKEN, TmdbServer


def test_the_key_comes_from_the_environment_or_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"\ufeff {V4_TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("TMDB_API_KEY", f" {V3_KEY}\n")

    assert read_key().value == V3_KEY
    assert read_key(tmp_path / "key").value == V4_TOKEN


def test_without_a_key_the_error_says_how_to_get_and_set_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TMDB_API_KEY", raising=False)
    with pytest.raises(IndexingError, match=r"TMDB_API_KEY, or into a file named by --key-file.*settings/api"):
        read_key()
    with pytest.raises(IndexingError, match="Cannot read the key file"):
        read_key(tmp_path / "nowhere")
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexingError, match="is not text"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("value", ["secret", "a" * 31, "a.b", "key with spaces", V3_KEY + "\nX: y"])
def test_an_invalid_key_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(IndexingError, match="neither an API key") as caught:
        TmdbKey(value)
    assert value not in str(caught.value)


@pytest.mark.parametrize("secret", [V3_KEY, V4_TOKEN])
def test_the_key_is_in_no_log_output_or_file(
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


def test_arguments_have_defaults_and_limits(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    tmdb.add_commands(lambda *_: parser)

    args = parser.parse_args(["--output", "films.jsonl"])
    assert (args.count, args.rate, args.api_url) == (30_000, 35.0, "https://api.themoviedb.org/3")
    for wrong in (["--count", "0"], ["--rate", "41"], ["--rate", "0"], ["--api-url", "http://elsewhere.example"]):
        with pytest.raises(SystemExit):
            parser.parse_args(["--output", "films.jsonl", *wrong])
    assert not re.search(r"--(api-)?key\b(?!-file)", parser.format_help())
    capsys.readouterr()


def test_unwritable_outputs_are_refused_before_any_request(server: TmdbServer, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="is a folder"):
        fetch(server, tmp_path, 5)
    with pytest.raises(IndexingError, match="There is no folder"):
        fetch(server, tmp_path / "no" / "tmdb.jsonl", 5)
    assert not server.times


def test_two_downloads_to_one_file_are_refused(server: TmdbServer, tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / "tmdb.jsonl.lock"), pytest.raises(IndexingError, match="Another download"):
        fetch(server, tmp_path / "tmdb.jsonl", 5)
