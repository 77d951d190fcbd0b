"""Reader of movies_map.pkl, the film map that projects of this kind exchange; it runs no code from the file."""

import os
import pickle
from pathlib import Path
from typing import Any, BinaryIO

from app.core.memory import bounded_memory
from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError

# A pickle of 30,000 films takes five times its size in memory. A hostile one can ask for gigabytes in a few bytes.
_MIN_READING_BYTES = 128 << 20
_BYTES_PER_FILE_BYTE = 16


class _BuiltinUnpickler(pickle.Unpickler):
    """Reads containers, text, numbers, bool and None; refuses anything that names a class or function."""

    def find_class(self, module_name: str, global_name: str) -> Any:  # noqa: ANN401
        raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}, which a film map has no use for")

    def persistent_load(self, pid: Any) -> Any:  # noqa: ANN401
        raise pickle.UnpicklingError("it refers to an object outside the file")


def read_movie_records(path: Path) -> dict[int, dict[str, Any]]:
    """Read the records of a movies_map.pkl: position -> record, running no code that the file may hold.

    Raises ModelFileError if the file is missing, damaged, or anything but a map of positions 0 to N - 1 to films.
    """
    remedy = f"run: {BUILD_COMMAND}"
    try:
        with path.open("rb") as file, bounded_memory(_reading_bytes(file)):
            content = _BuiltinUnpickler(file).load()
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing; {remedy}") from error
    except Exception as error:  # a damaged pickle raises nearly anything: IndexError, KeyError, UnicodeDecodeError, ...
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelFileError(f"{path} is not a film map ({reason}); {remedy}") from error
    if not isinstance(content, dict) or not content:
        raise ModelFileError(f"{path} is not a film map (no films in it); {remedy}")
    for position in range(len(content)):
        if not isinstance(content.get(position), dict):
            raise ModelFileError(f"{path} is not a film map (no film at position {position}); {remedy}")
    return content


def _reading_bytes(file: BinaryIO) -> int:
    return _MIN_READING_BYTES + _BYTES_PER_FILE_BYTE * os.fstat(file.fileno()).st_size
