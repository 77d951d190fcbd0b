"""A bound on the memory that a step may take."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STATUS = Path("/proc/self/statm")


@contextlib.contextmanager
def bounded_memory(growth: int) -> Iterator[None]:
    """Let the process take at most `growth` bytes more while the block runs: past that, MemoryError.

    The bound holds for all threads, so the block should be short. Where the system does not tell how much is in use
    (anything but Linux), there is no bound.
    """
    if resource is None or not _STATUS.exists():
        yield
        return
    used = int(_STATUS.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = used + growth
    if soft != resource.RLIM_INFINITY:
        allowed = min(allowed, soft)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
