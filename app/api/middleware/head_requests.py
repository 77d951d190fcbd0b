"""Middleware that answers HEAD for every path that answers GET."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadRequestsMiddleware:
    """Routes HEAD requests as GET. The server omits the body, because the connection's own scope still says HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
