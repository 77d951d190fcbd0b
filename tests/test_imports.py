"""Serving loads only what it needs: every module costs memory and start-up time."""

import subprocess
import sys

import pytest

OFFLINE = ("app.indexing", "onnx", "safetensors", "matplotlib", "tqdm", "httpx", "pytest")
OPTIONAL = ("annoy", "limits", "rapidfuzz")


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that `import app.main` loads, in a fresh interpreter."""
    program = "import sys, app.main; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    )


@pytest.mark.parametrize("module", OFFLINE)
def test_serving_does_not_load_offline_tools(imported: set[str], module: str) -> None:
    assert module not in imported


@pytest.mark.parametrize("module", OPTIONAL)
def test_what_a_setting_turns_on_is_not_loaded_without_it(imported: set[str], module: str) -> None:
    assert module not in imported
