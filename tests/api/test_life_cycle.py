"""Start and shutdown of a server, and the environments in which it runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.gated_server import SYNOPSIS, gated_server
from tests.running_server import ROOT, STOP_SECONDS, RunningServer, refused_start, start_process, wait_until

BODY = {"synopsis": "A lighthouse keeper finds a message in a bottle that was written by himself."}
AT_THE_GATE = {"synopsis": SYNOPSIS}


def is_closed(server: RunningServer) -> bool:
    """Return whether the server refuses new connections."""
    try:
        socket.create_connection(server.address).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_running_and_queued_requests_finish(models_dir: Path, tmp_path: Path, signal_number: int) -> None:
    with (
        gated_server(models_dir, tmp_path, MAX_CONCURRENT_REQUESTS="1") as server,
        ThreadPoolExecutor() as clients,
    ):
        running = clients.submit(httpx.post, f"{server.url}/api/v1/recommend", json=AT_THE_GATE, timeout=60)
        server.wait_until_reached()
        batch = {"requests": [{**BODY, "top_k": number} for number in range(1, 6)]}
        queued = clients.submit(httpx.post, f"{server.url}/api/v1/recommend/batch", json=batch, timeout=60)
        server.wait_until_queued(5)
        server.process.send_signal(signal_number)
        wait_until(lambda: is_closed(server))
        server.open_gate()
        assert [answer.result().status_code for answer in (running, queued)] == [200, 200]
        assert server.process.wait(STOP_SECONDS) == 0
        assert "Traceback" not in server.log


def test_requests_still_queued_near_the_end_are_refused(models_dir: Path, tmp_path: Path) -> None:
    limits = {"SECONDS_TO_DRAIN": 2}
    with (
        gated_server(models_dir, tmp_path, limits=limits, MAX_CONCURRENT_REQUESTS="1") as server,
        ThreadPoolExecutor() as clients,
    ):
        clients.submit(httpx.post, f"{server.url}/api/v1/recommend", json=AT_THE_GATE, timeout=60)
        server.wait_until_reached()
        queued = [clients.submit(httpx.post, f"{server.url}/api/v1/recommend", json=BODY, timeout=60) for _ in "abc"]
        server.wait_until_queued(3)
        server.process.send_signal(signal.SIGTERM)
        assert [answer.result().status_code for answer in queued] == [503, 503, 503]
        server.open_gate()
        assert server.process.wait(STOP_SECONDS) == 0


def test_a_silent_client_does_not_delay_the_end(models_dir: Path, tmp_path: Path) -> None:
    with gated_server(models_dir, tmp_path, limits={"SECONDS_TO_DRAIN": 1}) as server:
        with socket.create_connection(server.address) as idle, socket.create_connection(server.address) as slow:
            slow.sendall(b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            idle.sendall(b"GET / HT")
            assert httpx.get(f"{server.url}/health").status_code == 200  # accepted after the two, so they are in
            assert server.stop() == 0
            assert b"503 Service Unavailable" in slow.recv(1000)
        assert "Traceback" not in server.log


def test_a_signal_during_start_ends_it(models_dir: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start_process(models_dir, log, {})
    try:
        wait_until(lambda: f"Loading {models_dir}" in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def test_a_port_in_use_is_reported_in_one_line(models_dir: Path, tmp_path: Path) -> None:
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


def test_a_missing_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    status, log = refused_start(tmp_path / "nowhere", tmp_path / "log")
    assert status == 3
    assert "nowhere" in log
    assert "Traceback" not in log


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_without_home_may_serve_from_a_path_with_spaces(models_dir: Path, tmp_path: Path) -> None:
    place = Path("/tmp") / f"films à voir {os.getpid()}"  # noqa: S108  other users may not enter tmp_path
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
            wait_until(lambda: "running on" in log.read_text())
            url = log.read_text().split("running on ")[1].split()[0]
            assert httpx.post(f"{url}/api/v1/recommend", json=BODY, timeout=60).status_code == 200
            process.terminate()
            assert process.wait(STOP_SECONDS) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(place, ignore_errors=True)
