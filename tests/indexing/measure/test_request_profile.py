"""The profile of a real server, in its own process because the wrapped functions are never restored."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.indexing.measure.request_profile import PARTS
from tests.running_server import ROOT


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_every_part_of_a_request_is_measured(models_dir: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("# Profile\n\n<!-- profile -->\n<!-- /profile -->\n")
    command = [sys.executable, "-m", "app.indexing", "profile", "--models-dir", str(models_dir), "--seconds", "1"]
    subprocess.run([*command, "--markdown", str(report)], cwd=ROOT, check=True, timeout=300)
    rows = [line.split("|") for line in report.read_text().splitlines() if line.startswith("|")]
    milliseconds = {row[1].strip(): float(row[2].strip(" *")) for row in rows[2:]}
    always_used = set(PARTS) - {"ONNX Runtime's own threads"}  # a machine with one CPU needs none
    assert always_used <= {part for part, used in milliseconds.items() if used > 0}
    assert milliseconds["**in all**"] > milliseconds["**around the encoder**"] > 0
