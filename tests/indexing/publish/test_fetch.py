"""Download of a file with a known SHA-256, complete or not at all, and resumed."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.publish import fetch
from app.indexing.publish.fetch import fetched_file, parse_sha256, shown
from tests.file_server import FileServer

CONTENT = random.Random(1).randbytes(2_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "FIRST_WAIT", 0.01)


def fetch_bytes(url: str, folder: Path, sha256: str = SHA256) -> bytes:
    with fetched_file(url, sha256, folder) as path:
        return path.read_bytes()


def test_a_file_is_fetched_and_removed_after_use(tmp_path: Path) -> None:
    with FileServer(CONTENT).running() as server:
        assert fetch_bytes(server.url, tmp_path / "models", f"SHA256:{SHA256.upper()}") == CONTENT

    assert list((tmp_path / "models").iterdir()) == []


def test_a_local_file_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a bundle.tar.gz"
    path.write_bytes(CONTENT)

    assert fetch_bytes(path.as_uri(), tmp_path) == CONTENT
    assert path.exists()
    with pytest.raises(IndexingError, match="has SHA-256"):
        fetch_bytes(path.as_uri(), tmp_path, "0" * 64)
    with pytest.raises(IndexingError, match="does not exist"):
        fetch_bytes((tmp_path / "nowhere").as_uri(), tmp_path)
    with pytest.raises(IndexingError, match="not a file on this machine"):
        fetch_bytes("file://elsewhere/bundle.tar.gz", tmp_path)


@pytest.mark.parametrize("validators", [True, False])
def test_an_interrupted_download_is_resumed(tmp_path: Path, validators: bool) -> None:
    with FileServer(CONTENT, cut_after=600_000, cuts=3, validators=validators).running() as server:
        assert fetch_bytes(server.url, tmp_path) == CONTENT

    assert server.sent == len(CONTENT)
    assert [asked.get("Range") for asked in server.asked] == [None] + [
        f"bytes={n}-" for n in (600_000, 1_200_000, 1_800_000)
    ]
    assert [asked.get("If-Range") for asked in server.asked[1:]] == [server.tag if validators else None] * 3


def test_a_server_without_ranges_sends_the_whole_file_again(tmp_path: Path) -> None:
    with FileServer(CONTENT, cut_after=600_000, cuts=2, ranges=False).running() as server:
        assert fetch_bytes(server.url, tmp_path) == CONTENT


def test_a_killed_process_is_resumed(tmp_path: Path) -> None:
    with FileServer(CONTENT, slow=0.1).running() as server:
        command = [sys.executable, "-m", "app.indexing", "fetch", server.url, "--sha256", SHA256]
        process = subprocess.Popen([*command, "--models-dir", str(tmp_path)], stdout=subprocess.DEVNULL, env=os.environ)
        deadline = time.monotonic() + 60
        while server.sent < 700_000 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        server.slow = 0.0

        assert fetch_bytes(server.url, tmp_path) == CONTENT
        begun = int(server.asked[-1]["Range"].removeprefix("bytes=").removesuffix("-"))
        assert begun >= 250_000


def test_a_file_that_changed_during_the_download_is_fetched_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FileServer(CONTENT).running() as server:
        (tmp_path / f".fetch-{SHA256[:16]}.partial").write_bytes(bytes(600_000))
        (tmp_path / f".fetch-{SHA256[:16]}.json").write_text('{"validator": "\\"old\\""}')

        assert fetch_bytes(server.url, tmp_path) == CONTENT

    assert server.asked[0]["If-Range"] == '"old"'
    assert server.sent == len(CONTENT)
    assert "starting again" not in capsys.readouterr().out


def test_interruptions_after_progress_are_not_counted(tmp_path: Path) -> None:
    with FileServer(CONTENT, cut_after=90_000, cuts=20).running() as server:
        assert fetch_bytes(server.url, tmp_path) == CONTENT


def test_a_partial_download_of_another_file_is_discarded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileServer(CONTENT, validators=False).running() as server:
        for wrong in (bytes(1000), bytes(len(CONTENT)), bytes(len(CONTENT) + 5)):
            (tmp_path / f".fetch-{SHA256[:16]}.partial").write_bytes(wrong)
            assert fetch_bytes(server.url, tmp_path) == CONTENT

    assert "starting again" in capsys.readouterr().out


def test_a_download_that_was_complete_is_not_fetched_again(tmp_path: Path) -> None:
    with FileServer(CONTENT).running() as server:
        (tmp_path / f".fetch-{SHA256[:16]}.partial").write_bytes(CONTENT)

        assert fetch_bytes(server.url, tmp_path) == CONTENT
        assert server.sent == 0


def test_a_download_is_kept_after_an_error_unless_it_is_invalid(tmp_path: Path) -> None:
    with FileServer(CONTENT).running() as server:
        with pytest.raises(OSError, match="full"), fetched_file(server.url, SHA256, tmp_path):
            raise OSError("the disk is full")
        assert fetch_bytes(server.url, tmp_path) == CONTENT
        assert server.sent == len(CONTENT)
        with pytest.raises(IndexingError), fetched_file(server.url, SHA256, tmp_path):
            raise IndexingError("not a bundle")
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_sha256_is_refused_and_removed(tmp_path: Path) -> None:
    with FileServer(b"another file").running() as server, pytest.raises(IndexingError, match="Nothing was changed"):
        fetch_bytes(server.url, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_transient_statuses_are_retried(tmp_path: Path) -> None:
    with FileServer(CONTENT, statuses=[503, 429, 500]).running() as server:
        assert fetch_bytes(server.url, tmp_path) == CONTENT


@pytest.mark.parametrize(
    ("statuses", "message"),
    [
        ([404], "gives status 404: check the address"),
        ([403], "status 403"),
        ([500] * 20, r"does not answer \(status 500\)"),
    ],
)
def test_permanent_errors_are_not_retried(tmp_path: Path, statuses: list[int], message: str) -> None:
    with FileServer(CONTENT, statuses=statuses).running() as server, pytest.raises(IndexingError, match=message):
        fetch_bytes(server.url, tmp_path)


def test_an_unreachable_server_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"does not answer \(ConnectError\): check the network"):
        fetch_bytes("http://127.0.0.1:9/bundle.tar.gz", tmp_path)


def test_redirects_are_followed_to_allowed_addresses(tmp_path: Path) -> None:
    redirects = {
        "/bundle.tar.gz": "/moved",
        "/loop": "/loop",
        "/away": "http://elsewhere.example/x",
        "/file": "file:///etc/hosts",
    }
    with FileServer(CONTENT, redirects=redirects).running() as server:
        assert fetch_bytes(server.url, tmp_path) == CONTENT
        base = server.url.rsplit("/", 1)[0]
        with pytest.raises(IndexingError, match="redirected too often"):
            fetch_bytes(f"{base}/loop", tmp_path)
        for path in ("away", "file"):
            with pytest.raises(IndexingError, match="is not an address to fetch from"):
                fetch_bytes(f"{base}/{path}", tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/x",
        "ftp://elsewhere.example/x",
        "bundle.tar.gz",
        "",
        "https://",
        "https://[broken",
        "https://a:b/",
        "https://xn--.com/",
    ],
)
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(IndexingError, match="is not an address to fetch from"):
        fetch_bytes(url, tmp_path)


@pytest.mark.parametrize("url", ["file://[", "file://host:abc/x"])
def test_a_malformed_file_url_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(IndexingError, match="is not a file on this machine"):
        fetch_bytes(url, tmp_path)


def test_a_password_in_a_refused_address_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(IndexingError) as refused:
        fetch_bytes("http://user:secret@elsewhere.example/x", tmp_path)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("chunked", [True, False], ids=["unknown length", "known length"])
def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1_000_000)
    with (
        FileServer(CONTENT, chunked=chunked).running() as server,
        pytest.raises(IndexingError, match="not a bundle: refused"),
    ):
        fetch_bytes(server.url, tmp_path)


def test_messages_show_no_secrets_of_an_address() -> None:
    assert (
        shown("https://user:secret@host.example:8443/path/x.gz?signature=secret")
        == "https://host.example:8443/path/x.gz"
    )
    assert shown("models/bundle.tar.gz") == "models/bundle.tar.gz"


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_an_invalid_sha256_is_refused(text: str) -> None:
    with pytest.raises(IndexingError, match="64 hexadecimal digits"):
        parse_sha256(text)
