"""The lifespan of the application: load the catalogue, watch for a new one, drain and close.

This is the composition root: the only module of the service that knows which catalogue is in use.
"""

import asyncio
import contextlib
import logging
import math
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from app.api.dependencies import ServiceRunner
from app.core.config import Settings
from app.core.cpu import available_cpus, cpu_quota, has_fast_int8, stay_on_one_cpu
from app.core.http_server import SECONDS_TO_DRAIN, adjust_server
from app.core.memory import return_free_memory, reuse_freed_memory
from app.core.work_queue import WorkQueue
from app.services.catalogue_source import CatalogueSource
from app.services.errors import CatalogueUnavailableError, ModelFileError
from app.services.index_watcher import IndexWatcher
from app.services.local.load import LocalSource
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

logger = logging.getLogger(__name__)

_CALLS_PER_CPU = 2
"""Concurrent calls per CPU if the catalogue is in a database: part of the time they only wait for its answers."""

_MAX_ENCODER_THREADS = 4


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model and the catalogue before the first request; close them after the last.

    If the catalogue cannot be reached yet, the service starts without it: /health answers 503 until it is loaded.
    """
    settings: Settings = app.state.settings
    reuse_freed_memory()
    concurrent = settings.max_concurrent_requests or available_cpus() * (_CALLS_PER_CPU if _is_remote(settings) else 1)
    queue = WorkQueue(concurrent, settings.max_waiting_requests)
    slot = ServiceSlot()
    app.state.runner = ServiceRunner(slot, queue, settings.request_timeout_seconds)
    adjust_server(partial(_begin_drain, asyncio.get_running_loop(), slot, queue))
    pinning = asyncio.create_task(stay_on_one_cpu()) if (cpu_quota() or math.inf) <= 1 else None
    source = _open_source(settings, concurrent)
    try:
        logger.info("Loading %s", source.name)
        watcher = await asyncio.to_thread(IndexWatcher, slot, source.identity, partial(_load, source))
        await _load_first(source, slot, watcher)
        async with _watching(watcher):
            yield
    finally:
        if pinning is not None:
            pinning.cancel()
        queue.refuse_all()
        await asyncio.to_thread(queue.close)
        slot.replace(None)
        source.close()


async def _load_first(source: CatalogueSource, slot: ServiceSlot, watcher: IndexWatcher) -> None:
    try:
        slot.replace(await asyncio.to_thread(_load, source))
        logger.info("%d films ready", slot.films)
    except CatalogueUnavailableError as error:
        logger.error("%s; trying again until it can be loaded", error)
        watcher.check_now()


def _begin_drain(loop: asyncio.AbstractEventLoop, slot: ServiceSlot, queue: WorkQueue) -> None:
    """Drain: /health answers 503, requests in progress finish, and those still queued near the end are refused."""
    if slot.films == 0:
        logger.info("Stopped while starting")
        logging.shutdown()
        os._exit(0)  # the loading thread cannot be cancelled, and it only reads
    slot.is_draining = True
    loop.call_soon_threadsafe(loop.call_later, SECONDS_TO_DRAIN - 1, queue.refuse_all)


@asynccontextmanager
async def _watching(watcher: IndexWatcher) -> AsyncIterator[None]:
    """Watch for a new index while the block runs; on systems with SIGHUP, that signal triggers a check at once."""
    task = asyncio.create_task(watcher.watch())
    with contextlib.suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):  # Windows, other threads
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, watcher.check_now)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _is_remote(settings: Settings) -> bool:
    return bool(settings.catalogue_url.get_secret_value())


def _encoder_threads() -> int:
    """Return how many threads encode a lone text.

    With fast 8-bit products, several would gain an eighth of its time for 1.7 times the CPU time.
    """
    return 1 if has_fast_int8() else min(available_cpus(), _MAX_ENCODER_THREADS)


def _open_source(settings: Settings, concurrent: int) -> CatalogueSource:
    """Return the source that the settings name; the PostgreSQL driver is imported only for CATALOGUE_URL."""
    threads = settings.encoder_threads or _encoder_threads()
    if not _is_remote(settings):
        return LocalSource(settings.model_dir, settings.search_engine, threads, settings.query_cache_size)
    try:
        from app.services.postgres.load import open_source
    except ModuleNotFoundError as error:
        raise ModelFileError(
            f"CATALOGUE_URL is set and {error.name} is not installed; run: pip install -r requirements-postgres.txt"
        ) from error
    return open_source(
        settings.catalogue_url.get_secret_value(),
        settings.model_dir,
        concurrent=concurrent,
        request_seconds=settings.request_timeout_seconds,
        encoder_threads=threads,
        query_cache_size=settings.query_cache_size,
    )


def _load(source: CatalogueSource) -> ModelService:
    service = source.load()
    return_free_memory()
    return service
