"""A Python client that calls the application in its own process: the same answers as over HTTP, without a server."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import SecretStr

from app.client import Recommender
from app.core import http_server
from app.core.config import read_settings
from app.main import create_app

_OWN_SETTINGS = {"log_level": "WARNING", "api_keys": SecretStr(""), "rate_limit": "", "metrics_enabled": False}


class _ApplicationTransport(httpx.BaseTransport):
    """Sends requests to an ASGI application that runs in the event loop of a blocking portal."""

    def __init__(self, transport: httpx.ASGITransport, portal: BlockingPortal) -> None:
        self._transport = transport
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._send, request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        content = b"".join([part async for part in response.aiter_raw()])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(content))


@contextmanager
def in_process_recommender(models_dir: Path | None = None) -> Iterator[Recommender]:
    """Load the index in `models_dir` (default: the setting MODEL_DIR) and yield a client for it.

    Raises ServiceError if the index cannot be loaded, SettingsError if a setting is invalid.
    """
    settings = read_settings().model_copy(update=_OWN_SETTINGS | ({"model_dir": models_dir} if models_dir else {}))
    app = create_app(settings)
    logging.getLogger(http_server.__name__).setLevel(logging.ERROR)  # it warns that no uvicorn runs this process
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        Recommender(transport=_ApplicationTransport(httpx.ASGITransport(app), portal)) as recommender,
    ):
        yield recommender
