"""CPUs that a process may use, by affinity and by container quota."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from app.core.cpu import available_cpus, cpu_quota, has_fast_int8, stay_on_one_cpu


@pytest.fixture(autouse=True)
def four_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)


@pytest.fixture
def membership(tmp_path: Path) -> Path:
    """/proc/self/cgroup inside a container: the root of its own hierarchy."""
    path = tmp_path / "membership"
    path.write_text("4:cpu,cpuacct:/\n0::/\n")
    return path


def test_affinity_limits_cpus_without_a_quota(tmp_path: Path, membership: Path) -> None:
    assert available_cpus(tmp_path, membership) == 4


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
def test_quota_of_cgroup_v2(tmp_path: Path, membership: Path, line: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(line + "\n")
    assert available_cpus(tmp_path, membership) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 4), ("50000", 1), ("250000", 3)])
def test_quota_of_cgroup_v1(tmp_path: Path, membership: Path, quota: str, expected: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota + "\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert available_cpus(tmp_path, membership) == expected


@pytest.mark.parametrize(
    ("line", "folder", "file", "content"),
    [
        ("0::/service/one", "service/one", "cpu.max", "10000 100000"),
        ("3:cpuacct,cpu:/one", "cpu/one", "cpu.cfs_quota_us", "10000"),
        ("0::/service/one", "service", "cpu.max", "10000 100000"),
        ("0::/../../outside", "", "cpu.max", "10000 100000"),
    ],
    ids=["version 2", "version 1", "a group above", "outside of the container"],
)
def test_the_quota_of_the_process_group_is_used(
    tmp_path: Path, line: str, folder: str, file: str, content: str
) -> None:
    group = tmp_path / folder
    group.mkdir(parents=True, exist_ok=True)
    (group / file).write_text(content)
    (group / "cpu.cfs_period_us").write_text("100000")
    (tmp_path / "membership").write_text(f"7:memory:/elsewhere\n{line}\n")
    assert cpu_quota(tmp_path, tmp_path / "membership") == pytest.approx(0.1)


def test_without_cgroup_files_there_is_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path, tmp_path / "missing") is None


@pytest.mark.skipif(sys.platform != "linux", reason="affinity is Linux's")
class TestStayOnOneCpu:
    @pytest.fixture(autouse=True)
    def four_cpus(self) -> None:
        """Real affinity here."""

    def test_all_threads_share_one_cpu_until_cancelled(self) -> None:
        allowed = os.sched_getaffinity(0)

        async def look() -> int:
            task = asyncio.create_task(stay_on_one_cpu())
            async with asyncio.timeout(10):
                while len(os.sched_getaffinity(0)) == len(allowed) > 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            cpus = len(os.sched_getaffinity(0))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return cpus

        assert asyncio.run(look()) == 1
        assert os.sched_getaffinity(0) == allowed


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx2 avx512_vnni", True), ("avx2 avx_vnni", True), ("asimd asimddp", True), ("avx2", False)],
)
def test_fast_8_bit_products_are_read_from_the_flags(flags: str, expected: bool, tmp_path: Path) -> None:
    facts = tmp_path / "cpuinfo"
    facts.write_text(f"processor\t: 0\nflags\t\t: {flags}\n\n")
    assert has_fast_int8(facts) is expected


def test_a_cpu_without_a_description_counts_as_fast(tmp_path: Path) -> None:
    assert has_fast_int8(tmp_path / "missing")
