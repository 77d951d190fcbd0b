"""Bounds on what a client sends: how large a body may be, and how long it may take to arrive."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 2_000_000

_LEFTOVER_BYTES = 8 * MOST_BODY_BYTES
_LEFTOVER_SECONDS = 2.0


class BodyLimits:
    """ASGI middleware: refuses bodies that are too large (413) or too slow (408) while they come in.

    Bytes are counted, so that Content-Length may lie or be missing. An answer given before its request's body has
    arrived waits for the rest of it for a moment and closes the connection: a client that were cut off while it still
    sends would never see the answer.
    """

    def __init__(self, app: ASGIApp, seconds: float, most_bytes: int = MOST_BODY_BYTES) -> None:
        self._app = app
        self._seconds = seconds
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with bounded `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if declared == "0" and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        body = _IncomingBody(receive, send, self._seconds, self._most_bytes)
        body.declare(declared, expects_continue="expect" in headers)
        await self._app(scope, body.receive, body.send)


class _IncomingBody:
    """One request's body on its way in."""

    def __init__(self, receive: Receive, send: Send, seconds: float, most_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._most_bytes = most_bytes
        self._declared_bytes = 0
        self._bytes = 0
        self._is_whole = False
        self._may_be_awaited = True

    def declare(self, content_length: str, *, expects_continue: bool) -> None:
        """Note what the headers say; a client that waits for "100 Continue" has sent nothing yet."""
        if content_length.isascii() and content_length.isdigit():
            self._declared_bytes = int(content_length[:20])
        self._may_be_awaited = not expects_continue

    async def receive(self) -> Message:
        """Return the next part; raises HTTPException 413 or 408."""
        if self._is_whole:
            return await self._receive()
        if self._declared_bytes > self._most_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, "The request's body did not arrive in time; send it faster."
            ) from None
        self._may_be_awaited = True
        self._note(message)
        if self._bytes > self._most_bytes:
            raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer, the connection's end included where the body is not wanted any more."""
        if self._is_whole:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._take_what_is_there()
            if not self._is_whole:
                MutableHeaders(scope=message)["Connection"] = "close"
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._let_the_rest_pass()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _take_what_is_there(self) -> None:
        """Take the part that has come already: most bodies are whole with it, and the connection can be kept."""
        if self._bytes == 0 and self._may_be_awaited and self._declared_bytes <= self._most_bytes:
            try:
                async with asyncio.timeout(0.05):
                    self._note(await self._receive())
            except TimeoutError:
                return

    async def _let_the_rest_pass(self) -> None:
        try:
            async with asyncio.timeout(_LEFTOVER_SECONDS):
                while not self._is_whole and self._bytes <= _LEFTOVER_BYTES:
                    self._note(await self._receive())
        except TimeoutError:
            return

    def _note(self, message: Message) -> None:
        self._bytes += len(message.get("body", b""))
        self._is_whole = message["type"] == "http.disconnect" or not message.get("more_body", False)

    def _too_large(self) -> HTTPException:
        return HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The request's body is larger than {self._most_bytes // 1_000_000} MB; send less.",
        )
