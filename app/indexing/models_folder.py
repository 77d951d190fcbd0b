"""The folder models/ of a command: its option, a lock against other writers, and removal of outdated files."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.config import ModelFolderSettings
from app.indexing.errors import IndexingError
from app.services.local.files.model_files import SERVING_DIRECTORY, read_manifest

AddCommand = Callable[[str, str], argparse.ArgumentParser]
"""Makes the parser of a command from its name and a line of help."""


def add_models_dir(parser: argparse.ArgumentParser) -> None:
    """Add --models-dir; the default is the folder that the service would serve."""
    parser.add_argument(
        "--models-dir",
        type=Path,
        default=ModelFolderSettings().model_dir,
        metavar="DIR",
        help="default: the setting MODEL_DIR, or models",
    )


@contextmanager
def exclusive_lock(models_dir: Path) -> Iterator[None]:
    """Lock `models_dir` against other builds and fetches; raises IndexingError if one is running."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(models_dir / ".build.lock", timeout=0):
            yield
    except Timeout as error:
        raise IndexingError(f"Another build is writing to {models_dir}; wait until it ends.") from error


def remove_unlisted_files(models_dir: Path) -> None:
    """Remove the serving arrays of an earlier index that the manifest does not list."""
    manifest = read_manifest(models_dir)
    serving = models_dir / SERVING_DIRECTORY
    for path in serving.iterdir() if serving.is_dir() else ():
        if manifest and f"{SERVING_DIRECTORY}/{path.name}" not in manifest.files:
            path.unlink()
