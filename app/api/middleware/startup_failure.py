"""Middleware that reports a refused start in one line."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.errors import ServiceError


class StartupFailureMiddleware:
    """Reports the reason of a refused start in one line instead of a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass all messages on, and shorten the message of a refused start."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        held_back: list[Message] = []

        async def hold_back_failure(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                held_back.append(message)
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_back_failure)
        except ServiceError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        except BaseException:
            for message in held_back:
                await send(message)
            raise
