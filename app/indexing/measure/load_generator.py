"""Sends requests from several clients at once and notes how long each took; light, so that it leaves the CPU alone."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

CONNECT_SECONDS = 30
SECONDS_BETWEEN_PROBES = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of clients met: times in milliseconds, from the request's first byte to the answer's last."""

    clients: int
    requests: int
    failures: int
    requests_per_second: float
    median: float
    p90: float
    p99: float
    generator_milliseconds: float
    """CPU time of the generator itself for each request."""


def get_request(path: str) -> bytes:
    """Return a GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post_request(path: str, body: bytes) -> bytes:
    """Return a POST of JSON as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@contextlib.contextmanager
def probed_health(port: int) -> Iterator[list[float]]:
    """Ask /health again and again while the block runs; yields the list that its times go into, in milliseconds."""
    times: list[float] = []
    stop = threading.Event()

    def probe() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=CONNECT_SECONDS) as client:
            while not stop.is_set():
                started = time.perf_counter()
                client.get("/health").raise_for_status()
                times.append(1000 * (time.perf_counter() - started))
                stop.wait(SECONDS_BETWEEN_PROBES)

    prober = threading.Thread(target=probe)
    prober.start()
    try:
        yield times
    finally:
        stop.set()
        prober.join()


@dataclass(frozen=True, slots=True)
class Burst:
    """Some seconds of load: each request's milliseconds, what failed, and what the burst took in seconds."""

    milliseconds: Sequence[float]
    failures: int
    elapsed: float
    generator_cpu: float


def measure_load(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Load:
    """Let `clients` send requests one after the other to localhost for so long; each request is used once."""
    return summarize(clients, [send_burst(port, requests, clients=clients, seconds=seconds)])


def send_burst(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Burst:
    """Do the same, for a part of a load that is measured in several turns."""
    cpu_started, started = time.process_time(), time.perf_counter()
    milliseconds, failures = asyncio.run(_run_clients(port, requests, clients, seconds))
    return Burst(milliseconds, failures, time.perf_counter() - started, time.process_time() - cpu_started)


def summarize(clients: int, bursts: Sequence[Burst]) -> Load:
    """Return what the clients met in all of the bursts."""
    milliseconds = [each for burst in bursts for each in burst.milliseconds]
    median, p90, p99 = np.percentile(milliseconds, [50, 90, 99]).tolist()
    count = len(milliseconds)
    return Load(
        clients=clients,
        requests=count,
        failures=sum(burst.failures for burst in bursts),
        requests_per_second=count / sum(burst.elapsed for burst in bursts),
        median=median,
        p90=p90,
        p99=p99,
        generator_milliseconds=1000 * sum(burst.generator_cpu for burst in bursts) / count,
    )


async def _run_clients(
    port: int, requests: Iterator[bytes], clients: int, seconds: float
) -> tuple[Sequence[float], int]:
    milliseconds: list[float] = []
    failures = 0
    end = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal failures
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), CONNECT_SECONDS)
        try:
            while time.perf_counter() < end and (request := next(requests, None)) is not None:
                started = time.perf_counter()
                writer.write(request)
                status = await _read_answer(reader)
                milliseconds.append(1000 * (time.perf_counter() - started))
                failures += status != 200
        finally:
            writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return milliseconds, failures


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
