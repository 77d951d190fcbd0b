"""How many CPUs this process may use."""

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def available_cpus(cgroups: Path = CGROUPS) -> int:
    """Return the number of CPUs that this process may keep busy: its affinity, or less where its container has a quota.

    A quota of a fraction is rounded up, and is at least 1.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroups)
    return affinity if quota is None else max(1, min(affinity, math.ceil(quota)))


def _quota(cgroups: Path) -> float | None:
    """Return the CPUs of the container's quota (cgroup v2, else v1), or None where there is none.

    https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
    """
    version_1 = cgroups / "cpu"
    try:
        if (cgroups / "cpu.max").exists():
            limit, period = (cgroups / "cpu.max").read_text().split()
        else:
            limit, period = ((version_1 / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        quota = int(limit) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such files, or "max": no quota
        return None
    return quota if quota > 0 else None
