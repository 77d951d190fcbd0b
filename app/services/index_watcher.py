"""Notices a new set of files in models/ and puts a service over it in place of the one that serves."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from app.core.memory import return_free_memory
from app.services.errors import ServiceError
from app.services.local.files.model_files import MANIFEST_FILE, locate
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2.0


class IndexWatcher:
    """Loads the new set as soon as the manifest is another one; a damaged set is refused and the old one stays.

    The process that makes the set in models_dir and this one share nothing but the files.
    """

    def __init__(self, models_dir: Path, slot: ServiceSlot, load: Callable[[], ModelService]) -> None:
        self._models_dir = models_dir
        self._slot = slot
        self._load = load
        self._seen = self._manifest_identity()
        self._look_now = asyncio.Event()
        self._has_replaced = False

    def look_now(self) -> None:
        """Look at once instead of at the next turn, and load again even where nothing seems to have changed."""
        self._look_now.set()

    async def watch(self) -> None:
        """Look for a new manifest every few seconds until cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._look_now.wait(), SECONDS_BETWEEN_LOOKS)
                self._look_now.clear()
                is_asked = True
            except TimeoutError:
                is_asked = False
            if self._has_replaced:  # at the last look: the requests on the former one have ended since
                self._has_replaced = False
                await asyncio.to_thread(return_free_memory)
            identity = self._manifest_identity()
            if is_asked or (identity is not None and identity != self._seen):
                self._seen = identity
                await self._take()

    async def _take(self) -> None:
        try:
            service = await asyncio.to_thread(self._load)
        except (ServiceError, OSError) as error:
            logger.error("The new index is refused and the present one stays: %s", error)
            return
        except Exception:  # nobody else would see it, and the next set has to be looked at
            logger.exception("The new index cannot be loaded and the present one stays")
            return
        self._slot.replace(service)
        logger.info("New index in use: %d films", service.films)
        self._has_replaced = True

    def _manifest_identity(self) -> tuple[int, int, int] | None:
        try:
            facts = locate(self._models_dir, MANIFEST_FILE).stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns, facts.st_size
