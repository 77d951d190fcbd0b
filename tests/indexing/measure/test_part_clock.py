import asyncio
import threading
import time
from collections import Counter

import pytest

from app.indexing.measure.part_clock import PartClock


def use_cpu(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


class Program:
    def outer(self) -> str:
        use_cpu(0.02)
        return self.inner()

    def inner(self) -> str:
        use_cpu(0.04)
        return "done"

    async def waits(self) -> str:
        use_cpu(0.02)
        await asyncio.sleep(0.1)
        return self.inner()

    async def fails(self) -> None:
        await asyncio.sleep(0)
        raise ValueError("as before")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> PartClock:
    clock = PartClock()
    for name in ("outer", "inner", "waits", "fails"):
        monkeypatch.setattr(Program, name, getattr(Program, name))  # restores what the clock replaces
        clock.wrap(Program, name, name)
    return clock


def milliseconds(clock: PartClock) -> Counter[str]:
    total: Counter[str] = Counter()
    for parts in clock.nanoseconds().values():
        total += Counter({part: nanoseconds // 1_000_000 for part, nanoseconds in parts.items()})
    return total


def test_the_time_of_inner_parts_is_not_counted_twice(clock: PartClock) -> None:
    assert Program().outer() == "done"
    assert milliseconds(clock)["outer"] == pytest.approx(20, abs=5)
    assert milliseconds(clock)["inner"] == pytest.approx(40, abs=5)


def test_waiting_of_a_coroutine_is_not_counted(clock: PartClock) -> None:
    assert asyncio.run(Program().waits()) == "done"
    assert milliseconds(clock)["waits"] == pytest.approx(20, abs=5)


def test_a_stopped_clock_counts_nothing(clock: PartClock) -> None:
    clock.is_running = False
    assert Program().outer() == asyncio.run(Program().waits()) == "done"
    assert not clock.nanoseconds()


def test_errors_pass_through(clock: PartClock) -> None:
    with pytest.raises(ValueError, match="as before"):
        asyncio.run(Program().fails())


def test_threads_are_counted_separately(clock: PartClock) -> None:
    threads = [threading.Thread(target=Program().inner) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert milliseconds(clock)["inner"] == pytest.approx(80, abs=10)
