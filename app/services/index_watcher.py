"""A watcher that notices a new version of the catalogue and puts a service over it in place of the current one."""

import asyncio
import logging
from collections.abc import Callable, Hashable

from app.core.memory import return_free_memory
from app.services.errors import CatalogueUnavailableError, ServiceError
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2.0


class IndexWatcher:
    """Loads the catalogue again as soon as its identity changes; if that fails, the current service stays in use.

    The process that makes a new version and this one share nothing but the catalogue itself.
    """

    def __init__(
        self, slot: ServiceSlot, identity: Callable[[], Hashable | None], load: Callable[[], ModelService]
    ) -> None:
        """Take `identity`, which returns a value that differs from one version to the next (None: unknown)."""
        self._slot = slot
        self._identity = identity
        self._load = load
        self._seen = identity()
        self._look_now = asyncio.Event()
        self._has_replaced = False

    def look_now(self) -> None:
        """Look at once instead of at the next turn, and load again even if nothing seems to have changed."""
        self._look_now.set()

    async def watch(self) -> None:
        """Look for a new version every few seconds until cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._look_now.wait(), SECONDS_BETWEEN_LOOKS)
                self._look_now.clear()
                is_asked = True
            except TimeoutError:
                is_asked = False
            if self._has_replaced:  # at the last look: requests on the former service have ended since
                self._has_replaced = False
                await asyncio.to_thread(return_free_memory)
            identity = await asyncio.to_thread(self._identity)
            if is_asked or (identity is not None and identity != self._seen):
                self._seen = identity
                await self._replace()

    async def _replace(self) -> None:
        try:
            service = await asyncio.to_thread(self._load)
        except CatalogueUnavailableError as error:
            logger.warning("%s; trying again", error)
            self._seen = None
            return
        except (ServiceError, OSError) as error:
            self._slot.reloads_refused += 1
            logger.error("The new index is refused; keeping the current index: %s", error)
            return
        except Exception:  # log it here: nothing else awaits this task, and the next version must still be looked at
            self._slot.reloads_refused += 1
            logger.exception("The new index cannot be loaded; keeping the current index")
            return
        self._slot.replace(service)
        self._slot.reloads_taken += 1
        logger.info("New index in use: %d films", service.info.films)
        self._has_replaced = True
