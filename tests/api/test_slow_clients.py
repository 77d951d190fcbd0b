"""Clients that send too slowly, pipeline too much or do not read are disconnected; others get every response."""

import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.core.http_server import MAX_HEADER_BYTES, MAX_PIPELINED_REQUESTS
from tests.gated_server import SYNOPSIS as AT_THE_GATE
from tests.gated_server import GatedServer, gated_server
from tests.running_server import RunningServer

SECONDS_FOR_HEADERS = 0.5
SECONDS_FOR_UNREAD_ANSWERS = 2.0
SHORT_LIMITS = {
    "SECONDS_FOR_HEADERS": SECONDS_FOR_HEADERS,
    "SECONDS_FOR_UNREAD_ANSWERS": SECONDS_FOR_UNREAD_ANSWERS,
}

PAUSE = 0.05
MAX_PAUSES = 600  # only ends a test that has failed
SMALL_BUFFER = 4096
CLIENTS = 4

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
PING = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
PAGE = b"GET /redoc/redoc.standalone.js HTTP/1.1\r\nHost: x\r\n"
"""Asks for a megabyte."""


@pytest.fixture(scope="module")
def impatient(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatedServer]:
    """A server with the usual limits, but shorter times."""
    directory = tmp_path_factory.mktemp("impatient")
    with gated_server(models_dir, directory, limits=SHORT_LIMITS, QUERY_CACHE_SIZE="0") as started:
        yield started


def connect(server: RunningServer, receive_buffer: int | None = None) -> socket.socket:
    connection = socket.socket()
    if receive_buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(30)
    connection.connect(server.address)
    return connection


def are_cut_off(connections: Sequence[socket.socket], unit: bytes) -> bool:
    """Send a little on each connection repeatedly, and read nothing, until the server accepts no more."""
    left = list(connections)
    for _ in range(MAX_PAUSES):
        for connection in list(left):
            try:
                connection.send(unit)
            except ConnectionError:
                left.remove(connection)
        if not left:
            return True
        time.sleep(PAUSE)
    return False


def read_answer(connection: socket.socket) -> bytes:
    """Read one answer that states its length; return its body."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"the connection ended after {head!r}"
        head += byte
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    body = bytearray()
    while len(body) < length:
        part = connection.recv(min(length - len(body), 65536))
        assert part, f"the connection ended after {len(body)} of {length} bytes"
        body += part
    return bytes(body)


def assert_others_are_served(server: RunningServer) -> None:
    assert httpx.get(f"{server.url}/health").status_code == 200
    assert httpx.post(f"{server.url}/api/v1/recommend", json={"synopsis": SYNOPSIS}, timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("first", "unit"),
    [(b"GET / HTTP/1.1\r\nX-Slow: ", b"a"), (b"GET /", b"a"), (b"\r\n", b"\r\n")],
    ids=["a header", "a path", "empty lines"],
)
def test_headers_that_come_a_byte_at_a_time_are_cut_off(impatient: RunningServer, first: bytes, unit: bytes) -> None:
    with ExitStack() as opened:
        connections = [opened.enter_context(connect(impatient)) for _ in range(CLIENTS)]
        for connection in connections:
            connection.sendall(first)
        assert_others_are_served(impatient)
        assert are_cut_off(connections, unit)


@pytest.mark.parametrize(
    ("first", "unit"),
    [(b"GET / HTTP/1.1\r\nX-Slow: ", b"a"), (b"\r\n", b"\r\n")],
    ids=["a header", "empty lines"],
)
def test_slow_headers_of_a_second_request_are_cut_off(impatient: RunningServer, first: bytes, unit: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(PING)
        assert b"healthy" in read_answer(connection)
        connection.sendall(first)
        assert_others_are_served(impatient)
        assert are_cut_off([connection], unit)


def test_an_empty_line_and_then_nothing_keeps_no_connection(impatient: RunningServer) -> None:
    with connect(impatient) as connection:
        connection.sendall(PING)
        read_answer(connection)
        connection.sendall(b"\r\n")
        assert connection.recv(1) == b""


def test_headers_that_do_not_end_cost_the_request_before_them_no_answer(impatient: GatedServer) -> None:
    """Computing the answer takes longer than headers may take to arrive."""
    body = json.dumps({"synopsis": AT_THE_GATE}).encode()
    with connect(impatient) as connection:
        connection.sendall(
            b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + b"Content-Length: %d\r\n\r\n%sGET / HT" % (len(body), body)
        )
        impatient.wait_until_reached()
        time.sleep(2 * SECONDS_FOR_HEADERS)  # however much longer it takes, the limit must not apply
        impatient.open_gate()
        assert json.loads(read_answer(connection))["count"] == 10


@pytest.mark.parametrize(
    "requests",
    [(PAGE + b"\r\n") * 10, (PAGE + b"\r\n") * 2 + PAGE + b"Content-Length: 1000\r\n\r\n"],
    ids=["whole requests", "one without its body, which is answered in two parts"],
)
def test_answers_that_nobody_reads_are_dropped(impatient: RunningServer, requests: bytes) -> None:
    with ExitStack() as opened:
        connections = [opened.enter_context(connect(impatient, SMALL_BUFFER)) for _ in range(CLIENTS)]
        for connection in connections:
            connection.sendall(requests)
        assert_others_are_served(impatient)
        assert are_cut_off(connections, b"\r\n")
    assert "Traceback" not in impatient.log


def test_a_client_that_reads_in_its_own_time_gets_everything(impatient: RunningServer) -> None:
    """Some answers are always unread, in all for longer than the limit of a single answer."""
    pages = 20
    with connect(impatient, SMALL_BUFFER) as connection:
        connection.sendall((PAGE + b"\r\n") * pages)
        first = read_answer(connection)
        for _ in range(pages - 1):
            time.sleep(SECONDS_FOR_UNREAD_ANSWERS * 2 / pages)
            assert read_answer(connection) == first


@pytest.mark.parametrize(
    ("first", "unit"),
    [(b"GET / HTTP/1.1\r\nX-Long: ", b"a"), (b"GET / HTTP/1.1\r\n", b"a: b\r\n"), (b"GET /", b"a"), (b"", b"\r\n")],
    ids=["one header", "many headers", "a path", "empty lines"],
)
def test_headers_without_end_are_refused(server: RunningServer, first: bytes, unit: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(first + unit * (MAX_HEADER_BYTES // len(unit) + 1))
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"headers are larger than 64 KB; send less" in answer


def test_headers_without_end_after_a_body_end_the_connection(server: RunningServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
        assert are_cut_off([connection], b"a: b\r\n" * 2000)


def test_long_headers_and_many_small_chunks_are_answered(server: RunningServer) -> None:
    body = json.dumps({"synopsis": SYNOPSIS}).encode() + b" " * 20_000
    with connect(server) as connection:
        connection.sendall(
            b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Long: "
            + b"a" * (MAX_HEADER_BYTES - 1000)
            + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        connection.sendall(b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n")
        assert json.loads(read_answer(connection))["count"] == 10


def test_requests_sent_ahead_are_answered_up_to_a_bound(server: RunningServer) -> None:
    with connect(server) as connection:
        connection.sendall(PING * MAX_PIPELINED_REQUESTS)
        for _ in range(MAX_PIPELINED_REQUESTS):
            assert b"healthy" in read_answer(connection)
    with connect(server) as connection:
        connection.sendall(PING * (2 * MAX_PIPELINED_REQUESTS))
        assert connection.recv(65536).startswith(b"HTTP/1.1 400")
