import subprocess
import sys

import pytest

from app.core import memory
from app.core.memory import (
    bounded_memory,
    return_free_memory,
    reuse_freed_memory,
    reuse_large_blocks,
)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc and kept by glibc")


@linux_only
def test_allocating_beyond_the_limit_is_a_memory_error() -> None:
    with bounded_memory(64 << 20), pytest.raises(MemoryError):
        bytearray(512 << 20)
    assert len(bytearray(512 << 20)) == 512 << 20


def faults_of_second_array(array: str, settings: str) -> int:
    """The page faults of making an array again in a new process with these memory settings."""
    code = f"""
import numpy, resource
from app.core.memory import reuse_freed_memory, reuse_large_blocks
{settings}
{array}
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
{array}
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


@linux_only
def test_freed_blocks_of_a_long_text_are_reused() -> None:
    widened = "numpy.ones((200, 1536), numpy.float32)"  # what 200 tokens are widened to, 300 pages
    assert faults_of_second_array(widened, "reuse_freed_memory()") < 100


@linux_only
def test_larger_blocks_are_reused_once_a_large_catalogue_is_loaded() -> None:
    scores = "numpy.ones(1_000_000)"  # one number for each of a million films, 1,953 pages
    assert faults_of_second_array(scores, "reuse_freed_memory(); reuse_large_blocks(16_000_000)") < 100


def test_nothing_happens_with_another_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_c_library", lambda: None)
    reuse_freed_memory()
    reuse_large_blocks(16_000_000)
    return_free_memory()
