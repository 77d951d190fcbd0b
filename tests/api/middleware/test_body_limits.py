"""Bodies that are too large or too slow, and clients that disconnect."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gated_server import SYNOPSIS as AT_THE_GATE
from tests.gated_server import gated_server
from tests.running_server import RunningServer, running_server

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
BODY_SECONDS = 2


@pytest.fixture(scope="module")
def strict(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that waits two seconds for a body."""
    log = tmp_path_factory.mktemp("strict") / "log"
    with running_server(models_dir, log, REQUEST_TIMEOUT_SECONDS=str(BODY_SECONDS)) as started:
        yield started


def exchange(server: RunningServer, *parts: bytes, path: str = "/api/v1/recommend") -> bytes:
    """Send the headers of a POST and the given parts; return all bytes that the server sends until it closes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode())
        for part in parts:
            connection.sendall(part)
        received = b""
        while data := connection.recv(65536):
            received += data
        return received


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


@pytest.mark.parametrize(
    "parts",
    [
        (b"Content-Length: 3000000\r\n\r\n", b" " * 3_000_000),
        (b"Content-Length: 99999999999999999\r\n\r\n", b" " * 100_000),
        (b"Transfer-Encoding: chunked\r\n\r\n", *[chunk(b" " * 500_000)] * 6, b"0\r\n\r\n"),
    ],
    ids=["large", "said to be endless", "chunked"],
)
def test_a_large_body_is_refused_while_it_comes_in(strict: RunningServer, parts: tuple[bytes, ...]) -> None:
    answer = exchange(strict, *parts)
    assert answer.startswith(b"HTTP/1.1 413"), answer[:300]
    assert b'{"detail":"The request\'s body is larger than 2 MB' in answer


def test_a_large_body_sent_where_nobody_reads_it_ends_the_connection(strict: RunningServer) -> None:
    parts = [chunk(b" " * 500_000)] * 6
    assert exchange(strict, b"Transfer-Encoding: chunked\r\n\r\n", *parts, path="/nothing").startswith(b"HTTP/1.1 404")


def test_a_slow_body_is_refused_and_others_are_served_meanwhile(strict: RunningServer) -> None:
    address = urlsplit(strict.url)
    connections = [socket.create_connection((address.hostname, address.port), timeout=30) for _ in range(40)]
    for connection in connections:
        connection.sendall(b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    assert httpx.get(f"{strict.url}/health").status_code == 200
    assert httpx.post(f"{strict.url}/api/v1/recommend", json={"synopsis": SYNOPSIS}, timeout=60).status_code == 200
    for connection in connections:
        assert connection.recv(65536).startswith(b"HTTP/1.1 408")
        connection.close()


def test_a_body_of_the_right_size_keeps_the_connection(strict: RunningServer) -> None:
    with httpx.Client(base_url=strict.url) as client:
        for path in ("/api/v1/recommend", "/nothing", "/api/v1/genres"):
            response = client.post(path, json={"synopsis": SYNOPSIS}, timeout=60)
            assert "connection" not in response.headers


def test_clients_that_disconnect_free_their_places(models_dir: Path, tmp_path: Path) -> None:
    with (
        gated_server(models_dir, tmp_path, MAX_CONCURRENT_REQUESTS="1", MAX_WAITING_REQUESTS="2") as server,
        ThreadPoolExecutor() as clients,
    ):
        running = clients.submit(recommend, server)
        server.wait_until_reached()
        leaving = [send_request(server) for _ in range(2)]
        server.wait_until_queued(2)
        assert recommend(server).status_code == 503
        for connection in leaving:
            connection.close()
        server.wait_until_queued(0)
        staying = [clients.submit(recommend, server) for _ in range(2)]
        server.wait_until_queued(2)
        server.open_gate()
        assert [answer.result().status_code for answer in (running, *staying)] == [200, 200, 200]
        assert server.log.count(" 499 ") == 2
        assert "Traceback" not in server.log


def recommend(server: RunningServer) -> httpx.Response:
    return httpx.post(f"{server.url}/api/v1/recommend", json={"synopsis": AT_THE_GATE}, timeout=60)


def send_request(server: RunningServer) -> socket.socket:
    """Send a request without waiting for the response."""
    body = json.dumps({"synopsis": AT_THE_GATE}).encode()
    connection = socket.create_connection(server.address)
    connection.sendall(
        b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    return connection
