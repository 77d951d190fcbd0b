"""A bounded queue of blocking calls, which drops the calls of disconnected clients."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")
Disconnect = Callable[[], Awaitable[None]]
"""Returns when the client of a call has disconnected."""

MAX_RETRY_SECONDS = 60
_WEIGHT_OF_LAST_CALL = 0.1


class OverloadedError(Exception):
    """The queue is full, or closed."""

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__("too many calls are waiting")


class ClientDisconnectedError(Exception):
    """The client disconnected before its call started."""


class WorkQueue:
    """Runs `concurrent` blocking calls at once in threads, queues up to `waiting` more and refuses the rest.

    The threads take the next call from the queue themselves, without waiting for the event loop. A call is removed from
    the queue as soon as its task is cancelled or its client disconnects. A call that is already running cannot be
    stopped and keeps its thread until it returns. Use a queue from one event loop only.
    """

    def __init__(self, concurrent: int, waiting: int) -> None:
        self.concurrent = concurrent
        self._max_unfinished = concurrent + waiting
        self._unfinished = 0
        self._outcomes: dict[Future[Any], asyncio.Future[Any]] = {}
        self._is_open = True
        self._seconds_per_call = 0.0
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="work")

    @property
    def waiting(self) -> int:
        """How many calls are queued."""
        return max(self._unfinished - self.concurrent, 0)

    @property
    def retry_after_seconds(self) -> int:
        """Estimated seconds, 1 to 60, until the calls that are queued now have run."""
        expected = self.waiting * self._seconds_per_call / self.concurrent
        return min(max(math.ceil(expected), 1), MAX_RETRY_SECONDS)

    async def run(self, call: Callable[[], Result], disconnect: Disconnect | None = None) -> Result:
        """Run the call in a thread and return its result.

        Raises OverloadedError if the queue is full, ClientDisconnectedError if `disconnect` returned before the call
        started, and what the call raises.
        """
        (result,) = await self.run_each([call], disconnect)
        return result

    async def run_each(
        self, calls: Sequence[Callable[[], Result]], disconnect: Disconnect | None = None
    ) -> list[Result]:
        """Run the calls one after another and return their results; raises what `run` raises.

        Each call counts towards the limit of the queue; if the queue is idle, there may be more calls than the limit.
        A call is queued when the one before it has ended, so that a batch takes turns with single calls.
        """
        if self._unfinished and self._unfinished + len(calls) > self._max_unfinished:
            raise OverloadedError(self.retry_after_seconds)
        results = []
        left = len(calls)
        self._unfinished += left
        try:
            with _Watch(disconnect) as watch:
                for call in calls:
                    job = self._submit(call)
                    left -= 1
                    results.append(await self._outcome(job, watch))
        finally:
            self._unfinished -= left
        return results

    def _submit(self, call: Callable[[], Result]) -> Future[Result]:
        """Queue a call; raises OverloadedError if the queue is closed."""
        loop = asyncio.get_running_loop()
        seconds = 0.0

        def timed_call() -> Result:
            nonlocal seconds
            started = time.perf_counter()
            try:
                return call()
            finally:
                seconds = time.perf_counter() - started

        def settle_in_loop(job: Future[Result]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(lambda: self._settle(job, seconds))

        if not self._is_open:
            raise OverloadedError(self.retry_after_seconds)
        try:
            job = self._threads.submit(timed_call)
        except RuntimeError as error:  # closed
            raise OverloadedError(self.retry_after_seconds) from error
        self._outcomes[job] = loop.create_future()
        job.add_done_callback(settle_in_loop)
        return job

    async def _outcome(self, job: Future[Result], watch: "_Watch") -> Result:
        """Wait for the result of a call; drop the call if its client disconnects before it starts."""
        outcome: asyncio.Future[Result] = self._outcomes[job]
        if self._unfinished > self.concurrent:
            watch.on_disconnect(lambda: self._drop(job, ClientDisconnectedError()))
        try:
            return await outcome
        except asyncio.CancelledError as error:
            self._drop(job, error)
            raise

    def _drop(self, job: Future[Any], error: BaseException) -> None:
        """Fail a call that has not started; a running call continues."""
        if job in self._outcomes and job.cancel():
            outcome = self._outcomes.pop(job)
            self._unfinished -= 1
            if not outcome.done():
                outcome.set_exception(error)

    def _settle(self, job: Future[Any], seconds: float) -> None:
        """Pass on the result or the error of a call that has run."""
        outcome = self._outcomes.pop(job, None)
        if outcome is None:  # it was dropped
            return
        self._unfinished -= 1
        self._note_seconds(seconds)
        if outcome.done():  # its task was cancelled
            return
        error = job.exception()
        if error is None:
            outcome.set_result(job.result())
        else:
            outcome.set_exception(error)

    def _note_seconds(self, seconds: float) -> None:
        if self._seconds_per_call == 0:
            self._seconds_per_call = seconds
        self._seconds_per_call += _WEIGHT_OF_LAST_CALL * (seconds - self._seconds_per_call)

    def refuse_all(self) -> None:
        """Refuse queued and new calls; running calls continue."""
        self._is_open = False
        for job in list(self._outcomes):
            self._drop(job, OverloadedError(self.retry_after_seconds))

    def close(self) -> None:
        """Wait until the running calls have ended. Idempotent."""
        self._threads.shutdown(wait=True)


class _Watch:
    """Watches for the disconnect of one client, starting when one of its calls first has to wait."""

    def __init__(self, disconnect: Disconnect | None) -> None:
        self._disconnect = disconnect
        self._task: asyncio.Task[None] | None = None

    def on_disconnect(self, callback: Callable[[], None]) -> None:
        """Call `callback` as soon as the client has disconnected."""
        if self._disconnect is None:
            return
        if self._task is None:
            self._task = asyncio.create_task(_wait(self._disconnect))
        self._task.add_done_callback(lambda task: callback() if _has_returned(task) else None)

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()


async def _wait(disconnect: Disconnect) -> None:
    await disconnect()


def _has_returned(task: asyncio.Task[None]) -> bool:
    """Return whether the client disconnected; waiting for it may also have failed, for example on a refused body."""
    return not task.cancelled() and task.exception() is None
