import os
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.measure.processes import Service, cpu_seconds, describe_machine, memory_megabytes, start_service


@pytest.mark.parametrize(
    ("flags", "told"), [("fpu avx2 avx512_vnni", "with VNNI"), ("fpu avx2 avx_vnni", "with VNNI"), ("avx2", "without")]
)
def test_the_machine_is_described(flags: str, told: str, tmp_path: Path) -> None:
    facts = tmp_path / "cpuinfo"
    facts.write_text(f"processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: {flags}\n\n")
    description = describe_machine(facts)
    assert "Some CPU @ 2 GHz" in description
    assert told in description


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_cpu_time_and_memory_of_a_process_are_read() -> None:
    assert cpu_seconds(os.getpid()) == pytest.approx(sum(os.times()[:2]), abs=0.05)
    assert 0 < memory_megabytes("self", "VmRSS") <= memory_megabytes("self", "VmHWM")


def test_a_service_that_cannot_start_is_named() -> None:
    broken = Service("broken service", "tests.no_such_module:app")
    with pytest.raises(IndexingError, match="broken service did not start"), start_service(broken):
        pass
