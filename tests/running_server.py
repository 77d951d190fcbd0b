"""A real server in its own process, started as in production."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
STOP_SECONDS = 30
UVICORN = ("-m", "uvicorn")


@dataclass(frozen=True)
class RunningServer:
    """Address, process and log of a server."""

    url: str
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for a socket."""
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Ask the process to end and return its exit status."""
        self.process.send_signal(signal_number)
        return self.process.wait(STOP_SECONDS)


def start_process(
    models_dir: Path,
    log_path: Path,
    settings: Mapping[str, str],
    launcher: Sequence[str] = UVICORN,
    tracer: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """Start uvicorn on a port that the system chooses, with its output in log_path.

    `launcher` is what Python runs with uvicorn's arguments, `tracer` a command to run Python under.
    """
    environment = {**os.environ, "MODEL_DIR": str(models_dir), "PYTHONUNBUFFERED": "1", **settings}
    command = [*tracer, sys.executable, *launcher, "app.main:app", "--host", "127.0.0.1", "--port", "0"]
    with log_path.open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


@contextmanager
def running_server(
    models_dir: Path,
    log_path: Path,
    *,
    launcher: Sequence[str] = UVICORN,
    tracer: Sequence[str] = (),
    **settings: str,
) -> Iterator[RunningServer]:
    """Serve models_dir while the block runs; yields when /health answers."""
    process = start_process(models_dir, log_path, settings, launcher, tracer)
    try:
        yield RunningServer(_wait_until_healthy(process, log_path), process, log_path)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to exit, so that it can write its coverage data, and kill it if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], failure: str = "it did not happen") -> None:
    """Wait for an event that must happen; the time limit only ends a failed test."""
    give_up = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < give_up, failure
        time.sleep(0.01)


def refused_start(models_dir: Path, log_path: Path, **settings: str) -> tuple[int, str]:
    """Start a server that is expected to refuse its settings or files; return its exit status and output."""
    process = start_process(models_dir, log_path, settings)
    try:
        status = process.wait(START_SECONDS)
    finally:
        process.kill()
    return status, log_path.read_text(encoding="utf-8", errors="replace")


def _wait_until_healthy(process: subprocess.Popen[bytes], log_path: Path) -> str:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        found = re.search(r"running on (http://127\.0\.0\.1:\d+)", log_path.read_text(encoding="utf-8"))
        if found and httpx.get(f"{found[1]}/health").status_code == httpx.codes.OK:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log_path.read_text(encoding='utf-8')}")
