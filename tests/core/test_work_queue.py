"""The work queue: which calls run, wait, are refused, and are dropped."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.core.work_queue import ClientDisconnectedError, OverloadedError, WorkQueue


class Gate:
    """A call that blocks until the gate is opened."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.started = threading.Event()

    def __call__(self) -> str:
        self.started.set()
        self._open.wait(30)
        return "through"

    def open(self) -> None:
        self._open.set()


@asynccontextmanager
async def busy_queue(waiting: int) -> AsyncIterator[tuple[WorkQueue, Gate, "asyncio.Task[str]"]]:
    """A queue whose only thread runs a gate."""
    queue, gate = WorkQueue(1, waiting), Gate()
    running = asyncio.create_task(queue.run(gate))
    await asyncio.to_thread(gate.started.wait, 30)
    try:
        yield queue, gate, running
    finally:
        gate.open()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(queue.close)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def test_results_and_errors_are_returned() -> None:
    async def scenario() -> None:
        queue = WorkQueue(1, 0)
        assert await queue.run(lambda: 42) == 42
        with pytest.raises(ZeroDivisionError):
            await queue.run(lambda: 1 // 0)
        assert await queue.run(lambda: "still works") == "still works"

    asyncio.run(scenario())


def test_a_call_beyond_the_queue_is_refused_at_once() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=1) as (queue, gate, running):
            second = asyncio.create_task(queue.run(lambda: "second"))
            await until(lambda: queue.waiting == 1)
            with pytest.raises(OverloadedError):
                await queue.run(lambda: "third")
            gate.open()
            assert [await running, await second] == ["through", "second"]
            assert queue.waiting == 0

    asyncio.run(scenario())


def test_the_queue_is_served_in_order() -> None:
    async def scenario() -> None:
        served: list[int] = []
        async with busy_queue(waiting=10) as (queue, gate, _):
            tasks = []
            for number in range(5):
                tasks.append(asyncio.create_task(queue.run(lambda number=number: served.append(number))))  # type: ignore[misc]
                await asyncio.sleep(0)
            gate.open()
            await asyncio.gather(*tasks)
        assert served == [0, 1, 2, 3, 4]

    asyncio.run(scenario())


def test_a_thread_takes_the_next_call_even_while_the_event_loop_is_busy() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=1) as (queue, gate, _):
            second = Gate()
            task = asyncio.create_task(queue.run(second))
            await until(lambda: queue.waiting == 1)
            gate.open()
            assert second.started.wait(30)  # nothing else runs in the event loop meanwhile
            second.open()
            assert await task == "through"

    asyncio.run(scenario())


def test_a_disconnected_client_is_dropped_from_the_queue() -> None:
    async def scenario() -> None:
        worked: list[str] = []
        disconnected = asyncio.Event()

        async def disconnect() -> None:
            await disconnected.wait()

        async with busy_queue(waiting=1) as (queue, gate, _):
            dropped = asyncio.create_task(queue.run(lambda: worked.append("dropped"), disconnect))
            await until(lambda: queue.waiting == 1)
            disconnected.set()
            with pytest.raises(ClientDisconnectedError):
                await dropped
            assert queue.waiting == 0
            served = asyncio.create_task(queue.run(lambda: worked.append("served")))
            gate.open()
            await served
        assert worked == ["served"]

    asyncio.run(scenario())


def test_a_failure_to_wait_for_the_disconnect_is_not_a_disconnect() -> None:
    async def scenario() -> None:
        failed = asyncio.Event()

        async def disconnect() -> None:
            failed.set()
            raise ValueError("the body is too large")

        async with busy_queue(waiting=1) as (queue, gate, _):
            served = asyncio.create_task(queue.run(lambda: "served", disconnect))
            await failed.wait()
            await asyncio.sleep(0)  # the callbacks of the failed task run
            assert queue.waiting == 1
            gate.open()
            assert await served == "served"

    asyncio.run(scenario())


def test_a_timeout_counts_the_time_in_the_queue() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=1) as (queue, _, _running):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await queue.run(lambda: "never")
            assert queue.waiting == 0

    asyncio.run(scenario())


def test_a_running_call_keeps_its_thread_after_its_task_is_cancelled() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=1) as (queue, gate, running):
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            gate.open()
            assert await queue.run(lambda: "next") == "next"

    asyncio.run(scenario())


def test_an_error_after_cancellation_is_not_reported_as_never_retrieved() -> None:
    async def scenario() -> None:
        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        queue, started, go_on = WorkQueue(1, 0), threading.Event(), threading.Event()

        def fail() -> None:
            started.set()
            go_on.wait(30)
            raise ValueError("late")

        task = asyncio.create_task(queue.run(fail))
        await asyncio.to_thread(started.wait, 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        go_on.set()
        assert await _eventually(queue, "afterwards") == "afterwards"
        gc.collect()
        await asyncio.sleep(0)
        assert reported == []

    async def _eventually(queue: WorkQueue, value: str) -> str:
        while True:
            try:
                return await queue.run(lambda: value)
            except OverloadedError:
                await asyncio.sleep(0.001)

    asyncio.run(scenario())


def test_a_batch_takes_turns_with_single_calls() -> None:
    async def scenario() -> None:
        order: list[str] = []
        async with busy_queue(waiting=10) as (queue, gate, _):
            batch = [lambda number=number: order.append(f"batch {number}") for number in range(3)]
            many = asyncio.create_task(queue.run_each(batch))
            await until(lambda: queue.waiting == 3)
            single = asyncio.create_task(queue.run(lambda: order.append("single")))
            await until(lambda: queue.waiting == 4)
            gate.open()
            await asyncio.gather(many, single)
        assert order == ["batch 0", "single", "batch 1", "batch 2"]
        assert queue.waiting == 0

    asyncio.run(scenario())


def test_each_call_of_a_batch_counts_towards_the_limit() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=2) as (queue, gate, _):
            with pytest.raises(OverloadedError):
                await queue.run_each([lambda: "refused"] * 3)
            two = asyncio.create_task(queue.run_each([lambda: "served"] * 2))
            await until(lambda: queue.waiting == 2)
            gate.open()
            assert await two == ["served"] * 2
            assert await queue.run_each([lambda: "alone"] * 9) == ["alone"] * 9

    asyncio.run(scenario())


def test_closing_refuses_queued_and_new_calls() -> None:
    async def scenario() -> None:
        async with busy_queue(waiting=5) as (queue, gate, running):
            waiting = asyncio.create_task(queue.run(lambda: "never"))
            await until(lambda: queue.waiting == 1)
            queue.refuse_all()
            with pytest.raises(OverloadedError):
                await waiting
            with pytest.raises(OverloadedError):
                await queue.run(lambda: "never")
            gate.open()
            assert await running == "through"
        with pytest.raises(OverloadedError):
            await queue.run(lambda: "closed")

    asyncio.run(scenario())


def test_the_retry_time_follows_the_length_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def call_of_50_ms() -> None:
        nonlocal now
        now += 0.05

    async def scenario() -> None:
        queue = WorkQueue(1, 1000)
        assert queue.retry_after_seconds == 1
        await queue.run(call_of_50_ms)
        gate = Gate()
        tasks = [asyncio.create_task(queue.run(gate)) for _ in range(101)]
        await until(lambda: queue.waiting == 100)
        assert queue.retry_after_seconds == 5
        queue.refuse_all()
        gate.open()
        await asyncio.gather(*tasks, return_exceptions=True)
        queue.close()

    monkeypatch.setattr("app.core.work_queue.time.perf_counter", lambda: now)
    asyncio.run(scenario())
