"""Nothing phones home: serving, and every command that does not download, contacts no other machine.

The processes are watched by strace, in an environment without CI (libraries keep still there), and with an empty HOME,
which must stay empty: a lasting device id would be written there.
"""

import os
import sys
from pathlib import Path

import httpx
import pytest

from tests.running_server import ROOT, running_server
from tests.system_calls import addresses_contacted, files_below, needs_strace, run_traced, strace, wait_for_trace

pytestmark = needs_strace

BODY = {"synopsis": "A lighthouse keeper finds a message in a bottle that was written by himself."}
CATALOGUE = str(ROOT / "models" / "starter_catalogue.jsonl")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The environment of an ordinary user at a terminal: without CI and ORT_DISABLE_TELEMETRY."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    return kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def test_strace_records_a_connection(tmp_path: Path, environment: dict[str, str]) -> None:
    program = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 53))"
    run_traced([sys.executable, "-c", program], tmp_path / "trace", environment, ROOT)
    assert addresses_contacted(tmp_path / "trace") == ["192.0.2.1"]


def test_serving_contacts_no_other_machine(
    models_dir: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    trace = tmp_path / "trace"
    with running_server(
        models_dir, tmp_path / "log", tracer=strace(trace), HOME=str(home), RATE_LIMIT="1000/minute"
    ) as server:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            for answer in (
                client.post("/api/v1/recommend", json=BODY),
                client.get("/api/v1/movies", params={"query": "alein"}),
                *(client.get(path) for path in ("/docs", "/redoc", "/openapi.json", "/metrics", "/api/v1/info")),
            ):
                assert answer.status_code == httpx.codes.OK
        assert server.stop() == 0
    wait_for_trace(trace, server.process.pid)
    assert addresses_contacted(trace) == []
    assert files_below(home) == []


COMMANDS = {
    "--help": ["--help"],
    "inspect": ["inspect", CATALOGUE],
    "build": ["build", "--catalogue", CATALOGUE, "--limit", "20"],
    "evaluate": ["evaluate"],
    "verify": ["verify"],
    "bundle": ["bundle", "--output", "bundle.tar.gz"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_contacts_no_other_machine(
    name: str, own_models_dir: Path, tmp_path: Path, home: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "app.indexing", *COMMANDS[name]]
    settings = {"MODEL_DIR": str(own_models_dir), "PYTHONPATH": str(ROOT)}
    run_traced(command, tmp_path / "trace", environment | settings, tmp_path)
    assert addresses_contacted(tmp_path / "trace") == []
    assert files_below(home) == []


def test_making_the_model_from_local_weights_contacts_no_other_machine(
    official_weights: Path, tmp_path: Path, home: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "app.indexing", "model"]
    command += ["--weights", str(official_weights), "--models-dir", "models"]
    run_traced(command, tmp_path / "trace", environment | {"PYTHONPATH": str(ROOT)}, tmp_path)
    assert addresses_contacted(tmp_path / "trace") == []
    assert files_below(home) == []
