"""A build on a full disk: it reports one line, keeps the old set, and can be repeated when there is room."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.indexing.index.embeddings import PARTIAL_FILE
from app.services.local.files.array_files import save_arrays
from app.services.local.load import load_service
from app.services.queries import Query
from tests.conftest import STARTER_CATALOGUE
from tests.running_server import ROOT

FILMS = 30
MORE_FILMS = 60
PAGE = 4096
MORE_ROOM = 512 * 1024
MOST_BUILDS = 20


class SmallDisk:
    """A small file system in memory, whose free space a test can change."""

    def __init__(self, place: Path, size: int) -> None:
        self.place = place
        self._size = size

    def mount(self) -> None:
        """Skips the test where this is not permitted."""
        try:
            self._run("mount", "-t", "tmpfs", "-o", f"size={self._size},mode=755", "tmpfs", str(self.place))
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            reason = str(getattr(error, "stderr", None) or error).splitlines()[0]
            pytest.skip(f"no small disk can be mounted here: {reason}")

    def unmount(self) -> None:
        self._run("umount", str(self.place))

    def grow(self, more: int) -> None:
        self._size += more
        self._run("mount", "-o", f"remount,size={self._size}", str(self.place))

    def fill(self, room: int) -> None:
        """Fill the disk except for `room` bytes."""
        filling = self.place / "filling"
        with filling.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(PAGE))
            except OSError:
                file.truncate(filling.stat().st_size - room)

    @staticmethod
    def _run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, text=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 64 KB."""
    (tmp_path / "disk").mkdir()
    small = SmallDisk(tmp_path / "disk", 16 * PAGE)
    small.mount()
    try:
        yield small
    finally:
        small.unmount()


@pytest.fixture
def more_films(tmp_path: Path) -> Path:
    catalogue = tmp_path / "more.jsonl"
    lines = STARTER_CATALOGUE.read_text(encoding="utf-8").splitlines()[:MORE_FILMS]
    catalogue.write_text("\n".join(lines), encoding="utf-8")
    return catalogue


def build(catalogue: Path, models_dir: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.indexing", "build", "--catalogue", str(catalogue)]
    return subprocess.run([*command, "--models-dir", str(models_dir)], cwd=ROOT, capture_output=True, text=True)


def files_in(models_dir: Path) -> dict[str, bytes]:
    return {str(path.relative_to(models_dir)): path.read_bytes() for path in models_dir.rglob("*") if path.is_file()}


def films_served(models_dir: Path) -> int:
    service = load_service(models_dir)
    try:
        assert service.answer(Query("A man travels to the moon in a rocket.")).recommendations
        return service.info.films
    finally:
        service.close()


def test_a_build_on_a_full_disk_keeps_the_old_set_and_can_be_repeated(
    disk: SmallDisk, models_dir: Path, more_films: Path
) -> None:
    """The room grows from none until all fits, so that the disk is full at one file after the other."""
    models = disk.place / "models"
    disk.grow(32_000_000)
    build_index(read_catalogue(STARTER_CATALOGUE).movies[:FILMS], models, fallback_model_dir=models_dir)
    before = files_in(models)
    disk.fill(room=PAGE)
    full_at: list[str] = []
    while (ended := build(more_films, models)).returncode != 0:
        assert ended.returncode == 1
        *others, told = ended.stderr.splitlines()
        assert [line for line in others if not line.startswith("Unable to write: No space left")] == []  # Annoy's own
        assert told.startswith(f"error: {models}/")
        assert "No space left on device" in told
        after = files_in(models)
        after.pop(PARTIAL_FILE, None)
        assert after == before
        assert films_served(models) == FILMS
        full_at.append(Path(told.split(": ")[1]).suffix)
        assert len(full_at) < MOST_BUILDS
        disk.grow(MORE_ROOM)
    assert set(full_at) >= {".partial", ".npy"}  # movies.ann is written beside the arrays, which fail first
    assert films_served(models) == MORE_FILMS


@dataclass
class OneArray:
    values: NDArray[np.uint8]


@pytest.mark.parametrize("size", [PAGE - 128, PAGE - 100, PAGE, 3 * PAGE])
def test_an_array_is_written_as_a_whole_or_the_file_is_named(disk: SmallDisk, size: int) -> None:
    """One page is free; numpy writes 128 bytes of its own before an array, and left to itself, loses its end."""
    array = OneArray(np.ones(size, np.uint8))
    disk.fill(room=PAGE)
    if size + 128 <= PAGE:
        save_arrays(array, disk.place, "some")
        assert np.array_equal(np.load(disk.place / "some_values.npy"), array.values)
    else:
        with pytest.raises(OSError, match=r"No space left on device: .*some_values\.npy"):
            save_arrays(array, disk.place, "some")
