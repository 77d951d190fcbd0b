"""A dataclass of arrays as .npy files, one a field, that a start memory-maps instead of reading."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from app.services.errors import ModelFileError
from app.services.model_files import BUILD_COMMAND

Arrays = TypeVar("Arrays")


def save_arrays(arrays: Any, directory: Path, prefix: str) -> None:  # noqa: ANN401
    """Write each field of a dataclass of arrays to `{prefix}_{field}.npy` in an existing directory."""
    for field in fields(arrays):
        np.save(directory / f"{prefix}_{field.name}.npy", getattr(arrays, field.name), allow_pickle=False)


def open_arrays(kind: type[Arrays], directory: Path, prefix: str) -> Arrays:
    """Memory-map what `save_arrays` wrote, as the dataclass `kind`.

    Raises ModelFileError where a file is missing or is not an array.
    """
    arrays = {}
    for name in kind.__dataclass_fields__:  # type: ignore[attr-defined]
        path = directory / f"{prefix}_{name}.npy"
        try:
            arrays[name] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except (OSError, ValueError, EOFError) as error:
            raise ModelFileError(f"{path} cannot be read ({error}); run: {BUILD_COMMAND}") from error
    return kind(**arrays)
