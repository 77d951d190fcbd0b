"""How a server starts and ends, and where it can live."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.running_server import ROOT, START_SECONDS, RunningServer, refused_start, running_server, start_process

BODY = {"synopsis": "A lighthouse keeper finds a message in a bottle that was written by himself."}
SECONDS_TO_END = 10
SECONDS_TO_ARRIVE = 0.2
"""What is sent in this time before the signal may come too late."""


@pytest.fixture
def server(models_dir: Path, tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(models_dir, tmp_path / "log", QUERY_CACHE_SIZE="0") as started:
        yield started


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not condition():
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < give_up, "it takes too long"
        time.sleep(0.01)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_finishes_what_is_in_flight(server: RunningServer, signal_number: int) -> None:
    statuses: list[int] = []
    lost: list[float] = []  # when they were sent
    asked = threading.Event()

    def ask(number: int) -> None:
        body = {"requests": [{"synopsis": f"{BODY['synopsis']} {number} {n}"} for n in range(10)]}
        while True:  # each on a connection of its own: one that is kept may be closed just as it is used again
            sent = time.monotonic()
            try:
                answer = httpx.post(f"{server.url}/api/v1/recommend/batch", json=body, timeout=60)
                statuses.append(answer.status_code)
                asked.set()
            except httpx.ConnectError:
                return  # refused: nothing was lost
            except httpx.HTTPError:
                lost.append(sent)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for client in clients:
        client.start()
    assert asked.wait(60)
    started = time.monotonic()
    assert server.stop(signal_number) == 0
    assert time.monotonic() - started < SECONDS_TO_END
    for client in clients:
        client.join()
    assert set(statuses) <= {200, 503}
    assert [sent for sent in lost if sent < started - SECONDS_TO_ARRIVE] == []
    assert "Traceback" not in server.log


def test_a_client_that_keeps_still_does_not_hold_up_the_end(server: RunningServer) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as idle, socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        idle.sendall(b"GET / HT")
        time.sleep(0.2)
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < SECONDS_TO_END
        assert b"503 Service Unavailable" in slow.recv(1000)
    assert "Traceback" not in server.log


def test_a_signal_during_start_ends_it(models_dir: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start_process(models_dir, log, {})
    try:
        wait_for(lambda: f"Loading {models_dir}" in log.read_text(), process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_TO_END) == 0
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_taken_is_told_in_a_line(models_dir: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        environment = {**os.environ, "MODEL_DIR": str(models_dir)}
        port = str(other.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", port],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode != 0
    assert [line for line in ended.stderr.splitlines() if "address already in use" in line]
    assert "Traceback" not in ended.stderr


def test_a_folder_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    status, log = refused_start(tmp_path / "nowhere", tmp_path / "log")
    assert status == 3
    assert "nowhere" in log
    assert "Traceback" not in log


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_without_home_may_serve_from_a_path_with_spaces(models_dir: Path, tmp_path: Path) -> None:
    place = Path("/tmp") / f"films à voir {os.getpid()}"  # noqa: S108  nobody may enter the test's own folder
    try:
        shutil.copytree(models_dir, place / "models")
        shutil.copytree(ROOT / "app", place / "app", ignore=shutil.ignore_patterns("__pycache__"))
        for path in [place, *place.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        command = ["-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", "0"]
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, *command],
                cwd=place,
                env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=output,
                stderr=output,
            )
        try:
            wait_for(lambda: "running on" in log.read_text(), process)
            url = log.read_text().split("running on ")[1].split()[0]
            assert httpx.post(f"{url}/api/v1/recommend", json=BODY, timeout=60).status_code == 200
            process.terminate()
            assert process.wait(SECONDS_TO_END) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(place, ignore_errors=True)
