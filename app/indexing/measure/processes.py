"""Server processes to measure: their start, CPU time and memory, and a description of the machine. Linux only."""

import contextlib
import os
import platform
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from app.core.cpu import available_cpus, has_fast_int8
from app.indexing.errors import IndexingError

START_SECONDS = 120
ENVIRONMENT_OF_RUN_LOCAL = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}

_POLL_SECONDS = 0.02
_STOP_SECONDS = 30
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Service:
    """A way to serve the films: the application that uvicorn starts, and its environment."""

    name: str
    application: str
    environment: Mapping[str, str] = field(default_factory=dict)
    is_factory: bool = False


@dataclass(frozen=True, slots=True)
class StartedService:
    """A running server, and the wall and CPU time until /health answered 200."""

    port: int
    process: "subprocess.Popen[bytes]"
    wall_seconds: float
    cpu_seconds: float


def require_proc() -> None:
    """Raise IndexingError on systems without /proc."""
    if not Path("/proc/self/stat").exists():
        raise IndexingError("CPU time and memory are read from /proc: run this on Linux.")


@contextlib.contextmanager
def start_service(service: Service) -> Iterator[StartedService]:
    """Start a service and wait until it is healthy; it is stopped when the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", service.application, "--port", str(port), "--log-level", "warning"]
    if service.is_factory:
        command.append("--factory")
    environment = {**os.environ, **service.environment, "LOG_LEVEL": "WARNING"}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 (a fixed command)
    try:
        _wait_until_healthy(port, process, service.name)
        yield StartedService(port, process, time.perf_counter() - started, cpu_seconds(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_healthy(port: int, process: "subprocess.Popen[bytes]", name: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == httpx.codes.OK:
                return
        time.sleep(_POLL_SECONDS)
    raise IndexingError(f"{name} did not start; its error message is above.")


def free_port() -> int:
    """Return a port of localhost on which no process listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(process_id: int) -> float:
    """Return user and system time of a process (proc(5): fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def memory_megabytes(process_id: int | Literal["self"], name: Literal["VmRSS", "VmHWM"]) -> float:
    """Return the current (VmRSS) or highest (VmHWM) resident memory of a process (proc(5), status)."""
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines()
    values = [int(line.split()[1]) for line in lines if line.startswith(f"{name}:")]
    return values[0] * 1024 / 1e6


def describe_machine(cpu_facts: Path = Path("/proc/cpuinfo")) -> str:
    """Return the number and model of the CPUs, whether they have VNNI (INT8 products), and the Python version."""
    text = cpu_facts.read_text(encoding="utf-8") if cpu_facts.exists() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    name = model[1].strip() if model else platform.machine()
    vnni = "with VNNI" if has_fast_int8(cpu_facts) else "without VNNI"
    cpus = available_cpus()
    return f"{cpus} CPU{'s' if cpus > 1 else ''} ({name}, {vnni}), Python {platform.python_version()}"
