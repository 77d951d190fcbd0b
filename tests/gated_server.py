"""A server whose encodings wait at a gate, so that tests order its work by events and not by time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from tests.running_server import RunningServer, running_server, wait_until

SYNOPSIS = "A lighthouse keeper waits at the gate for a message that he has written himself."
"""A request with this synopsis waits until the gate is open."""

_LAUNCHER = """
import pathlib, time, uvicorn
from app.core import http_server
from app.services.encoder.text_encoder import TextEncoder

gate, encode_query = pathlib.Path({gate!r}), TextEncoder.encode_query

def encode_at_the_gate(encoder, text, **options):
    if "waits at the gate" in text:
        (gate / "reached").touch()
        while not (gate / "open").exists():
            time.sleep(0.005)
    return encode_query(encoder, text, **options)

TextEncoder.encode_query = encode_at_the_gate
for name, value in {limits!r}.items():
    setattr(http_server, name, value)
uvicorn.main()
"""


@dataclass(frozen=True)
class GatedServer(RunningServer):
    """A running server, and the folder through which its gate is opened."""

    gate: Path

    def open_gate(self) -> None:
        """Let all current and later requests pass the gate."""
        (self.gate / "open").touch()

    def wait_until_reached(self) -> None:
        """Wait until a request is being processed; it waits at the gate."""
        wait_until((self.gate / "reached").exists, "no request reached the gate")

    def wait_until_queued(self, count: int) -> None:
        """Wait until a number of requests are queued behind those being processed."""
        line = f"recommender_queue_length {count}.0"
        wait_until(lambda: line in httpx.get(f"{self.url}/metrics").text, f"never {count} requests in the queue")


@contextmanager
def gated_server(
    models_dir: Path, directory: Path, *, limits: Mapping[str, float] = MappingProxyType({}), **settings: str
) -> Iterator[GatedServer]:
    """Serve models_dir until the block ends; ``limits`` override those of app.core.http_server."""
    gate = directory / "gate"
    gate.mkdir()
    launcher = ("-c", _LAUNCHER.format(gate=str(gate), limits=dict(limits)))
    with running_server(models_dir, directory / "log", launcher=launcher, **settings) as server:
        try:
            yield GatedServer(server.url, server.process, server.log_path, gate)
        finally:
            (gate / "open").touch()
