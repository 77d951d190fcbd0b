"""A watcher that replaces the current service when the catalogue has a new version."""

import asyncio
import logging
from collections.abc import Callable, Hashable

from app.core.memory import return_free_memory
from app.services.errors import CatalogueUnavailableError, ServiceError
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS = 0.5


class IndexWatcher:
    """Reloads the catalogue when its identity changes; if that fails, the current service stays in use.

    The process that creates a new version need not notify this one.
    """

    def __init__(
        self, slot: ServiceSlot, identity: Callable[[], Hashable | None], load: Callable[[], ModelService]
    ) -> None:
        """`identity` returns a value that identifies the version of the catalogue; None if it is unknown."""
        self._slot = slot
        self._identity = identity
        self._load = load
        self._seen = identity()
        self._check_now = asyncio.Event()
        self._has_replaced = False

    def check_now(self) -> None:
        """Reload now, even if the identity has not changed."""
        self._check_now.set()

    async def watch(self) -> None:
        """Check for a new version twice a second until cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._check_now.wait(), SECONDS_BETWEEN_CHECKS)
                self._check_now.clear()
                is_requested = True
            except TimeoutError:
                is_requested = False
            if self._has_replaced:  # at the previous check: requests on the former service have ended since
                self._has_replaced = False
                await asyncio.to_thread(return_free_memory)
            identity = await asyncio.to_thread(self._identity)
            if is_requested or (identity is not None and identity != self._seen):
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
        except Exception:  # log it here: nothing awaits this task, and it must go on checking for the next version
            self._slot.reloads_refused += 1
            logger.exception("The new index cannot be loaded; keeping the current index")
            return
        self._slot.replace(service)
        self._slot.reloads_taken += 1
        logger.info("New index in use: %d films", service.info.films)
        self._has_replaced = True
