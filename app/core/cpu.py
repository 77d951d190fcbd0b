"""CPUs that this process may use, by affinity and by container quota."""

import asyncio
import contextlib
import ctypes
import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
"""One line per hierarchy: number, controllers (none in version 2), and the group of this process below CGROUPS."""

_THREADS = Path("/proc/self/task")
_SECONDS_ON_ONE_CPU = 5.0
_CPU_FACTS = Path("/proc/cpuinfo")
_FAST_INT8_FLAGS = frozenset({"avx512_vnni", "avx_vnni", "asimddp"})


def available_cpus(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """Return the number of CPUs that this process may use.

    That is its affinity or, if lower, the CPU quota of its container, rounded up.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(cgroups, membership)
    return affinity if quota is None else max(1, min(affinity, math.ceil(quota)))


def cpu_quota(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> float | None:
    """Return the CPU quota of the process's control group, or None if it has none.

    https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files (and version 1). A parent group may
    have a lower quota than the process's own.
    """
    quotas = [quota for group in _groups(cgroups, membership) if (quota := _quota_of(group)) is not None]
    return min(quotas, default=None)


def has_fast_int8(cpu_facts: Path = _CPU_FACTS) -> bool:
    """Return whether the CPU has instructions for sums of 8-bit products (VNNI; SDOT on ARM), as far as is known."""
    try:
        flags = set(cpu_facts.read_text(encoding="utf-8").split())
    except OSError:  # macOS, whose CPUs have them
        return True
    return not flags.isdisjoint(_FAST_INT8_FLAGS)


async def stay_on_one_cpu() -> None:
    """Keep all threads on one CPU at a time, until cancelled. For a quota of one CPU or less.

    The kernel hands out a quota in slices of 5 ms to each CPU that a process runs on, and a tenth of a CPU gets two
    slices per period (https://docs.kernel.org/scheduler/sched-bwc.html). Threads on several CPUs take slices from each
    other and wait for the next period: a request took 308 ms instead of 199 ms. Every few seconds the system may choose
    another CPU. Does nothing if affinity cannot be set.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    allowed = os.sched_getaffinity(0)
    get_cpu = getattr(ctypes.CDLL(None), "sched_getcpu", None)
    if get_cpu is None or len(allowed) == 1:
        return
    try:
        while True:
            _set_affinity({get_cpu()} & allowed or allowed)
            await asyncio.sleep(_SECONDS_ON_ONE_CPU)
            _set_affinity(allowed)
            await asyncio.sleep(0)
    finally:
        _set_affinity(allowed)


def _set_affinity(cpus: set[int]) -> None:
    """Set the CPUs of every thread of this process; skip threads that have just ended."""
    for thread in _THREADS.iterdir():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(thread.name), cpus)


def _groups(cgroups: Path, membership: Path) -> Iterator[Path]:
    """Yield the folders of the control groups of this process and of their parents, version 2 and 1."""
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    memberships = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    for hierarchy, is_own in (("", lambda names: names == ""), ("cpu", lambda names: "cpu" in names.split(","))):
        own = next((group for _, names, group in memberships if is_own(names)), "/")
        parts = [part for part in own.split("/") if part not in ("", "..")]
        for depth in range(len(parts), -1, -1):
            yield cgroups.joinpath(hierarchy, *parts[:depth])


def _quota_of(group: Path) -> float | None:
    try:
        if (group / "cpu.max").exists():
            limit, period = (group / "cpu.max").read_text().split()
        else:
            limit, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        quota = int(limit) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such files, or "max": no quota
        return None
    return quota if quota > 0 else None
