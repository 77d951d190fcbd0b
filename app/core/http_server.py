"""What this service asks of the uvicorn that runs it, whatever options that was started with.

uvicorn has no settings for some of it, and its start command is fixed where the service is deployed. Its own signal
handler is a method of the running server, which leads to the configuration.
"""

import asyncio
import json
import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

SECONDS_TO_DRAIN = 8
"""Longest that requests in flight may take once the service has been asked to end."""

SECONDS_FOR_HEADERS = 10
SECONDS_FOR_UNREAD_ANSWERS = 30
MOST_HEADER_BYTES = 65_536
MOST_REQUESTS_AHEAD = 100
"""Requests that a client may send before it has the answer to the first."""

_MOST_FRAME_BYTES = 12
"""Around a chunk of a body: its size in up to eight digits, and two line ends."""


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits on a request's headers and on the time that an answer waits to be read.

    Without them a client that sends a byte now and then, or takes nothing of a large answer, holds its connection
    and the answer's memory for ever, and one that sends endless headers, or requests ahead, takes all memory there is.
    """

    _headers_due: asyncio.TimerHandle | None = None
    _reading_due: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request's headers."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting, and tell the request being answered: of several sent at once uvicorn tells only the last."""
        self._stop_awaiting_headers()
        self._stop_awaiting_reader()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for a next request's headers from here on, were it but an empty line.

        Any byte ends uvicorn's own waiting for one. While an answer is owed, nothing is due: the client may wait too.
        """
        self._header_bytes += len(data)
        super().data_received(data)
        is_answer_owed = self.cycle is not None and not self.cycle.response_complete
        if self._header_bytes > MOST_HEADER_BYTES and not self.transport.is_closing():
            self._refuse_headers(is_answer_owed)
        elif not is_answer_owed:
            self._await_headers()

    def on_message_begin(self) -> None:
        """Start afresh where all earlier answers have been taken."""
        if not self.transport.get_write_buffer_size():
            self._stop_awaiting_reader()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop waiting; raises ValueError, which uvicorn answers with 400, where too many requests are in line."""
        self._stop_awaiting_headers()
        if len(self.pipeline) >= MOST_REQUESTS_AHEAD:
            raise ValueError("too many requests ahead")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Do not count the body among the headers, nor what frames each of its chunks."""
        self._header_bytes = max(self._header_bytes - len(body) - _MOST_FRAME_BYTES, 0)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count the next request's headers afresh."""
        self._header_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the client to read what it asked for."""
        super().on_response_complete()
        self._await_reader()

    def pause_writing(self) -> None:
        """Wait for the client to read a part of an answer: the rest is not written before."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """Wait for what is left only: nearly all has been read."""
        super().resume_writing()
        self._stop_awaiting_reader()
        self._await_reader()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the shape that all errors have, and close the connection."""
        body = json.dumps({"detail": msg}).encode()
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def _refuse_headers(self, is_answer_owed: bool) -> None:
        if is_answer_owed:  # more headers may follow a body
            self.transport.abort()
        else:
            self.send_400_response(f"The request's headers are larger than {MOST_HEADER_BYTES // 1024} KB; send less.")

    def _await_headers(self) -> None:
        if self._headers_due is None:
            self._headers_due = self.loop.call_later(SECONDS_FOR_HEADERS, self.transport.close)

    def _stop_awaiting_headers(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _await_reader(self) -> None:
        if self._reading_due is None and self.transport.get_write_buffer_size():
            self._reading_due = self.loop.call_later(SECONDS_FOR_UNREAD_ANSWERS, self._drop_unread)

    def _stop_awaiting_reader(self) -> None:
        if self._reading_due is not None:
            self._reading_due.cancel()
            self._reading_due = None

    def _drop_unread(self) -> None:
        self._reading_due = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()


def adjust_server(on_stop: Callable[[], None]) -> None:
    """Adjust the uvicorn that runs this process; harmless where another server does.

    It sends no Server header, bounds the time to drain, and closes connections that keep still. SIGTERM and Ctrl-C
    call `on_stop`, and the process ends with exit status 0 when all is drained: uvicorn's own handlers raise the signal
    again, so that the status tells of a killed process. A second Ctrl-C still ends it at once.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, Server):
        return
    config = server.config
    config.encoded_headers = [(name, value) for name, value in config.encoded_headers if name != b"server"]
    if config.timeout_graceful_shutdown is None:
        config.timeout_graceful_shutdown = SECONDS_TO_DRAIN
    if config.http_protocol_class is HttpToolsProtocol:
        config.http_protocol_class = ImpatientProtocol

    def stop(signal_number: int, _: FrameType | None) -> None:
        server.force_exit = server.should_exit and signal_number == signal.SIGINT
        server.should_exit = True
        on_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
