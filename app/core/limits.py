"""Bounds on work: how many calls run at once in threads, how many wait, and that nobody waits for who has left."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")
Departure = Callable[[], Awaitable[None]]
"""Returns when the caller has gone away, and not before."""

LONGEST_RETRY_SECONDS = 60
_WEIGHT_OF_LAST_CALL = 0.1


class OverloadedError(Exception):
    """More calls are waiting than the queue has places, or it takes no more."""

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__("too many calls are waiting")


class CallerGoneError(Exception):
    """Who asked for the result has gone away."""


class WorkQueue:
    """Runs blocking calls in threads: `concurrent` at once, `waiting` more in line, the rest refused at once.

    The threads take the next call from the line themselves: none waits for the event loop to hand it one. A caller that
    is cancelled or goes away gives up its place in line at once. A call that is already running in its thread cannot be
    stopped; its place is free again when it ends. To be used from one event loop.
    """

    def __init__(self, concurrent: int, waiting: int) -> None:
        self._concurrent = concurrent
        self._most_unfinished = concurrent + waiting
        self._unfinished = 0
        self._outcomes: dict[Future[Any], asyncio.Future[Any]] = {}
        self._is_open = True
        self._seconds_per_call = 0.0
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="work")

    @property
    def waiting(self) -> int:
        """How many calls are in line."""
        return max(self._unfinished - self._concurrent, 0)

    @property
    def retry_after_seconds(self) -> int:
        """Whole seconds after which those in line now will have been served, as far as can be told: 1 to 60."""
        expected = self.waiting * self._seconds_per_call / self._concurrent
        return min(max(math.ceil(expected), 1), LONGEST_RETRY_SECONDS)

    async def run(self, call: Callable[[], Result], departure: Departure | None = None) -> Result:
        """Run the call in a thread and return its result.

        Raises OverloadedError where the line is full, CallerGoneError where `departure` returned before the call's
        turn came, and what the call raises.
        """
        (result,) = await self.run_each([call], departure)
        return result

    async def run_each(self, calls: Sequence[Callable[[], Result]], departure: Departure | None = None) -> list[Result]:
        """Run the calls one after another; raises what `run` does.

        They count as that many in line (more than there are places are taken only where nothing else is), and others
        take turns with them: many calls of one caller do not hold up a single one of another.
        """
        if self._unfinished and self._unfinished + len(calls) > self._most_unfinished:
            raise OverloadedError(self.retry_after_seconds)
        results = []
        left = len(calls)
        self._unfinished += left
        try:
            with _Watch(departure) as watch:
                for call in calls:
                    job = self._submit(call)
                    left -= 1
                    results.append(await self._outcome(job, watch))
        finally:
            self._unfinished -= left
        return results

    def _submit(self, call: Callable[[], Result]) -> Future[Result]:
        """Put a call in line; raises OverloadedError where the line is closed."""
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
            with contextlib.suppress(RuntimeError):  # the loop has been closed, nobody waits any more
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
        """Wait for what becomes of a call, and take it out of line where its caller leaves before its turn."""
        outcome: asyncio.Future[Result] = self._outcomes[job]
        if self._unfinished > self._concurrent:
            watch.on_departure(lambda: self._take_out_of_line(job, CallerGoneError()))
        try:
            return await outcome
        except asyncio.CancelledError as error:
            self._take_out_of_line(job, error)
            raise

    def _take_out_of_line(self, job: Future[Any], error: BaseException) -> None:
        """Fail a call that has not begun; one that runs goes on."""
        if job in self._outcomes and job.cancel():
            outcome = self._outcomes.pop(job)
            self._unfinished -= 1
            if not outcome.done():
                outcome.set_exception(error)

    def _settle(self, job: Future[Any], seconds: float) -> None:
        """Pass on what became of a call that has run."""
        outcome = self._outcomes.pop(job, None)
        if outcome is None:  # it was taken out of line
            return
        self._unfinished -= 1
        self._note_seconds(seconds)
        if outcome.done():  # the waiter has left
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
        """Refuse everybody in line and whoever comes; what runs goes on."""
        self._is_open = False
        for job in list(self._outcomes):
            self._take_out_of_line(job, OverloadedError(self.retry_after_seconds))

    def close(self) -> None:
        """Wait until the calls that run have ended; harmless when called twice."""
        self._threads.shutdown(wait=True)


class _Watch:
    """Looks out for a caller's departure, from the first time that it has to wait on."""

    def __init__(self, departure: Departure | None) -> None:
        self._departure = departure
        self._task: asyncio.Task[None] | None = None

    def on_departure(self, give_up: Callable[[], None]) -> None:
        """Have `give_up` called as soon as the caller has gone."""
        if self._departure is None:
            return
        if self._task is None:
            self._task = asyncio.create_task(_wait(self._departure))
        self._task.add_done_callback(lambda task: give_up() if _has_returned(task) else None)

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()


async def _wait(departure: Departure) -> None:
    await departure()


def _has_returned(task: asyncio.Task[None]) -> bool:
    """Tell a departure from a failure to watch for it: a body that is refused is no caller that has gone."""
    return not task.cancelled() and task.exception() is None
