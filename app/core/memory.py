"""Memory of this process: glibc settings, trimming of the heap, and a limit on what one step may allocate."""

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STATUS = Path("/proc/self/statm")

# Parameters of mallopt(3), https://man7.org/linux/man-pages/man3/mallopt.3.html
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_NEVER_TRIMMED_BYTES = 1 << 30
_MAX_HEAP_BLOCK_BYTES = 1 << 25  # glibc's limit
_HEAP_BLOCK_BYTES = 1 << 21
"""Larger blocks are mapped and unmapped one by one. Texts of up to 200 tokens need no larger block. At half this size
(140 tokens), texts of 256 tokens took a fifth more CPU time; at twice this size, memory grew by 10 MB."""


@contextlib.contextmanager
def bounded_memory(growth: int) -> Iterator[None]:
    """Raise MemoryError if the process allocates more than `growth` further bytes while the block runs.

    The limit applies to all threads, so the block should be short. Does nothing on systems other than Linux, which do
    not report how much memory is in use.
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


def reuse_freed_memory(heaps: int) -> None:
    """Keep freed memory for the next request, in up to `heaps` heaps. Call this before any thread is started.

    Without its arena, ONNX Runtime allocates each intermediate result. By default, glibc returns the end of a heap to
    the system and soon requests it again, page by page. It also makes up to eight heaps per CPU, and each of them
    fragments. One heap per CPU is best: threads that encode at once and share a heap wait for its lock (two threads
    answered a fifth fewer requests).

    Does nothing with another C library.
    """
    library = _c_library()
    if library is None or not hasattr(library, "mallopt"):
        return
    library.mallopt(_M_MMAP_THRESHOLD, _HEAP_BLOCK_BYTES)
    library.mallopt(_M_TRIM_THRESHOLD, _NEVER_TRIMMED_BYTES)
    library.mallopt(_M_ARENA_MAX, heaps)


def reuse_large_blocks(size: int) -> None:
    """Keep freed blocks of up to `size` bytes for the next request, too, after `reuse_freed_memory`.

    Arrays with a number for each of a million films are larger than the blocks that are kept by default. Mapping and
    unmapping them took a quarter of the CPU time of a search.
    """
    library = _c_library()
    if library is not None and hasattr(library, "mallopt") and size > _HEAP_BLOCK_BYTES:
        library.mallopt(_M_MMAP_THRESHOLD, min(size, _MAX_HEAP_BLOCK_BYTES))


def return_free_memory() -> None:
    """Return freed memory to the system. Does nothing with a C library other than glibc.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    library = _c_library()
    if library is not None and hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


class FreedMemory:
    """Limit on the freed memory that is kept for the next request, because blocks of many sizes fragment the heap."""

    def __init__(self, max_bytes: int = 16 << 20) -> None:
        self._max_bytes = max_bytes
        library = _c_library()
        self._read = getattr(library, "mallinfo2", None)  # glibc 2.33 and later
        if self._read is not None:
            self._read.restype = _MallocInfo

    def trim(self) -> None:
        """Return freed memory to the system if there is more than the limit; otherwise takes only microseconds."""
        if self._read is not None and self._read().fordblks > self._max_bytes:
            return_free_memory()


class _MallocInfo(ctypes.Structure):
    """struct mallinfo2, https://man7.org/linux/man-pages/man3/mallinfo.3.html ."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows cannot open the process itself as a library
        return None
