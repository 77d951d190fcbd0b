"""CPUs that a process may use, by affinity and by container quota."""

import os
from pathlib import Path

import pytest

from app.core.cpu import available_cpus


@pytest.fixture(autouse=True)
def four_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)


def test_without_a_quota_affinity_counts(tmp_path: Path) -> None:
    assert available_cpus(tmp_path) == 4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("max 100000", 4),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("10000 100000", 1),
        ("900000 100000", 4),
        ("", 4),
        ("100000 0", 4),
        ("nonsense", 4),
    ],
)
def test_quota_of_cgroup_v2(tmp_path: Path, line: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(line + "\n")
    assert available_cpus(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 4), ("50000", 1), ("250000", 3)])
def test_quota_of_cgroup_v1(tmp_path: Path, quota: str, expected: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota + "\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert available_cpus(tmp_path) == expected
