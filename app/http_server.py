"""What this service asks of the uvicorn that runs it, whatever options that was started with.

uvicorn has no settings for some of it, and its start command is fixed where the service is deployed. Its own signal
handler is a method of the running server, which leads to the configuration.
"""

import asyncio
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


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with time limits on a request's headers and on an answer's being read.

    Without them a client that sends a byte now and then, or takes nothing of a large answer, holds its connection
    and the answer's memory for ever.
    """

    _headers_due: asyncio.TimerHandle | None = None
    _reading_due: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None

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
        """Take what came, and wait for the headers of a next request where any byte, even of none, has come.

        Any byte ends uvicorn's own waiting for one. While an answer is owed, nothing is due: the client may wait too.
        """
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._await_headers()

    def on_message_begin(self) -> None:
        """Start afresh where all earlier answers have been taken."""
        if not self.transport.get_write_buffer_size():
            self._stop_awaiting_reader()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        self._stop_awaiting_headers()
        super().on_headers_complete()

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
