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
from app.core.cpu import available_cpus, cpu_quota, stay_on_one_cpu
from app.core.http_server import SECONDS_TO_DRAIN, adjust_server
from app.core.limits import WorkQueue
from app.core.memory import return_free_memory, reuse_freed_memory
from app.services.index_watcher import IndexWatcher
from app.services.local.files.model_files import finish_switch, manifest_identity
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model and the index before the first request; close them after the last."""
    settings: Settings = app.state.settings
    reuse_freed_memory()
    concurrent = settings.max_concurrent_requests or available_cpus()
    queue = WorkQueue(concurrent, settings.max_waiting_requests)
    slot = ServiceSlot()
    app.state.runner = ServiceRunner(slot, queue, settings.request_timeout_seconds)
    adjust_server(partial(_begin_drain, asyncio.get_running_loop(), slot, queue))
    logger.info("Loading %s", settings.model_dir)
    settled = asyncio.create_task(stay_on_one_cpu()) if (cpu_quota() or math.inf) <= 1 else None
    try:
        watcher = IndexWatcher(slot, partial(manifest_identity, settings.model_dir), partial(_load, settings))
        slot.replace(await asyncio.to_thread(_load, settings))
        logger.info("%d films ready", slot.films)
        async with _watching(watcher):
            yield
    finally:
        if settled is not None:
            settled.cancel()
        queue.refuse_all()
        await asyncio.to_thread(queue.close)
        slot.replace(None)


def _begin_drain(loop: asyncio.AbstractEventLoop, slot: ServiceSlot, queue: WorkQueue) -> None:
    """Drain: /health answers 503, requests in progress finish, and those still queued near the end are refused."""
    if slot.films == 0:
        logger.info("Stopped while starting")
        logging.shutdown()
        os._exit(0)  # the thread that loads cannot be stopped; ending it loses nothing
    slot.is_draining = True
    loop.call_soon_threadsafe(loop.call_later, SECONDS_TO_DRAIN - 1, queue.refuse_all)


@asynccontextmanager
async def _watching(watcher: IndexWatcher) -> AsyncIterator[None]:
    """Watch for a new index while the block runs; SIGHUP, if the system has it, makes the watcher look at once."""
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
        logger.warning(
            "%s: an unfinished switch cannot be finished (%s); its files are read from .incoming",
            settings.model_dir,
            error.strerror,
        )
    service = load_service(
        settings.model_dir,
        search_engine=settings.search_engine,
        encoder_threads=settings.encoder_threads or available_cpus(),
        query_cache_size=settings.query_cache_size,
    )
    return_free_memory()
    return service
