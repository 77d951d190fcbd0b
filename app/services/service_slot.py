"""The ModelService in use, which can be replaced without interrupting requests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.services.errors import ServiceClosedError
from app.services.model_service import ModelService


class ServiceSlot:
    """Holds the current service, and counts the requests that use each service.

    Requests that started on a replaced service finish on it; the last one closes it. Safe to use from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: ModelService | None = None
        self._borrowers: dict[ModelService, int] = {}
        self.is_draining = False
        self.reloads_taken = 0
        self.reloads_refused = 0

    @property
    def is_healthy(self) -> bool:
        """Whether there is a service, its last inference succeeded, and the process is not draining."""
        service = self._current
        return service is not None and service.is_healthy and not self.is_draining

    @property
    def films(self) -> int:
        """Number of films of the current service; 0 without a service."""
        service = self._current
        return 0 if service is None else service.info.films

    @property
    def index_version(self) -> str | None:
        """Version of the index in use; None without a manifest or without a service."""
        service = self._current
        return None if service is None else service.info.index_version

    @contextmanager
    def acquire(self) -> Iterator[ModelService]:
        """Keep the current service open for a block and yield it; raises ServiceClosedError if there is none."""
        with self._lock:
            service = self._current
            if service is None:
                raise ServiceClosedError("Model not loaded")
            self._borrowers[service] = self._borrowers.get(service, 0) + 1
        try:
            yield service
        finally:
            self._give_back(service)

    def replace(self, service: ModelService | None) -> None:
        """Replace the current service by another one or by None. It is closed once no request uses it."""
        with self._lock:
            former, self._current = self._current, service
            idle = former is not None and former not in self._borrowers
        if former is not None and idle:
            former.close()

    def _give_back(self, service: ModelService) -> None:
        with self._lock:
            self._borrowers[service] -= 1
            is_last = self._borrowers[service] == 0
            if is_last:
                del self._borrowers[service]
            retired = is_last and service is not self._current
        if retired:
            service.close()
