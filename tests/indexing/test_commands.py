import subprocess
import sys
from pathlib import Path

import pytest

from app.indexing.__main__ import main


def test_the_default_folder_is_the_folder_that_the_service_reads(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL_DIR", str(models_dir))
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.startswith(f"{models_dir}: ")


def test_a_missing_library_is_reported_in_one_line() -> None:
    code = "import sys; sys.modules['httpx'] = None; from app.indexing.__main__ import main; sys.exit(main(['verify']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: httpx is not installed; activate the project's environment")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["evaluate", "benchmark"])
def test_a_chart_that_cannot_be_drawn_is_reported_before_the_measurement(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--models-dir", str(tmp_path), "--chart", str(tmp_path / "none" / "chart.png")]) == 1
    assert "does not exist; make it first" in capsys.readouterr().err


def test_a_chart_needs_matplotlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["evaluate", "--models-dir", str(tmp_path), "--chart", str(tmp_path / "chart.png")]) == 1
    assert "pip install matplotlib" in capsys.readouterr().err
