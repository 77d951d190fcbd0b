"""The report of skipped rows that the option `--report` writes."""

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.indexing.errors import IndexingError

_JSON_LINES_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})

Report = Callable[[int, str, str], None]


@contextmanager
def report_writer(report: Path | None, catalogue: Path) -> Iterator[Report]:
    """Yield a function that adds a skipped row to the report; the report is written as a whole when the block ends."""
    if report is None:
        yield lambda number, reason, excerpt: None
        return
    if report.exists() and (report.is_dir() or report.samefile(catalogue)):
        raise IndexingError(f"--report {report} would overwrite the catalogue or a folder: name another file")
    partial = report.with_name(f"{report.name}.{os.getpid()}.partial")
    try:
        with partial.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            if report.suffix.lower() in _JSON_LINES_SUFFIXES:

                def write(number: int, reason: str, excerpt: str) -> None:
                    row = {"row": number, "reason": reason, "excerpt": excerpt}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")

                yield write
            else:
                table = csv.writer(file)
                table.writerow(["row", "reason", "excerpt"])
                yield lambda number, reason, excerpt: table.writerow([number, reason, excerpt])
        partial.replace(report)
    except OSError as error:
        raise IndexingError(f"Cannot write the report {report}: {error.strerror or error}") from None
    finally:
        partial.unlink(missing_ok=True)
