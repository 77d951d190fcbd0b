"""Memory of this process: glibc settings, trimming of the heaps, and a limit on what one step may allocate."""

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
_MAX_HEAP_BLOCK_BYTES = 1 << 25  # glibc's limit
_HEAP_BLOCK_BYTES = 1 << 21
"""Larger blocks are mapped and unmapped one by one. Texts of up to 200 tokens need no larger block. At half this size
(140 tokens), texts of 256 tokens took a fifth more CPU time; at twice this size, memory grew by 10 MB."""
_FREE_BYTES = 1 << 25
"""What each heap may keep free at its end. At a quarter of this size, a quarter fewer long texts were encoded."""
_LARGE_BLOCKS_KEPT = 8
"""What each heap may keep free at its end in blocks of `reuse_large_blocks`; a search uses fewer at once."""


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


def reuse_freed_memory() -> None:
    """Keep freed memory for the next request. Call this before any thread is started.

    Without its arena, ONNX Runtime allocates each intermediate result. By default, glibc returns the end of a heap to
    the system and soon requests it again, page by page. Each thread keeps its own heap, because threads that encode at
    once and share one wait for its lock. Does nothing with another C library.
    """
    library = _c_library()
    if library is not None and hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _HEAP_BLOCK_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, _FREE_BYTES)


def reuse_large_blocks(size: int) -> None:
    """Keep freed blocks of up to `size` bytes for the next request, too, after `reuse_freed_memory`.

    Arrays with a number for each of a million films are larger than the blocks that are kept by default. Mapping and
    unmapping them took a quarter of the CPU time of a search.
    """
    library = _c_library()
    if library is not None and hasattr(library, "mallopt") and size > _HEAP_BLOCK_BYTES:
        block = min(size, _MAX_HEAP_BLOCK_BYTES)
        library.mallopt(_M_MMAP_THRESHOLD, block)
        library.mallopt(_M_TRIM_THRESHOLD, max(_FREE_BYTES, _LARGE_BLOCKS_KEPT * block))


def return_free_memory() -> None:
    """Return freed memory to the system. Does nothing with a C library other than glibc.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    library = _c_library()
    if library is not None and hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows cannot open the process itself as a library
        return None
