"""Middleware that answers 500 when a request fails unexpectedly."""

import logging
from http import HTTPStatus

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)


class UnexpectedErrorsMiddleware:
    """Converts an unexpected exception into a 500 without internal details, and logs it once.

    Starlette's own handler wraps all middleware: its response would have no request id and no CORS headers, and the
    error would be logged twice.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            logger.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            if has_started:
                raise
            response = JSONResponse({"detail": "Internal server error"}, HTTPStatus.INTERNAL_SERVER_ERROR)
            await response(scope, receive, send)
