"""Dependencies of the handlers: the runner that calls the service, and the settings."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request

from app.core.batcher import Batcher
from app.core.config import Settings
from app.core.work_queue import Disconnect, WorkQueue
from app.services.model_service import ModelService
from app.services.queries import Answer, Query, Question
from app.services.service_slot import ServiceSlot

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_MAX_BATCH = 4
"""Queued queries that are answered together: with four, the scan of all films costs each of them a third."""


class ServiceRunner:
    """Runs calls of the service in the work queue, within the time limit of a request.

    When `disconnect` returns, the client has disconnected, and its calls are dropped from the queue.
    """

    def __init__(
        self,
        slot: ServiceSlot,
        queue: WorkQueue,
        timeout_seconds: float,
        disconnect: Disconnect | None = None,
        batcher: Batcher[Query, Answer] | None = None,
    ) -> None:
        self.slot = slot
        self.queue = queue
        self._timeout_seconds = timeout_seconds
        self._disconnect = disconnect
        self._batcher = batcher or Batcher(self._answer_together, threads=queue.concurrent, size=_MAX_BATCH)

    def for_request(self, request: Request) -> "ServiceRunner":
        """Return a runner that drops its calls when the client of this request disconnects."""
        disconnect = partial(_client_disconnect, request)
        return ServiceRunner(self.slot, self.queue, self._timeout_seconds, disconnect, self._batcher)

    async def answer(self, question: Question) -> Answer:
        """Return the answer to a question, at once if it is cached or stored, otherwise through the queue.

        Raises UnknownMovieError and what `run` raises.
        """
        with self.slot.acquire() as service:
            cached = service.answer_cached(question)
        if cached is not None:
            return cached
        if not isinstance(question, Query):
            return await self.run(ModelService.answer, question)
        item = self._batcher.add(question)
        try:
            return await self._run(partial(self._batcher.result, item))
        finally:
            self._batcher.discard(item)

    async def answer_each(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer questions with one service, taking turns with other requests; raises what `answer` raises."""
        with self.slot.acquire() as service:
            async with asyncio.timeout(self._timeout_seconds):
                calls = [partial(service.answer, question) for question in questions]
                return await self.queue.run_each(calls, self._disconnect)

    async def look_up(
        self,
        call: Callable[Concatenate[ModelService, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Call a method that looks films up by id, at once if the catalogue is in memory, otherwise like `run`."""
        with self.slot.acquire() as service:
            if service.is_immediate:
                return call(service, *args, **kwargs)
        return await self.run(call, *args, **kwargs)

    async def run(
        self,
        call: Callable[Concatenate[ModelService, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Call a method in the work queue, on the service that is current when the call starts.

        Raises OverloadedError, ClientDisconnectedError, TimeoutError, and what the call raises.
        """

        def work() -> Result:
            with self.slot.acquire() as service:
                return call(service, *args, **kwargs)

        return await self._run(work)

    def _answer_together(self, queries: Sequence[Query]) -> list[Answer]:
        with self.slot.acquire() as service:
            return service.answer_together(queries)

    async def _run(self, work: Callable[[], Result]) -> Result:
        async with asyncio.timeout(self._timeout_seconds):
            return await self.queue.run(work, self._disconnect)


async def _client_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def get_runner(request: Request) -> ServiceRunner:
    """Return the runner of the application, for the client of this request."""
    runner = request.app.state.runner
    assert isinstance(runner, ServiceRunner)  # noqa: S101
    return runner.for_request(request)


async def get_settings(request: Request) -> Settings:
    """Return the settings of the application."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)  # noqa: S101
    return settings


Runner = Annotated[ServiceRunner, Depends(get_runner)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]
