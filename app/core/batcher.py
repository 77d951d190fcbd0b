"""Batching of queued items, for work that costs less for several items together than for each alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class BatchItem(Generic[Item, Result]):
    """An item and the future of its result."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.outcome: Future[Result] = Future()


class Batcher(Generic[Item, Result]):
    """Processes items that wait in a work queue in batches; safe to use from any thread.

    Each item has its own call in the queue, so the queue's limits, timeouts and disconnects apply to it. The call whose
    turn comes also processes the next items; their calls then find the results ready.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, threads: int, size: int) -> None:
        """Call `work` with up to `size` items; `threads` of the queue share the waiting items evenly."""
        self._work = work
        self._threads = threads
        self._size = size
        self._waiting: dict[BatchItem[Item, Result], None] = {}
        self._lock = threading.Lock()

    def add(self, item: Item) -> BatchItem[Item, Result]:
        """Add an item. Do this before its call is queued."""
        added = BatchItem[Item, Result](item)
        with self._lock:
            self._waiting[added] = None
        return added

    def discard(self, item: BatchItem[Item, Result]) -> None:
        """Remove an item when its call has ended or was dropped. Idempotent."""
        with self._lock:
            self._waiting.pop(item, None)

    def result(self, item: BatchItem[Item, Result]) -> Result:
        """Return the result of an item, or raise its error. This is the item's call in the queue.

        If another thread is processing the item, this thread processes the next items in the meantime.
        """
        while not item.outcome.done() and (batch := self._take(item)):
            self._process(batch)
        return item.outcome.result()

    def _take(self, item: BatchItem[Item, Result]) -> list[BatchItem[Item, Result]]:
        """Take waiting items, the given one first."""
        with self._lock:
            count = min(self._size, -(-len(self._waiting) // self._threads))
            batch = [item] if item in self._waiting else []
            batch += islice((other for other in self._waiting if other is not item), count - len(batch))
            for taken in batch:
                del self._waiting[taken]
            return batch

    def _process(self, batch: Sequence[BatchItem[Item, Result]]) -> None:
        try:
            results = self._work([each.item for each in batch])
        except BaseException as error:
            if len(batch) > 1:  # one bad item must not fail the others
                for each in batch:
                    self._process([each])
            else:
                batch[0].outcome.set_exception(error)
            return
        for each, result in zip(batch, results, strict=True):
            each.outcome.set_result(result)
