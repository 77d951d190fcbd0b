"""Batcher: which thread processes which items, and which item gets an error. Ordered by events, never by time."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.batcher import Batcher


class Work:
    """Doubles numbers and records each batch; negative numbers are errors."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gates: dict[int, threading.Event] = {}
        self.started = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self.started.set()
        for number in numbers:
            if number in self.gates:
                assert self.gates[number].wait(30)
        if any(number < 0 for number in numbers):
            raise ValueError(f"negative: {min(numbers)}")
        return [2 * number for number in numbers]


@pytest.fixture
def work() -> Work:
    return Work()


def test_a_single_item_is_a_batch_of_one(work: Work) -> None:
    batcher = Batcher(work, threads=2, size=4)
    assert batcher.result(batcher.add(1)) == 2
    assert work.batches == [[1]]


def test_waiting_items_are_batched_in_order(work: Work) -> None:
    batcher = Batcher(work, threads=1, size=4)
    items = [batcher.add(number) for number in range(6)]
    assert [batcher.result(item) for item in items] == [0, 2, 4, 6, 8, 10]
    assert work.batches == [[0, 1, 2, 3], [4, 5]]


def test_other_threads_keep_their_share(work: Work) -> None:
    batcher = Batcher(work, threads=2, size=4)
    first, *_ = [batcher.add(number) for number in range(3)]
    batcher.result(first)
    assert work.batches == [[0, 1]]


def test_a_thread_whose_item_is_being_processed_takes_the_next(work: Work) -> None:
    gate = work.gates[0] = threading.Event()
    batcher = Batcher(work, threads=2, size=2)
    items = [batcher.add(number) for number in range(4)]
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(batcher.result, items[0])
        assert work.started.wait(30)  # processes 0 and 1, and waits at the gate
        second = threads.submit(batcher.result, items[1])
        assert items[2].outcome.result(30) == 4  # by the thread that was called for item 1
        gate.set()
        assert (first.result(30), second.result(30)) == (0, 2)
    assert work.batches[:2] == [[0, 1], [2]]


def test_a_discarded_item_is_not_processed(work: Work) -> None:
    batcher = Batcher(work, threads=1, size=4)
    first, gone, last = (batcher.add(number) for number in range(3))
    batcher.discard(gone)
    batcher.discard(gone)
    assert batcher.result(first) == 0
    assert batcher.result(last) == 4
    assert work.batches == [[0, 2]]


def test_an_error_affects_only_its_item(work: Work) -> None:
    batcher = Batcher(work, threads=1, size=4)
    good, bad, other = (batcher.add(number) for number in (1, -1, 2))
    assert batcher.result(good) == 2
    with pytest.raises(ValueError, match="negative: -1"):
        batcher.result(bad)
    assert batcher.result(other) == 4
