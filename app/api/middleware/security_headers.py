"""Middleware that sets security headers."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_POLICY_HEADER = "Content-Security-Policy"
_POLICY = "default-src 'none'; frame-ancestors 'none'"


class SecurityHeadersMiddleware:
    """Sets the headers on every response that does not have them.

    By default, a response may load nothing and may not be framed. HTML pages have their own Content-Security-Policy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the response's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if _POLICY_HEADER not in headers:
                    headers["X-Frame-Options"] = "DENY"
                    headers[_POLICY_HEADER] = _POLICY
            await send(message)

        await self._app(scope, receive, send_with_headers)
