"""Measurement under the limits of a free hosting plan: 512 MB and a tenth of a CPU, by cgroups (root, Linux).

    python -m tests.scripts.free_tier [--models-dir models] [--cpu 0.1] [--megabytes 512]

Prints start-up time, latency with 1 and 4 clients, the outcome of 64 clients, /health meanwhile, memory, and how
SIGTERM ends the process.
"""

import argparse
import contextlib
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from app.indexing.measure.load_generator import measure_load, post_request, probed_health
from app.indexing.measure.processes import ENVIRONMENT_OF_RUN_LOCAL, cpu_seconds, free_port, memory_megabytes

CGROUPS = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000
WORDS_60_TOKENS = (
    "A retired lighthouse keeper on a small northern island takes in a girl who came ashore after a storm and says "
    "nothing of where she is from, until a ship arrives whose captain offers money for her return and the keeper has "
    "to choose number {} between"
)


@contextlib.contextmanager
def limited_group(cpu: float, megabytes: int) -> Iterator[list[Path]]:
    """Create control groups with these limits; yield the files to write a process id to."""
    name = f"free-tier-{os.getpid()}"
    is_version_2 = (CGROUPS / "cgroup.controllers").exists()
    quota = int(cpu * PERIOD_MICROSECONDS)
    groups = [CGROUPS / name] if is_version_2 else [CGROUPS / "cpu" / name, CGROUPS / "memory" / name]
    for group in groups:
        group.mkdir()
    if is_version_2:
        (groups[0] / "cpu.max").write_text(f"{quota} {PERIOD_MICROSECONDS}")
        (groups[0] / "memory.max").write_text(str(megabytes * 2**20))
    else:
        (groups[0] / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
        (groups[0] / "cpu.cfs_quota_us").write_text(str(quota))
        (groups[1] / "memory.limit_in_bytes").write_text(str(megabytes * 2**20))
    try:
        yield [group / "cgroup.procs" for group in groups]
    finally:
        for group in groups:
            with contextlib.suppress(OSError):
                group.rmdir()


def start(models_dir: Path, port: int, joins: list[Path]) -> "subprocess.Popen[bytes]":
    """Start the service in the groups, with the start command of render.yaml."""
    join = " && ".join(f'echo $$ > "{path}"' for path in joins)
    serve = (
        f'exec "{sys.executable}" -m uvicorn app.main:app --host 0.0.0.0 --port {port} --http httptools --loop uvloop'
    )
    environment = {
        **os.environ,
        "MODEL_DIR": str(models_dir.resolve()),
        "LOG_LEVEL": "WARNING",
        **ENVIRONMENT_OF_RUN_LOCAL,
    }
    return subprocess.Popen(["sh", "-c", f"{join} && {serve}"], env=environment)


def wait_until_healthy(port: int) -> None:
    """Return when /health answers 200."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        time.sleep(0.05)


def recommend_requests() -> Iterator[bytes]:
    """Yield requests of about 60 tokens, each once."""
    for number in itertools.count():
        body = json.dumps({"synopsis": WORDS_60_TOKENS.format(number)}).encode()
        yield post_request("/api/v1/recommend", body)


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--cpu", type=float, default=0.1)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=20)
    args = parser.parse_args()
    requests = recommend_requests()
    port = free_port()
    with limited_group(args.cpu, args.megabytes) as joins:
        started = time.perf_counter()
        process = start(args.models_dir, port, joins)
        wait_until_healthy(port)
        wall = time.perf_counter() - started
        print(f"start: {wall:.1f} s, {cpu_seconds(process.pid):.2f} CPU-seconds")
        for clients in (1, 4):
            load = measure_load(port, requests, clients=clients, seconds=args.seconds)
            print(f"{clients} clients: median {load.median:.0f} ms, p99 {load.p99:.0f} ms, {load.failures} failures")
        with probed_health(port) as times:
            load = measure_load(port, requests, clients=64, seconds=args.seconds)
        print(
            f"64 clients: {load.requests - load.failures} answered, {load.failures} refused with 503; "
            f"/health median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms"
        )
        print(f"memory: peak {memory_megabytes(process.pid, 'VmHWM'):.0f} MB")
        stopping = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
        print(f"SIGTERM: exit status {status} after {time.perf_counter() - stopping:.1f} s")


if __name__ == "__main__":
    main()
