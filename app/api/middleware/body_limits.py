"""Middleware that limits the size and the duration of request bodies."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 2_000_000

_LEFTOVER_BYTES = 8 * MAX_BODY_BYTES
_LEFTOVER_SECONDS = 2.0


class BodyLimitsMiddleware:
    """Refuses request bodies that are too large (413) or too slow (408) while they arrive.

    It counts bytes, because Content-Length may be wrong or missing. If a response is sent before the body is complete,
    the rest of the body is read for a moment before the connection is closed: a client that is cut off while it sends
    would not see the response.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a bounded `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if declared == "0" and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        body = _IncomingBody(receive, send, self._seconds)
        body.declare(declared, expects_continue="expect" in headers)
        await self._app(scope, body.receive, body.send)


class _IncomingBody:
    """The body of one request while it arrives."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive = receive
        self._send = send
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._declared_bytes = 0
        self._bytes = 0
        self._is_complete = False
        self._is_being_sent = True

    def declare(self, content_length: str, *, expects_continue: bool) -> None:
        """Read the headers; a client that waits for "100 Continue" has sent no body yet."""
        if content_length.isascii() and content_length.isdigit():
            self._declared_bytes = int(content_length[:20])
        self._is_being_sent = not expects_continue

    async def receive(self) -> Message:
        """Return the next message; raises HTTPException 413 or 408."""
        if self._is_complete:
            return await self._receive()
        if self._declared_bytes > MAX_BODY_BYTES:
            raise self._too_large()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, "The request's body did not arrive in time; send it faster."
            ) from None
        self._is_being_sent = True
        self._note(message)
        if self._bytes > MAX_BODY_BYTES:
            raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the response; close the connection if the body has not been read to its end."""
        if self._is_complete:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._read_first_part()
            if not self._is_complete:
                MutableHeaders(scope=message)["Connection"] = "close"
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._discard_rest()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _read_first_part(self) -> None:
        """Read the part that has already arrived: it completes most bodies, and the connection can stay open."""
        if self._bytes == 0 and self._is_being_sent and self._declared_bytes <= MAX_BODY_BYTES:
            try:
                async with asyncio.timeout(0.05):
                    self._note(await self._receive())
            except TimeoutError:
                return

    async def _discard_rest(self) -> None:
        try:
            async with asyncio.timeout(_LEFTOVER_SECONDS):
                while not self._is_complete and self._bytes <= _LEFTOVER_BYTES:
                    self._note(await self._receive())
        except TimeoutError:
            return

    def _note(self, message: Message) -> None:
        self._bytes += len(message.get("body", b""))
        self._is_complete = message["type"] == "http.disconnect" or not message.get("more_body", False)

    def _too_large(self) -> HTTPException:
        return HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The request's body is larger than {MAX_BODY_BYTES // 1_000_000} MB; send less.",
        )
