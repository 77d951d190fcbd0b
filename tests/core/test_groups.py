"""Items in groups: who works on what, and what becomes of errors. Order is by events, never by time."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.groups import Groups


class Work:
    """Doubles numbers and notes each group; negative numbers are errors."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gates: dict[int, threading.Event] = {}
        self.started = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
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


def test_an_item_alone_is_a_group_of_one(work: Work) -> None:
    groups = Groups(work, threads=2, size=4)
    assert groups.result(groups.add(1)) == 2
    assert work.groups == [[1]]


def test_waiting_items_are_taken_along_in_order(work: Work) -> None:
    groups = Groups(work, threads=1, size=4)
    entries = [groups.add(number) for number in range(6)]
    assert [groups.result(entry) for entry in entries] == [0, 2, 4, 6, 8, 10]
    assert work.groups == [[0, 1, 2, 3], [4, 5]]


def test_other_threads_keep_their_share(work: Work) -> None:
    groups = Groups(work, threads=2, size=4)
    first, *_ = [groups.add(number) for number in range(3)]
    groups.result(first)
    assert work.groups == [[0, 1]]


def test_a_thread_whose_item_is_in_work_takes_the_next(work: Work) -> None:
    gate = work.gates[0] = threading.Event()
    groups = Groups(work, threads=2, size=2)
    entries = [groups.add(number) for number in range(4)]
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(groups.result, entries[0])
        assert work.started.wait(30)  # works on 0 and 1, and waits at the gate
        second = threads.submit(groups.result, entries[1])
        assert entries[2].outcome.result(30) == 4  # by the thread that item 1 was given to
        gate.set()
        assert (first.result(30), second.result(30)) == (0, 2)
    assert work.groups[:2] == [[0, 1], [2]]


def test_a_discarded_item_is_not_worked_on(work: Work) -> None:
    groups = Groups(work, threads=1, size=4)
    first, gone, last = (groups.add(number) for number in range(3))
    groups.discard(gone)
    groups.discard(gone)
    assert groups.result(first) == 0
    assert groups.result(last) == 4
    assert work.groups == [[0, 2]]


def test_an_error_is_only_that_items(work: Work) -> None:
    groups = Groups(work, threads=1, size=4)
    good, bad, other = (groups.add(number) for number in (1, -1, 2))
    assert groups.result(good) == 2
    with pytest.raises(ValueError, match="negative: -1"):
        groups.result(bad)
    assert groups.result(other) == 4
