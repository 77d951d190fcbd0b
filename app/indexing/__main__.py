"""`python -m app.indexing COMMAND`: names what to install if a library is missing; see commands.py."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status, 1 if a library that it needs is not installed."""
    try:
        from app.indexing.commands import run

        return run(arguments)
    except ModuleNotFoundError as error:
        remedy = "activate the project's environment (source venv/bin/activate) or pip install"
        print(f"error: {error.name} is not installed; {remedy} -r requirements-indexing.txt", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
