"""Bounds on work: how many calls run at once in threads, how many wait, and that nobody waits for who has left."""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

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

    A caller that is cancelled or goes away gives up its place in line at once. A call that is already running in its
    thread cannot be stopped; its place is free again when it ends. To be used from one event loop.
    """

    def __init__(self, concurrent: int, waiting: int) -> None:
        self._concurrent = concurrent
        self._free = concurrent
        self._most_waiting = waiting
        self._waiting = 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._is_open = True
        self._seconds_per_call = 0.0
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="work")

    @property
    def waiting(self) -> int:
        """How many calls are in line."""
        return self._waiting

    @property
    def retry_after_seconds(self) -> int:
        """Whole seconds after which those in line now will have been served, as far as can be told: 1 to 60."""
        expected = self._waiting * self._seconds_per_call / self._concurrent
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

        They count as that many in line, and others take turns with them: many calls of one caller do not hold up a
        single one of another.
        """
        if not self._free and self._waiting >= self._most_waiting:
            raise OverloadedError(self.retry_after_seconds)
        results = []
        left = len(calls)
        self._waiting += left
        try:
            with _Watch(departure) as watch:
                for call in calls:
                    await self._take_place(watch)
                    self._waiting -= 1
                    left -= 1
                    results.append(await self._run_in_thread(call))
        finally:
            self._waiting -= left
        return results

    async def _take_place(self, watch: "_Watch") -> None:
        if not self._is_open:
            raise OverloadedError(self.retry_after_seconds)
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        watch.end_with(turn)
        try:
            await turn
        except BaseException:
            if turn.cancelled() or turn.exception() is not None:
                with contextlib.suppress(ValueError):
                    self._line.remove(turn)
            else:  # the turn came at the moment of the cancellation
                self._release_place()
            raise

    def _release_place(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _run_in_thread(self, call: Callable[[], Result]) -> Result:
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Result] = loop.create_future()
        started = time.perf_counter()

        def settle(done: Future[Result]) -> None:
            self._note_seconds(time.perf_counter() - started)
            self._release_place()
            if outcome.done():  # the waiter has left
                return
            error = done.exception()
            if error is None:
                outcome.set_result(done.result())
            else:
                outcome.set_exception(error)

        def settle_in_loop(done: Future[Result]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed, nobody waits any more
                loop.call_soon_threadsafe(settle, done)

        try:
            self._threads.submit(call).add_done_callback(settle_in_loop)
        except RuntimeError as error:  # closed
            self._release_place()
            raise OverloadedError(self.retry_after_seconds) from error
        return await outcome

    def _note_seconds(self, seconds: float) -> None:
        if self._seconds_per_call == 0:
            self._seconds_per_call = seconds
        self._seconds_per_call += _WEIGHT_OF_LAST_CALL * (seconds - self._seconds_per_call)

    def refuse_all(self) -> None:
        """Refuse everybody in line and whoever comes; what runs goes on."""
        self._is_open = False
        for turn in self._line:
            if not turn.done():
                turn.set_exception(OverloadedError(self.retry_after_seconds))
        self._line.clear()

    def close(self) -> None:
        """Wait until the calls that run have ended; harmless when called twice."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class _Watch:
    """Looks out for a caller's departure, from the first time that it has to wait on."""

    def __init__(self, departure: Departure | None) -> None:
        self._departure = departure
        self._task: asyncio.Task[None] | None = None

    def end_with(self, turn: asyncio.Future[None]) -> None:
        """Fail the turn with CallerGoneError as soon as the caller has gone."""
        if self._departure is None:
            return
        if self._task is None:
            self._task = asyncio.create_task(_wait(self._departure))

        def fail(_: asyncio.Task[None]) -> None:
            if not turn.done():
                turn.set_exception(CallerGoneError())

        self._task.add_done_callback(fail)

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()


async def _wait(departure: Departure) -> None:
    await departure()
