"""Arrays in files: a dataclass of arrays as .npy files, one a field, that a start memory-maps instead of reading.

What is read here and there, a little at a time, is not mapped but read from the open file (`FileReader`).
"""

import contextlib
import mmap
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.services.errors import ModelFileError
from app.services.model_files import BUILD_COMMAND

Arrays = TypeVar("Arrays")


def save_arrays(arrays: Any, directory: Path, prefix: str) -> None:  # noqa: ANN401
    """Write each field of a dataclass of arrays to `{prefix}_{field}.npy` in an existing directory.

    Raises OSError naming the file that could not be written. A file opened for reading too is one that numpy writes
    through Python: its own writing tells neither the reason nor, of the last 4 KB, that they are missing.
    """
    for field in fields(arrays):
        path = directory / f"{prefix}_{field.name}.npy"
        with writing(path), path.open("wb+") as file:
            np.save(file, getattr(arrays, field.name), allow_pickle=False)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the file that is being written in an OSError that names none, or the one that was copied."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # a library's, made of a text alone
            raise OSError(None, str(error), str(path)) from error
        error.filename = error.filename2 or error.filename or str(path)
        raise


def open_arrays(kind: type[Arrays], directory: Path, prefix: str) -> Arrays:
    """Memory-map what `save_arrays` wrote, as the dataclass `kind`.

    Raises ModelFileError where a file is missing or is not an array.
    """
    names: Iterable[str] = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: open_array(directory / f"{prefix}_{name}.npy") for name in names})


def open_array(path: Path) -> NDArray[Any]:
    """Memory-map one .npy file; raises ModelFileError where it is missing or is not an array."""
    try:
        return np.asarray(np.lib.format.open_memmap(path, mode="r"))
    except (OSError, ValueError, EOFError) as error:
        raise ModelFileError(f"{path} cannot be read ({error}); run: {BUILD_COMMAND}") from error


def forget_pages(array: NDArray[Any]) -> None:
    """Let go of a mapped file's pages that are in memory; they are read again if they are needed again."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    if base is not None and hasattr(mmap, "MADV_DONTNEED"):
        with contextlib.suppress(OSError, ValueError):
            base.madvise(mmap.MADV_DONTNEED)


class FileReader:
    """Reads pieces of one open file, from any thread; the file that was opened, even where another takes its name."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Open the file; places count from `offset`. Raises ModelFileError."""
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise ModelFileError(f"{path} cannot be read ({error.strerror}); run: {BUILD_COMMAND}") from error
        self._path = path
        self._offset = offset
        self._lock = threading.Lock()

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`; raises ModelFileError where the file has been cut or cannot be read."""
        try:
            content = self._read(self._offset + start, size)
        except OSError as error:
            raise ModelFileError(f"{self._path} cannot be read ({error.strerror}); run: {BUILD_COMMAND}") from error
        if len(content) != size:
            raise ModelFileError(f"{self._path} was cut while in use; run: {BUILD_COMMAND}")
        return content

    def close(self) -> None:
        """Close the file; harmless when called twice."""
        self._file.close()

    def _read(self, start: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, start)
        with self._lock:  # Windows
            self._file.seek(start)
            return self._file.read(size)
