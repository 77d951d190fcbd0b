"""Writing to models/: one process at a time, and nothing left over from the set before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.indexing.errors import IndexingError
from app.services.model_files import SERVING_DIRECTORY, read_manifest


@contextmanager
def only_writer(models_dir: Path) -> Iterator[None]:
    """Hold models_dir against other builds and fetches; raises IndexingError where one is at work."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(models_dir / ".build.lock", timeout=0):
            yield
    except Timeout as error:
        raise IndexingError(f"Another build is at work on {models_dir}; wait until it ends.") from error


def remove_what_is_not_listed(models_dir: Path) -> None:
    """Remove serving arrays of an earlier index that this one does not have."""
    manifest = read_manifest(models_dir)
    serving = models_dir / SERVING_DIRECTORY
    for path in serving.iterdir() if serving.is_dir() else ():
        if manifest and f"{SERVING_DIRECTORY}/{path.name}" not in manifest.files:
            path.unlink()
