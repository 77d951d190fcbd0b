"""Queued items that are worked on in groups, when several together take less work than each alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupEntry(Generic[Item, Result]):
    """An item and what becomes of it."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.outcome: Future[Result] = Future()


class Groups(Generic[Item, Result]):
    """Hands items that wait in a work queue to its threads in groups.

    Each item has its own call in the queue, so the queue's limits, timeouts and disconnects apply to it. The call whose
    turn comes takes the next items along; their calls find the results ready when their turn comes.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, threads: int, size: int) -> None:
        """Call `work` with up to `size` items, and leave the other threads of the queue their share."""
        self._work = work
        self._threads = threads
        self._size = size
        self._waiting: dict[GroupEntry[Item, Result], None] = {}
        self._lock = threading.Lock()

    def add(self, item: Item) -> GroupEntry[Item, Result]:
        """Add an item, before its call is queued."""
        entry = GroupEntry[Item, Result](item)
        with self._lock:
            self._waiting[entry] = None
        return entry

    def discard(self, entry: GroupEntry[Item, Result]) -> None:
        """Remove an item when its call has ended or was dropped. Idempotent."""
        with self._lock:
            self._waiting.pop(entry, None)

    def result(self, entry: GroupEntry[Item, Result]) -> Result:
        """Return the result of an item, or raise its error: the call of the item, in a thread of the queue.

        If another thread works on the item, this one works on the next items meanwhile.
        """
        while not entry.outcome.done() and (group := self._take(entry)):
            self._work_on(group)
        return entry.outcome.result()

    def _take(self, entry: GroupEntry[Item, Result]) -> list[GroupEntry[Item, Result]]:
        """Take waiting items, the given one first."""
        with self._lock:
            count = min(self._size, -(-len(self._waiting) // self._threads))
            group = [entry] if entry in self._waiting else []
            group += islice((other for other in self._waiting if other is not entry), count - len(group))
            for taken in group:
                del self._waiting[taken]
            return group

    def _work_on(self, group: Sequence[GroupEntry[Item, Result]]) -> None:
        try:
            results = self._work([entry.item for entry in group])
        except BaseException as error:
            if len(group) > 1:  # one bad item must not fail the others
                for entry in group:
                    self._work_on([entry])
            else:
                group[0].outcome.set_exception(error)
            return
        for entry, result in zip(group, results, strict=True):
            entry.outcome.set_result(result)
