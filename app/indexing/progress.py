"""Progress of long work: a bar with rate and time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 5.0


def say(line: str) -> None:
    """Print one line of progress or result at once."""
    print(line, flush=True)  # noqa: T201


def with_progress(items: Iterable[Item], *, total: int, label: str, unit: str) -> Iterator[Item]:
    """Yield the items, showing how far the work is."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        yield from tqdm(items, total=total, desc=label, unit=f" {unit}", dynamic_ncols=True)
        return
    started = last_line = time.monotonic()
    for done, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - last_line >= SECONDS_BETWEEN_LINES or done == total:
            last_line = now
            rate = done / max(now - started, 1e-9)
            left = (total - done) / rate
            say(f"{label}: {done:,} of {total:,} {unit} ({rate:,.0f}/s, {left:,.0f} s left)")
