"""A load generator that simulates concurrent clients and measures the times of the answers.

It is one thread that waits on all sockets, because it shares the CPUs with the server and must use little CPU time.
"""

import contextlib
import itertools
import selectors
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import httpx
import numpy as np

TIMEOUT_SECONDS = 30
SECONDS_BETWEEN_PROBES = 0.1

_READ_BYTES = 1 << 18
_OK = 200


@dataclass(frozen=True, slots=True)
class Load:
    """Figures of a load: times are milliseconds from the first byte of a request to the last byte of its answer."""

    clients: int
    requests: int
    failures: int
    requests_per_second: float
    median: float
    p90: float
    p95: float
    p99: float
    generator_milliseconds: float
    """CPU time of the generator itself per request."""


def get_request(path: str) -> bytes:
    """Return a GET request as bytes on the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post_request(path: str, body: bytes) -> bytes:
    """Return a POST request with a JSON body as bytes on the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@contextlib.contextmanager
def probed_health(port: int) -> Iterator[list[float]]:
    """Request /health repeatedly while the block runs, and yield the growing list of its times in milliseconds."""
    times: list[float] = []
    stop = threading.Event()

    def probe() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT_SECONDS) as client:
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


def measure_load(port: int, requests: Iterable[bytes], *, clients: int, seconds: float) -> Load:
    """Send requests to localhost from `clients` concurrent connections for a number of seconds.

    Each client sends its next request when the last one has been answered. Each request is sent once; the load ends
    early if there are no more. The requests should be made beforehand, because making them takes CPU time from the
    server. Raises ConnectionError if the server closes a connection, TimeoutError if it does not answer.
    """
    cpu_started, started = time.process_time(), time.perf_counter()
    milliseconds, failures = _run_clients(port, iter(requests), clients, seconds)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    median, p90, p95, p99 = np.percentile(milliseconds, [50, 90, 95, 99]).tolist()
    count = len(milliseconds)
    return Load(clients, count, failures, count / elapsed, median, p90, p95, p99, 1000 * cpu / count)


def median_load(turns: Sequence[Load]) -> Load:
    """Return the median of each figure over several turns; requests and failures are summed."""
    medians = {field.name: float(np.median([getattr(turn, field.name) for turn in turns])) for field in fields(Load)}
    totals = {name: sum(getattr(turn, name) for turn in turns) for name in ("requests", "failures")}
    return Load(**{**medians, **totals, "clients": turns[0].clients})


class _Client:
    """A connection with a request in flight."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self._received = b""
        self._started = 0.0

    def send(self, request: bytes) -> None:
        self._received = b""
        self._started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, float] | None:
        """Read what has arrived; return the status and the milliseconds if the answer is complete, otherwise None."""
        arrived = self.socket.recv(_READ_BYTES)
        if not arrived:
            raise ConnectionError("the server closed a connection")
        self._received += arrived
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return None
        return int(head.split(b" ", 2)[1]), 1000 * (time.perf_counter() - self._started)


def _content_length(head: bytes) -> int:
    return int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])


def _run_clients(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> tuple[list[float], int]:
    """Return the milliseconds of each answer, and the number of answers with a status other than 200."""
    milliseconds: list[float] = []
    failures = 0
    deadline = time.perf_counter() + seconds
    with contextlib.ExitStack() as opened:
        selector = opened.enter_context(selectors.DefaultSelector())
        for request in itertools.islice(requests, clients):
            client = _Client(port)
            opened.enter_context(client.socket)
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send(request)
        while selector.get_map():
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError(f"no answer within {TIMEOUT_SECONDS} s")
            for key, _ in ready:
                answer = key.data.receive()
                if answer is None:
                    continue
                failures += answer[0] != _OK
                milliseconds.append(answer[1])
                request = next(requests, b"") if time.perf_counter() < deadline else b""
                if request:
                    key.data.send(request)
                else:
                    selector.unregister(key.fileobj)
    return milliseconds, failures
