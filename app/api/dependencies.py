"""What the handlers are given."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request

from app.core.config import Settings
from app.core.limits import WorkQueue
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ServiceRunner:
    """Runs calls of the service in the work queue, within the time that a request may take."""

    def __init__(self, slot: ServiceSlot, queue: WorkQueue, timeout_seconds: float) -> None:
        self.slot = slot
        self.queue = queue
        self._timeout_seconds = timeout_seconds

    async def run(
        self,
        call: Callable[Concatenate[ModelService, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Call a method of the service that is current when its turn comes.

        Raises OverloadedError, TimeoutError, and what the call raises.
        """

        def work() -> Result:
            with self.slot.acquire() as service:
                return call(service, *args, **kwargs)

        async with asyncio.timeout(self._timeout_seconds):
            return await self.queue.run(work)


async def get_runner(request: Request) -> ServiceRunner:
    """Return the runner that the lifespan made."""
    runner = request.app.state.runner
    assert isinstance(runner, ServiceRunner)  # noqa: S101
    return runner


async def get_settings(request: Request) -> Settings:
    """Return the settings that the factory was given."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)  # noqa: S101
    return settings


Runner = Annotated[ServiceRunner, Depends(get_runner)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]
