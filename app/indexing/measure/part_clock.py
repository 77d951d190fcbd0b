"""A clock for the CPU time of the parts of a running program, which wraps functions."""

import functools
import inspect
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from typing import Any


class PartClock:
    """Sums the CPU time of each thread by part; the time of a nested part counts only for the nested part.

    Coroutines are timed step by step, so that time spent waiting is not counted.
    """

    is_running = True
    """Whether calls are timed; set it between calls."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._threads: dict[int, Counter[str]] = {}

    def nanoseconds(self) -> dict[int, Counter[str]]:
        """Return the nanoseconds counted so far, by thread identifier and part."""
        return {identifier: Counter(parts) for identifier, parts in list(self._threads.items())}

    def wrap(self, owner: object, name: str, part: str) -> None:
        """Replace a function, method or coroutine function of a class or module by a timed wrapper."""
        function = getattr(owner, name)
        timed = self._timed_async if inspect.iscoroutinefunction(function) else self._timed
        setattr(owner, name, timed(function, part))

    def _timed(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if not self.is_running:
                return function(*args, **kwargs)
            self._enter(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._leave()

        return timed

    def _timed_async(self, function: Callable[..., Awaitable[Any]], part: str) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            called = function(*args, **kwargs)
            return await (_Steps(self, part, called) if self.is_running else called)

        return timed

    def _enter(self, part: str) -> None:
        now = time.thread_time_ns()
        try:
            stack = self._local.stack
        except AttributeError:
            stack = self._local.stack = []
            self._local.parts = self._threads.setdefault(threading.get_ident(), Counter())
        if stack:
            self._local.parts[stack[-1]] += now - self._local.since
        stack.append(part)
        self._local.since = now

    def _leave(self) -> None:
        now = time.thread_time_ns()
        self._local.parts[self._local.stack.pop()] += now - self._local.since
        self._local.since = now


class _Steps:
    """An awaitable that runs another one and times each of its steps."""

    def __init__(self, clock: PartClock, part: str, awaitable: Awaitable[Any]) -> None:
        self._clock = clock
        self._part = part
        self._awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._awaitable.__await__()
        resume: Callable[[], Any] = functools.partial(next, steps)
        while True:
            self._clock._enter(self._part)
            try:
                awaited = resume()
            except StopIteration as end:
                return end.value
            finally:
                self._clock._leave()
            try:
                sent = yield awaited
                resume = functools.partial(steps.send, sent)
            except BaseException as error:
                resume = functools.partial(steps.throw, error)
