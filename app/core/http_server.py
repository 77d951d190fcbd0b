"""Adjustments of the uvicorn server that runs this process: limits on slow clients, graceful shutdown.

uvicorn has no settings for most of these limits, and the platform may fix its start command. This module finds the
running server through uvicorn's signal handler, which is a method of the server.
"""

import asyncio
import json
import logging
import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

logger = logging.getLogger(__name__)

SECONDS_TO_DRAIN = 8
"""How long requests in flight may take after SIGTERM."""

SECONDS_FOR_HEADERS = 10
SECONDS_FOR_UNREAD_ANSWERS = 30
MAX_HEADER_BYTES = 65_536
MAX_PIPELINED_REQUESTS = 100
"""Requests that a client may send before it has received the response to the first."""

INVALID_HTTP = (
    "This is not valid HTTP/1.1. In the address, percent-encode blanks and all characters beyond ASCII, as UTF-8; send "
    "Content-Length with a body; use http://, not https://, for this port; pipeline at most "
    f"{MAX_PIPELINED_REQUESTS} requests."
)
"""The parser does not say what is wrong: these are the mistakes that clients make."""

_MAX_FRAME_BYTES = 12
"""Framing of one chunk of a body: its size in up to eight hexadecimal digits, and two line ends."""


class TimeoutHTTPProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol with limits on headers, on pipelining, and on the time a response stays unread.

    Without them, a client that sends a byte now and then, or does not read a large response, keeps its connection and
    the memory of the response indefinitely. A client that sends endless headers or requests could exhaust memory.
    """

    _headers_timeout: asyncio.TimerHandle | None = None
    _read_timeout: asyncio.TimerHandle | None = None
    _current_cycle: RequestResponseCycle | None = None
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout of the first request's headers."""
        super().connection_made(transport)
        self._start_headers_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeouts and mark the request in progress as disconnected.

        uvicorn marks only the last one of pipelined requests.
        """
        self._cancel_headers_timeout()
        self._cancel_read_timeout()
        if self._current_cycle is not None and not self._current_cycle.response_complete:
            self._current_cycle.disconnected = True
            self._current_cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, and start the timeout of the next request's headers, even for an empty line.

        Any byte stops uvicorn's own keep-alive timeout. There is no timeout while a response is pending.
        """
        self._header_bytes += len(data)
        super().data_received(data)
        is_response_pending = self.cycle is not None and not self.cycle.response_complete
        if self._header_bytes > MAX_HEADER_BYTES and not self.transport.is_closing():
            self._refuse_headers(is_response_pending)
        elif not is_response_pending:
            self._start_headers_timeout()

    def on_message_begin(self) -> None:
        """Cancel the read timeout if all earlier responses have been read."""
        if not self.transport.get_write_buffer_size():
            self._cancel_read_timeout()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Cancel the headers' timeout. Raises ValueError if too many requests are pipelined: uvicorn answers 400."""
        self._cancel_headers_timeout()
        if len(self.pipeline) >= MAX_PIPELINED_REQUESTS:
            raise ValueError("too many pipelined requests")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Subtract the body and the framing of its chunks from the count of header bytes."""
        self._header_bytes = max(self._header_bytes - len(body) - _MAX_FRAME_BYTES, 0)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Reset the count of header bytes for the next request."""
        self._header_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Start the timeout for reading the response."""
        super().on_response_complete()
        self._start_read_timeout()

    def pause_writing(self) -> None:
        """Start the timeout for reading what has been written; the rest is written afterwards."""
        super().pause_writing()
        self._start_read_timeout()

    def resume_writing(self) -> None:
        """Restart the timeout: most of the response has been read."""
        super().resume_writing()
        self._cancel_read_timeout()
        self._start_read_timeout()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        self._current_cycle = cycle
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Answer invalid HTTP with the usual mistakes instead of uvicorn's message."""
        self._refuse(INVALID_HTTP)

    def _refuse(self, detail: str) -> None:
        """Answer 400 with an error in JSON, as all errors are, and close the connection."""
        body = json.dumps({"detail": detail}).encode()
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def _refuse_headers(self, is_response_pending: bool) -> None:
        if is_response_pending:  # more headers may follow a body
            self.transport.abort()
        else:
            self._refuse(f"The request's headers are larger than {MAX_HEADER_BYTES // 1024} KB; send less.")

    def _start_headers_timeout(self) -> None:
        if self._headers_timeout is None:
            self._headers_timeout = self.loop.call_later(SECONDS_FOR_HEADERS, self.transport.close)

    def _cancel_headers_timeout(self) -> None:
        if self._headers_timeout is not None:
            self._headers_timeout.cancel()
            self._headers_timeout = None

    def _start_read_timeout(self) -> None:
        if self._read_timeout is None and self.transport.get_write_buffer_size():
            self._read_timeout = self.loop.call_later(SECONDS_FOR_UNREAD_ANSWERS, self._drop_unread)

    def _cancel_read_timeout(self) -> None:
        if self._read_timeout is not None:
            self._read_timeout.cancel()
            self._read_timeout = None

    def _drop_unread(self) -> None:
        self._read_timeout = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()


def adjust_server(on_stop: Callable[[], None]) -> None:
    """Adjust the uvicorn server that runs this process. Under another server, log which limits do not apply.

    uvicorn then sends no Server header, limits the time to drain and closes idle connections. SIGTERM and Ctrl-C call
    `on_stop`, and the process exits with status 0 once it has drained: uvicorn's own handlers would raise the signal
    again, which gives the exit status of a killed process. A second Ctrl-C still ends the process at once.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, Server):
        logger.warning(
            "This process is not run by uvicorn: no limits on slow clients, and no draining at SIGTERM. Start it with: "
            "uvicorn app.main:app --http httptools"
        )
        return
    config = server.config
    config.encoded_headers = [(name, value) for name, value in config.encoded_headers if name != b"server"]
    if config.timeout_graceful_shutdown is None:
        config.timeout_graceful_shutdown = SECONDS_TO_DRAIN
    _limit_slow_clients(config)

    def stop(signal_number: int, _: FrameType | None) -> None:
        server.force_exit = server.should_exit and signal_number == signal.SIGINT
        server.should_exit = True
        on_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _limit_slow_clients(config: Config) -> None:
    protocol = config.http_protocol_class
    if protocol is HttpToolsProtocol:
        config.http_protocol_class = TimeoutHTTPProtocol
    elif protocol is not TimeoutHTTPProtocol:
        logger.warning(
            "uvicorn uses the protocol %s: the limits on slow clients and large headers do not apply. "
            "Start uvicorn with: --http httptools",
            protocol.__name__,
        )
