"""A trial of a container image from inside: its CMD, its HEALTHCHECK, one request, then SIGTERM.

Run by container.sh with the image's configuration as JSON. Standard library only: it runs in the image too. With
`--root DIRECTORY` it first enters the image's root file system as the image's user.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

SYNOPSIS = {"synopsis": "Two strangers meet on a train and talk through the night.", "top_k": 1}


def enter(root: str, configuration: dict[str, Any]) -> NoReturn:
    """Start over in the image's root: its Python, user, working directory and environment."""
    program = Path(__file__).read_text(encoding="utf-8")
    user, _, group = configuration["User"].partition(":")
    os.chroot(root)
    os.chdir(configuration["WorkingDir"])
    os.setgroups([])
    os.setgid(int(group))
    os.setuid(int(user))
    environment = dict(entry.split("=", 1) for entry in configuration["Env"])
    os.execvpe("python3", ["python3", "-c", program, json.dumps(configuration)], environment)  # noqa: S606


def first_film() -> str:
    """Return the title of the first film of an answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{os.environ['PORT']}/api/v1/recommend",
        json.dumps(SYNOPSIS).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        title: str = json.load(answer)["recommendations"][0]["title"]
    return title


def is_writable(path: str) -> bool:
    """Return whether a file can be made in a folder of the image."""
    probe = Path(path) / ".probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def main() -> int:
    """Try the image; the exit status is the server's, 1 if it ended early."""
    configuration = json.loads(sys.argv[-1])
    if "--root" in sys.argv:
        enter(sys.argv[sys.argv.index("--root") + 1], configuration)
    health_check = configuration["Healthcheck"]["Test"][1:]
    started = time.monotonic()
    server = subprocess.Popen(configuration["Cmd"])
    while subprocess.run(health_check, stderr=subprocess.DEVNULL).returncode != 0:
        if server.poll() is not None:
            return 1
    print(f"healthy after {time.monotonic() - started:.1f} s", flush=True)
    print("first film:", first_film())
    print("user:", os.getuid(), "- /tmp writable:", is_writable("/tmp"), "- models writable:", is_writable("models"))  # noqa: S108
    server.send_signal(signal.SIGTERM)
    print("exit status after SIGTERM:", server.wait())
    return server.returncode


if __name__ == "__main__":
    sys.exit(main())
