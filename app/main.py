"""The application: create_app(settings), its lifespan, and the module-level `app` that uvicorn serves."""

import asyncio
import contextlib
import logging
import math
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.api import pages, routes, system
from app.api.dependencies import ServiceRunner
from app.api.errors import UnexpectedErrors, add_error_handlers
from app.api.middleware.api_keys import ApiKeyGuard
from app.api.middleware.body_limits import BodyLimits
from app.api.middleware.request_log import REQUEST_ID_HEADER, RequestObserver
from app.api.middleware.security_headers import SecurityHeaders
from app.api.openapi.document import describe
from app.core.config import Settings, SettingsError, read_settings
from app.core.cpu import available_cpus, cpu_quota, stay_on_one_cpu
from app.core.http_server import SECONDS_TO_DRAIN, adjust_server
from app.core.limits import WorkQueue
from app.core.logs import configure_logging
from app.core.memory import return_free_memory, reuse_freed_memory
from app.services.errors import ServiceError
from app.services.index_watcher import IndexWatcher
from app.services.local.model_files import finish_switch
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

if TYPE_CHECKING:
    from app.core.metrics import Metrics

logger = logging.getLogger(__name__)

GZIP_MINIMUM_BYTES = 1000
GZIP_LEVEL = 4
"""Of 9: level 4 takes a third of the time and gives 5% more bytes."""

EXPOSED_HEADERS = [REQUEST_ID_HEADER, "Server-Timing", "ETag", "Retry-After", "RateLimit", "RateLimit-Policy"]


def create_app(settings: Settings) -> FastAPI:
    """Make the application."""
    configure_logging(settings)
    app = FastAPI(
        title="TMDB Semantic Recommender",
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.docs_enabled else None,
    )
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.state.settings = settings
    app.state.metrics = metrics = _make_metrics(app) if settings.metrics_enabled else None
    add_error_handlers(app)
    app.include_router(system.router)
    app.include_router(routes.router)
    app.include_router(pages.demo_router)
    if settings.docs_enabled:
        app.include_router(pages.docs_router)
    if metrics is not None:
        app.include_router(system.metrics_router)
    _add_middleware(app, settings, metrics)
    return app


def _add_middleware(app: FastAPI, settings: Settings, metrics: "Metrics | None") -> None:
    """Wrap the routes, innermost first: the middleware added last sees a request first and its answer last.

    A request is observed, its answer gets the security headers, its body is bounded, CORS is answered; then it may be
    refused for its client's rate or for want of a key, so that refusals have all the headers and guessing keys is
    limited too.
    """
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_MINIMUM_BYTES, compresslevel=GZIP_LEVEL)
    if settings.api_key_list:
        app.add_middleware(ApiKeyGuard, keys=settings.api_key_list)
    if settings.rate_limit:
        from app.api.middleware.rate_limit import RateLimit

        app.add_middleware(RateLimit, limit=settings.rate_limit)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
    )
    app.add_middleware(BodyLimits, seconds=settings.request_timeout_seconds)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestObserver, metrics=metrics)
    app.add_middleware(PlainStartupFailure)


def _make_metrics(app: FastAPI) -> "Metrics":
    """Make the metrics, with gauges that read the running service; imported only where /metrics is served."""
    from app.core.metrics import Metrics

    metrics = Metrics()
    metrics.add_gauge("recommender_films", "Films in the index.", lambda: app.state.runner.slot.films)
    metrics.add_gauge("recommender_queue_length", "Requests waiting.", lambda: app.state.runner.queue.waiting)
    return metrics


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model and the index before the first request; close them after the last."""
    settings: Settings = app.state.settings
    reuse_freed_memory()
    concurrent = settings.max_concurrent_requests or available_cpus()
    queue = WorkQueue(concurrent, settings.max_waiting_requests)
    slot = ServiceSlot()
    app.state.runner = ServiceRunner(slot, queue, settings.request_timeout_seconds)
    adjust_server(partial(_begin_to_end, asyncio.get_running_loop(), slot, queue))
    logger.info("Loading %s", settings.model_dir)
    settled = asyncio.create_task(stay_on_one_cpu()) if (cpu_quota() or math.inf) <= 1 else None
    try:
        watcher = IndexWatcher(settings.model_dir, slot, partial(_load, settings))
        slot.replace(await asyncio.to_thread(_load, settings))
        logger.info("%d films ready", slot.films)
        async with _running(watcher):
            yield
    finally:
        if settled is not None:
            settled.cancel()
        queue.refuse_all()
        await asyncio.to_thread(queue.close)
        slot.replace(None)


def _begin_to_end(loop: asyncio.AbstractEventLoop, slot: ServiceSlot, queue: WorkQueue) -> None:
    """Drain: /health says so, requests in flight are finished, those still in line in the end are refused."""
    if slot.films == 0:
        logger.info("Stopped while starting")
        logging.shutdown()
        os._exit(0)  # the thread that loads cannot be stopped, and nothing is lost with it
    slot.is_draining = True
    loop.call_soon_threadsafe(loop.call_later, SECONDS_TO_DRAIN - 1, queue.refuse_all)


@asynccontextmanager
async def _running(watcher: IndexWatcher) -> AsyncIterator[None]:
    """Let the watcher look for a new index, and at once on SIGHUP where the system has that signal."""
    task = asyncio.create_task(watcher.watch())
    with contextlib.suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):  # Windows, other threads
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, watcher.look_now)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _load(settings: Settings) -> ModelService:
    try:
        finish_switch(settings.model_dir)
    except OSError as error:
        logger.warning("%s: an unfinished switch is read where it stands (%s)", settings.model_dir, error.strerror)
    service = ModelService.load(
        settings.model_dir,
        search_engine=settings.search_engine,
        encoder_threads=settings.encoder_threads or available_cpus(),
        query_cache_size=settings.query_cache_size,
    )
    return_free_memory()
    return service


class PlainStartupFailure:
    """Tells why a start was refused in one line instead of a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; only a refused start is told differently."""
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


def _settings_or_end() -> Settings:
    """Return the settings; where one is wrong, the process ends with a line that says so instead of a traceback."""
    try:
        return read_settings()
    except SettingsError as error:
        raise SystemExit(f"error: {error}") from None


app = create_app(_settings_or_end())
