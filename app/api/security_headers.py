"""Headers that keep a browser from doing more with an answer than showing it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_POLICY_HEADER = "Content-Security-Policy"
_JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = "frame-ancestors 'none'"


class SecurityHeaders:
    """ASGI middleware: sets the headers on every answer that does not bring its own.

    Data may load nothing at all; a page states for itself what it loads (Content-Security-Policy) and is at least
    never shown inside another page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault(_POLICY_HEADER, _PAGE_POLICY if is_page else _JSON_POLICY)
            await send(message)

        await self._app(scope, receive, send_with_headers)
