"""A run of Schemathesis against a real server, with all checks: valid and invalid requests of the OpenAPI document.

    python -m tests.scripts.check_openapi [--models-dir models] [--examples 30]

Exit status 1 if a response does not match the document.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.running_server import ROOT, running_server


def main() -> int:
    """Serve, run Schemathesis, and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--examples", type=int, default=30, help="random requests per operation (default 30)")
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "schemathesis.cli", "run", "--checks", "all"]
    command += ["--max-examples", str(arguments.examples), "--phases", "examples,coverage,fuzzing"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.scripts.schemathesis_hooks"}
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_server(arguments.models_dir.resolve(), Path(scratch) / "log") as server,
    ):
        status = subprocess.run([*command, f"{server.url}/openapi.json"], cwd=ROOT, env=environment).returncode
        return status or int("Traceback" in server.log)


if __name__ == "__main__":
    sys.exit(main())
