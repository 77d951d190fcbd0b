"""Entry point of `python -m app.indexing COMMAND`; the commands are in commands.py."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. If a library is missing, print how to install it and return 1."""
    try:
        from app.indexing.commands import run

        return run(arguments)
    except ModuleNotFoundError as error:
        remedy = "activate the project's environment (source venv/bin/activate) or pip install"
        print(f"error: {error.name} is not installed; {remedy} -r requirements-indexing.txt", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
