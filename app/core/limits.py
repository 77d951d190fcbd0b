"""Bounds on work: how many calls run at once in threads, how many wait, how long one may take."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class OverloadedError(Exception):
    """More calls are waiting than the queue has places."""


class WorkQueue:
    """Runs blocking calls in threads: `concurrent` at once, `waiting` more in line, the rest refused at once.

    A caller that is cancelled (a client that went away, a time limit) gives up its place in line. A call that is
    already running in its thread cannot be stopped; its place is free again when it ends.
    """

    def __init__(self, concurrent: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(concurrent)
        self._most_waiting = waiting
        self._waiting = 0
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="work")

    @property
    def waiting(self) -> int:
        """How many calls are in line."""
        return self._waiting

    async def run(
        self, call: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Run the call in a thread and return its result; raises OverloadedError where the line is full."""
        await self._enter()
        future = self._threads.submit(call, *args, **kwargs)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._places.release))
        return await asyncio.shield(asyncio.wrap_future(future))

    async def _enter(self) -> None:
        if self._places.locked() and self._waiting >= self._most_waiting:
            raise OverloadedError
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Wait until the calls that run have ended; harmless when called twice."""
        self._threads.shutdown(wait=True, cancel_futures=True)
