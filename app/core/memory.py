"""A bound on the memory that a step may take, and the return of what was freed."""

import contextlib
import ctypes
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


def return_free_memory() -> None:
    """Give the system back what has been freed: glibc keeps the scraps of loading a model, 8 MB and more.

    Does nothing where the C library is another one. https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # TypeError: Windows has no library of the process
        ctypes.CDLL(None).malloc_trim(0)
