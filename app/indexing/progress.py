"""Progress of long work: a bar with rate and time left on a terminal, otherwise a plain line every few seconds."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 5.0


def say(line: str) -> None:
    """Print a line and flush it."""
    print(line, flush=True)  # noqa: T201


def with_progress(items: Iterable[Item], *, total: int, label: str, unit: str) -> Iterator[Item]:
    """Yield the items and show the progress."""
    with progress(total=total, label=label, unit=unit) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def progress(
    *, total: int | None, label: str, unit: str, done: int = 0, delay: float = 0.0
) -> Iterator[Callable[[int], None]]:
    """Show the progress, and yield a function that adds to the amount done.

    `unit` is what is counted; "B" (bytes) is shown in multiples. `done` is the amount done in an earlier run. Work that
    ends within `delay` seconds shows nothing.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm

        in_bytes = unit == "B"
        with tqdm(
            total=total,
            initial=done,
            desc=label,
            unit=unit if in_bytes else f" {unit}",
            unit_scale=in_bytes,
            dynamic_ncols=True,
            delay=delay,
        ) as bar:
            yield lambda more: (bar.update(more), None)[1]
        return
    lines = _Lines(total, label, unit, done, time.monotonic())
    yield lines.advance
    if time.monotonic() - lines.started >= delay:
        lines.end()


class _Lines:
    """Progress as plain lines, one every few seconds and one at the end."""

    def __init__(self, total: int | None, label: str, unit: str, done: int, started: float) -> None:
        self.started = started
        self._total, self._label, self._unit = total, label, unit
        self._before = self._done = self._told = done
        self._last_line = started

    def advance(self, more: int) -> None:
        self._done += more
        now = time.monotonic()
        if now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            self._say(now)

    def end(self) -> None:
        if self._done != self._told:
            self._say(time.monotonic())

    def _say(self, now: float) -> None:
        self._told = self._done
        rate = (self._done - self._before) / max(now - self.started, 1e-9)
        done = self._amount(self._done)
        if self._total is None:
            say(f"{self._label}: {done} {self._name} ({self._speed(rate)})")
            return
        left = f", {max(self._total - self._done, 0) / rate:,.0f} s left" if rate else ""
        say(f"{self._label}: {done} of {self._amount(self._total)} {self._name} ({self._speed(rate)}{left})")

    @property
    def _name(self) -> str:
        return "MB" if self._unit == "B" else self._unit

    def _speed(self, rate: float) -> str:
        return f"{self._amount(rate)} MB/s" if self._unit == "B" else f"{self._amount(rate)}/s"

    def _amount(self, number: float) -> str:
        return f"{number / 1e6:,.1f}" if self._unit == "B" else f"{number:,.0f}"
