"""Files of queries to measure with, in JSON Lines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from app.indexing.errors import IndexingError

Item = TypeVar("Item")


def read_queries(path: Path, parse: Callable[[Any], Item], form: str) -> list[Item]:
    """Read a file with one query per line; `parse` makes it from a JSON value, `form` describes a line in errors.

    Raises:
        IndexingError: The file cannot be read or has no queries, or `parse` refuses a line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexingError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    items = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                items.append(parse(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise IndexingError(f"{path}, line {number}: not {form} ({error!r})") from error
    if not items:
        raise IndexingError(f"{path} has no queries.")
    return items
