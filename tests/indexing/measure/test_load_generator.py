import itertools
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from app.indexing.measure.load_generator import get_request, measure_load, median_load, post_request
from tests.threaded_server import serving


class Answers(BaseHTTPRequestHandler):
    """Records each path and body, and answers with the status in the path, in two pieces."""

    protocol_version = "HTTP/1.1"
    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, body))
        self.answer()

    def do_GET(self) -> None:
        self.received.append((self.path, b""))
        self.answer()

    def answer(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"abc")
        self.wfile.flush()
        self.wfile.write(b"def")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Answers.received = []
    with serving(Answers) as port:
        yield port


class TestMeasureLoad:
    def test_sends_each_request_once(self, port: int) -> None:
        bodies = [json.dumps({"number": number}).encode() for number in range(50)]
        load = measure_load(port, [post_request("/200", body) for body in bodies], clients=4, seconds=60)
        assert load.requests == 50
        assert load.failures == 0
        assert sorted(body for _, body in Answers.received) == sorted(bodies)
        assert 0 < load.median <= load.p90 <= load.p99

    def test_counts_other_answers_than_200_as_failures(self, port: int) -> None:
        paths = ["/200", "/503", "/422", "/200", "/200"]
        load = measure_load(port, map(get_request, paths), clients=2, seconds=60)
        assert (load.requests, load.failures) == (5, 2)

    def test_ends_when_the_time_is_over(self, port: int) -> None:
        load = measure_load(port, itertools.repeat(get_request("/200")), clients=3, seconds=0.05)
        assert load.requests >= 3

    def test_raises_when_the_server_closes_the_connection(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=lambda: server.accept()[0].close())
            thread.start()
            with pytest.raises(ConnectionError):
                measure_load(server.getsockname()[1], [get_request("/200")], clients=1, seconds=60)
            thread.join()


def test_the_median_of_turns_is_taken_figure_by_figure(port: int) -> None:
    turns = [
        measure_load(port, itertools.repeat(get_request("/200"), count), clients=2, seconds=60) for count in (3, 4, 5)
    ]
    load = median_load(turns)
    assert (load.clients, load.requests, load.failures) == (2, 12, 0)
    assert load.p99 == sorted(turn.p99 for turn in turns)[1]
