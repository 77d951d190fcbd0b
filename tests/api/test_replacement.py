"""Replacement of the index of a running server: no answer fails or is wrong, and a damaged index is refused."""

import asyncio
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.services.index_watcher import IndexWatcher
from app.services.local.files.model_files import STAGING_DIRECTORY, commit_staging
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.service_slot import ServiceSlot
from tests.conftest import STARTER_CATALOGUE
from tests.running_server import START_SECONDS, RunningServer, running_server, wait_until

FILMS = read_catalogue(STARTER_CATALOGUE).movies
SIZES = (30, 60)
BODY = {"synopsis": "A spaceship's crew wakes up far from home and finds out why.", "top_k": 20}
CLIENTS = 8


@pytest.fixture(scope="module")
def sets(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Return two whole sets of files by their number of films."""
    made = {size: tmp_path_factory.mktemp(f"set{size}") for size in SIZES}
    for size, directory in made.items():
        build_index(FILMS[:size], directory, fallback_model_dir=models_dir)
    return made


@pytest.fixture
def server(sets: dict[int, Path], tmp_path: Path) -> Iterator[RunningServer]:
    shutil.copytree(sets[SIZES[0]], tmp_path / "models")
    with running_server(tmp_path / "models", tmp_path / "log") as started:
        yield started


def switch_to(new_set: Path, models_dir: Path, damage: Callable[[Path], None] | None = None) -> None:
    staging = models_dir / STAGING_DIRECTORY
    shutil.copytree(new_set, staging)
    if damage:
        damage(staging / "movies.ann")
    commit_staging(models_dir, staging)


def films_of(server: RunningServer) -> int:
    films: int = httpx.get(f"{server.url}/").json()["films"]
    return films


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_new_index_is_noticed(server: RunningServer, sets: dict[int, Path], tmp_path: Path) -> None:
    switch_to(sets[60], tmp_path / "models")
    wait_until(lambda: films_of(server) == 60)


def test_a_hangup_signal_loads_again(server: RunningServer) -> None:
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "New index in use: 30 films" in server.log)


def test_a_hangup_signal_loads_a_folder_without_a_manifest_again(server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "models" / "manifest.json").unlink()
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "New index in use: 30 films" in server.log)


def test_after_an_unexpected_error_the_next_index_is_loaded(sets: dict[int, Path]) -> None:
    slot = ServiceSlot()
    loads = iter([MemoryError("none left"), None])
    has_failed = threading.Event()

    def load() -> ModelService:
        if error := next(loads):
            has_failed.set()
            raise error
        return load_service(sets[30])

    async def scenario() -> None:
        watcher = IndexWatcher(slot, lambda: None, load)
        watching = asyncio.create_task(watcher.watch())
        watcher.check_now()
        await asyncio.to_thread(has_failed.wait, START_SECONDS)
        watcher.check_now()
        await asyncio.to_thread(wait_until, lambda: bool(slot.films))
        watching.cancel()

    asyncio.run(scenario())
    assert slot.films == 30
    slot.replace(None)


def test_a_damaged_index_is_refused_and_the_current_one_stays(
    server: RunningServer, sets: dict[int, Path], tmp_path: Path
) -> None:
    switch_to(sets[60], tmp_path / "models", damage)
    wait_until(lambda: "refused" in server.log)
    assert films_of(server) == 30
    assert httpx.post(f"{server.url}/api/v1/recommend", json=BODY).status_code == 200
    switch_to(sets[60], tmp_path / "models")
    wait_until(lambda: films_of(server) == 60)


def test_replacements_under_load_cost_no_answer(server: RunningServer, sets: dict[int, Path], tmp_path: Path) -> None:
    expected = {}
    for size in SIZES:
        switch_to(sets[size], tmp_path / "models")
        wait_until(lambda size=size: films_of(server) == size)  # type: ignore[misc]
        expected[size] = httpx.post(f"{server.url}/api/v1/recommend", json=BODY).json()
    wrong: list[str] = []
    answered: Counter[int] = Counter()  # by client
    stop = threading.Event()

    def ask(number: int) -> None:
        with httpx.Client(timeout=60) as client:
            while not stop.is_set():
                response = client.post(f"{server.url}/api/v1/recommend", json=BODY)
                if response.status_code != 200 or response.json() not in expected.values():
                    wrong.append(response.text)
                answered[number] += 1

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for turn in range(4):
        size = SIZES[turn % 2]
        if turn == 2:
            switch_to(sets[SIZES[1]], tmp_path / "models", damage)
            wait_until(lambda: "refused" in server.log)
        switch_to(sets[size], tmp_path / "models")
        wait_until(lambda size=size: films_of(server) == size)  # type: ignore[misc]
        enough = {number: answered[number] + 2 for number in range(CLIENTS)}  # the last of them was sent since
        wait_until(lambda enough=enough: all(answered[number] >= least for number, least in enough.items()))  # type: ignore[misc]
    stop.set()
    for client in clients:
        client.join()
    assert wrong == []
