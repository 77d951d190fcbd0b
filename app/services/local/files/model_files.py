"""The files in models/: their names, their check against the manifest, and the switch from one set to the next.

A new set is written to a staging folder next to the files that it will replace. One rename of that folder to
`.incoming` makes the new set valid: from then on a file in `.incoming` replaces the file of the same name in models/,
until it has been moved there. Readers resolve each name with `locate`, so that a switch that was interrupted between
two renames is read as the new set; writers complete it with `finish_switch`.
"""

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import xxhash

from app.core.cpu import available_cpus
from app.services.commands import ACCEPT_COMMAND, BUILD_COMMAND, MODEL_COMMAND
from app.services.errors import ModelFileError
from app.services.local.files.manifest import FORMAT, FileFacts, Manifest, OtherFormatError

MODEL_DIRECTORY = "model_quantized"
MODEL_FILES = tuple(f"{MODEL_DIRECTORY}/{name}" for name in ("model_quantized.onnx", "tokenizer.json", "config.json"))
NEEDED_MODEL_FILES = MODEL_FILES[:2]
"""Without config.json, the model is taken for all-MiniLM-L6-v2."""

INDEX_FILE = "movies.ann"
MAP_FILE = "movies_map.pkl"
MANIFEST_FILE = "manifest.json"
SERVING_DIRECTORY = "serving"
STAGING_DIRECTORY = ".staging"
INCOMING_DIRECTORY = ".incoming"

_CHUNK_BYTES = 1 << 18


def is_model_file(name: str) -> bool:
    """Return whether a file of models/ belongs to the model, which may have external weights."""
    return name.startswith(f"{MODEL_DIRECTORY}/")


def locate(models_dir: Path, name: str) -> Path:
    """Return the path of a file of the current set: in an unfinished switch, otherwise in models_dir itself."""
    incoming = models_dir / INCOMING_DIRECTORY / name
    return incoming if incoming.exists() else models_dir / name


def read_manifest(models_dir: Path, formats: Collection[int] = (FORMAT,)) -> Manifest | None:
    """Read manifest.json; None if there is none (as in the original project's releases).

    Raises ModelFileError if it exists and cannot be read, or has another format.
    """
    path = locate(models_dir, MANIFEST_FILE)
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"), formats)
    except FileNotFoundError:
        if path.is_symlink():
            raise ModelFileError(f"{path} is a broken symlink; remove it or run: {BUILD_COMMAND}") from None
        return None
    except OtherFormatError as error:
        raise ModelFileError(f"{path}: {error}; run: {BUILD_COMMAND}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} cannot be read ({error}); run: {BUILD_COMMAND}") from error


def manifest_identity(models_dir: Path) -> tuple[int, int, int] | None:
    """Return a value that identifies the current manifest.json; None if there is none."""
    try:
        facts = locate(models_dir, MANIFEST_FILE).stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def file_facts(path: Path) -> FileFacts:
    """Return the digests and the size of a file; raises OSError if it cannot be read."""
    sha256, checksum = hashlib.sha256(), xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha256.update(chunk)
            checksum.update(chunk)
        return FileFacts(sha256.hexdigest(), os.fstat(file.fileno()).st_size, checksum.hexdigest())


def check_files(models_dir: Path, manifest: Manifest, *, by_checksum: bool = False) -> None:
    """Check size and SHA-256 of all files that the manifest lists.

    If `by_checksum`, XXH3 is compared instead of SHA-256, which is quicker, unless the manifest does not have it. Sizes
    are compared first, without reading; then the files are read on all cores. Raises ModelFileError naming a file that
    is missing, unreadable or different.
    """
    for name in sorted(manifest.files):
        _check_size(models_dir, manifest, name)
    largest_first = sorted(manifest.files, key=lambda name: (-manifest.files[name].size, name))
    check = partial(_check_content, models_dir, manifest, by_checksum=by_checksum)
    with ThreadPoolExecutor(available_cpus()) as threads:  # hashing releases the GIL
        for checked in [threads.submit(check, name) for name in largest_first]:
            checked.result()


def _check_size(models_dir: Path, manifest: Manifest, name: str) -> None:
    expected = manifest.files[name]
    path = locate(models_dir, name)
    with _named_errors(path, name):
        size = path.stat().st_size
    if size != expected.size:
        raise ModelFileError(f"{path} has {size} bytes, {expected.size} in the manifest: not as built; {_remedy(name)}")


def _check_content(models_dir: Path, manifest: Manifest, name: str, *, by_checksum: bool) -> None:
    path, expected = locate(models_dir, name), manifest.files[name]
    with _named_errors(path, name), path.open("rb") as file:
        by_xxh3 = by_checksum and expected.xxh3
        found = hashlib.file_digest(file, xxhash.xxh3_128 if by_xxh3 else hashlib.sha256).hexdigest()
    if found != (expected.xxh3 if by_xxh3 else expected.sha256):
        raise ModelFileError(
            f"{path} is not the file in the manifest (its content differs): {_remedy(name)}, "
            f"or, if you put it there yourself: {ACCEPT_COMMAND}"
        )


@contextlib.contextmanager
def _named_errors(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing; {_remedy(name)}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror}); {_remedy(name)}") from error


def _remedy(name: str) -> str:
    return f"run: {MODEL_COMMAND}, then: {BUILD_COMMAND}" if is_model_file(name) else f"run: {BUILD_COMMAND}"


def commit_staging(models_dir: Path, staging: Path) -> None:
    """Switch to the set of files in the staging folder, which is in models_dir, in one step or not at all.

    Files that are not in the new set are not changed.
    """
    finish_switch(models_dir)
    for path in sorted(staging.rglob("*")):
        if path.is_file():
            _flush_to_disk(path)
    staging.rename(models_dir / INCOMING_DIRECTORY)
    _flush_to_disk(models_dir)
    finish_switch(models_dir)


def finish_switch(models_dir: Path) -> None:
    """Move the files of an unfinished switch from `.incoming` to their places; does nothing if there is none.

    Other processes may finish the same switch, or begin the next one, at any moment.
    """
    incoming = models_dir / INCOMING_DIRECTORY
    if not incoming.is_dir():
        return
    for folder, _, names in os.walk(incoming):  # ignores folders that another process has removed
        target = models_dir / Path(folder).relative_to(incoming)
        target.mkdir(parents=True, exist_ok=True)
        for name in sorted(names):
            with contextlib.suppress(FileNotFoundError):  # another process has moved it
                Path(folder, name).replace(target / name)
    _flush_to_disk(models_dir)
    for folder, _, _ in os.walk(incoming, topdown=False):
        with contextlib.suppress(OSError):  # it holds files of the next switch
            Path(folder).rmdir()


def _flush_to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows flushes no directories
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
