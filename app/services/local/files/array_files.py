"""Storage of a dataclass of arrays as .npy files, one per field, which a start reads instead of computing them.

If a memory-mapped file is truncated, the next access kills the process. Most arrays are therefore read into memory, and
larger ones are read in pieces from the open file (`FileReader`).
"""

import contextlib
import mmap
import os
import threading
from collections.abc import Collection, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError

Arrays = TypeVar("Arrays")


def save_arrays(arrays: Any, directory: Path, prefix: str) -> None:  # noqa: ANN401
    """Write each field of a dataclass of arrays to `{prefix}_{field}.npy` in an existing directory.

    Raises OSError naming the file that could not be written. The files are also opened for reading, so that numpy
    writes through Python: its own writing reports no reason, and does not report that the last 4 KB are missing.
    """
    for field in fields(arrays):
        path = directory / f"{prefix}_{field.name}.npy"
        with writing(path), path.open("wb+") as file:
            np.save(file, getattr(arrays, field.name), allow_pickle=False)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Set the file that is being written in an OSError without a file, or with the source of a copy."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # a library's, made of a text alone
            raise OSError(None, str(error), str(path)) from error
        error.filename = error.filename2 or error.filename or str(path)
        raise


def open_arrays(kind: type[Arrays], directory: Path, prefix: str, *, mapped: Collection[str] = ()) -> Arrays:
    """Read what `save_arrays` wrote, as the dataclass `kind`; the fields named in `mapped` are memory-mapped instead.

    Raises ModelFileError if a file is missing or is not an array of the type that the field has.
    """
    opened: dict[str, NDArray[Any]] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        path = directory / f"{prefix}_{field.name}.npy"
        array = open_array(path)
        expected = _element_type(field.type)
        if array.dtype != expected or array.ndim == 0:
            raise ModelFileError(f"{path} is no array of {expected}; run: {BUILD_COMMAND}")
        opened[field.name] = array if field.name in mapped else np.array(array)
    return kind(**opened)


def _element_type(array_type: Any) -> np.dtype[Any]:  # noqa: ANN401
    """Return the type of the elements of an NDArray[...]."""
    of_dtype = get_args(array_type)[1]
    element_type: np.dtype[Any] = np.dtype(get_args(of_dtype)[0])
    return element_type


def require_one_build(fit: bool, directory: Path, prefix: str) -> None:
    """Raise ModelFileError if the arrays of these files do not fit together."""
    if not fit:
        raise ModelFileError(f"{directory}/{prefix}_*.npy do not fit together; run: {BUILD_COMMAND}")


def are_offsets(offsets: NDArray[Any], parts: int, total: int) -> bool:
    """Return whether `offsets` [parts + 1] cut `total` entries into this number of parts."""
    is_whole = offsets.shape == (parts + 1,) and offsets[0] == 0 and offsets[-1] == total
    return bool(is_whole and (np.diff(offsets) >= 0).all())


def are_positions(positions: NDArray[Any], films: int) -> bool:
    """Return whether all `positions`, an array of any shape, are positions of this number of films."""
    return positions.ndim == 1 and (not len(positions) or bool(positions.min() >= 0 and positions.max() < films))


def open_array(path: Path) -> NDArray[Any]:
    """Memory-map one .npy file; raises ModelFileError if it is missing or is not an array."""
    try:
        return np.asarray(np.lib.format.open_memmap(path, mode="r"))
    except (OSError, ValueError, EOFError) as error:
        raise ModelFileError(f"{path} cannot be read ({error}); run: {BUILD_COMMAND}") from error


def forget_pages(array: NDArray[Any]) -> None:
    """Release a mapped file's pages from memory; they are read again when needed."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    if base is not None and hasattr(mmap, "MADV_DONTNEED"):
        with contextlib.suppress(OSError, ValueError):
            base.madvise(mmap.MADV_DONTNEED)


class FileReader:
    """Reads pieces of one open file, from any thread, even after another file has replaced it."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Open the file; positions are relative to `offset`. Raises ModelFileError."""
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise ModelFileError(f"{path} cannot be read ({error.strerror}); run: {BUILD_COMMAND}") from error
        self._path = path
        self._offset = offset
        self._lock = threading.Lock()

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`; raises ModelFileError if the file has been cut or cannot be read."""
        try:
            content = self._read(self._offset + start, size)
        except OSError as error:
            raise ModelFileError(f"{self._path} cannot be read ({error.strerror}); run: {BUILD_COMMAND}") from error
        if len(content) != size:
            raise ModelFileError(f"{self._path} was cut while in use; run: {BUILD_COMMAND}")
        return content

    def close(self) -> None:
        """Close the file; idempotent."""
        self._file.close()

    def _read(self, start: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, start)
        with self._lock:  # Windows
            self._file.seek(start)
            return self._file.read(size)
