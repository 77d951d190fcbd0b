"""The network calls of a process, recorded by strace, from which no library can hide a connection."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed (Debian: apt-get install strace)"
)

_SENDING = re.compile(r"^(?:\d+ +)?(?:connect|sendto|sendmsg|sendmmsg)\(.*")
_ADDRESS = re.compile(r'inet_(?:addr\("([^"]+)"\)|pton\(AF_INET6, "([^"]+)")')
_LOOPBACK = re.compile(r"^(127\.|::1$|::ffff:127\.)")


def strace(trace: Path) -> list[str]:
    """Return the command that runs another one and writes the network calls of all its processes to `trace`.

    The traced process is the caller's child, strace a grandchild: signals reach the former.
    """
    return ["strace", "-D", "-f", "--seccomp-bpf", "-q", "-e", "trace=%network", "-o", str(trace)]


def addresses_contacted(trace: Path) -> list[str]:
    """Return the internet addresses outside this machine that the traced processes connected or sent to."""
    return [address for address in _addresses(trace) if not _LOOPBACK.match(address)]


def _addresses(trace: Path) -> Iterator[str]:
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if _SENDING.match(line):
            yield from (ipv4 or ipv6 for ipv4, ipv6 in _ADDRESS.findall(line))


def files_below(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*"))


def run_traced(command: Sequence[str], trace: Path, environment: Mapping[str, str], cwd: Path) -> None:
    """Run a command; fail with its output if its exit status is not 0."""
    process = subprocess.Popen(
        [*strace(trace), *command],
        env=dict(environment),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output, _ = process.communicate()
    assert process.returncode == 0, output
    wait_for_trace(trace, process.pid)


def wait_for_trace(trace: Path, pid: int) -> None:
    """Wait until strace has written the last line of a process that has ended."""
    while f"{pid} +++ exited with" not in re.sub(" +", " ", trace.read_text(encoding="utf-8", errors="replace")):
        time.sleep(0.01)
