"""Middleware that ignores a slash at the end of a path."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.route_templates import path_in_app


class TrailingSlashesMiddleware:
    """Routes `/path/` as `/path`.

    Starlette would redirect to an absolute URL, whose scheme is http behind a TLS proxy that uvicorn does not trust.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].endswith("/") and path_in_app(scope) != "/":
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)
