"""Endpoints for operators and monitors, and the messages of refused starts."""

import os
import pickle
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.services.errors import ModelFileError
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from tests.running_server import RunningServer, refused_start, running_server


def test_the_root_tells_what_this_is(client: httpx.Client) -> None:
    answer = client.get("/").json()
    assert answer["status"] == "running"
    assert answer["docs"] == "/docs"
    assert answer["message"]
    assert answer["version"]


@pytest.mark.parametrize(("root_path", "prefix"), [("/films", "/films"), ("/films/", "/films"), ("/", "")])
def test_the_root_tells_paths_under_the_prefix_of_a_proxy(
    models_dir: Path, tmp_path: Path, root_path: str, prefix: str
) -> None:
    with running_server(models_dir, tmp_path / "log", UVICORN_ROOT_PATH=root_path) as server:
        answer = httpx.get(f"{server.url}/").json()
    assert (answer["docs"], answer["demo"]) == (f"{prefix}/docs", f"{prefix}/demo")


def test_health(client: httpx.Client) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "healthy", "model_loaded": True}


@pytest.mark.parametrize("path", ["/", "/health"])
def test_monitors_may_ask_for_the_headers_alone(client: httpx.Client, path: str) -> None:
    response = client.head(path)
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_documentation_answers(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_an_unknown_path_is_not_found_in_the_usual_shape(client: httpx.Client) -> None:
    response = client.get("/api/v1/nothing")
    assert response.status_code == 404
    message = "Nothing is at /api/v1/nothing: the calls are under /api/v1, and / names their documentation."
    assert response.json() == {"detail": message}


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(models_dir: Path, tmp_path: Path, signal_number: int) -> None:
    with running_server(models_dir, tmp_path / "log") as server:
        status = server.stop(signal_number)
    assert status == 0
    assert "Traceback" not in server.log


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def write_text(path: Path) -> None:
    path.write_text("this is text\n" * 200_000, encoding="utf-8")


def one_film_less(path: Path) -> None:
    records = read_movie_records(path)
    del records[len(records) - 1]
    path.write_bytes(pickle.dumps(records))


class Attack:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch ATTACKED",)


def attack(path: Path) -> None:
    path.write_bytes(pickle.dumps({0: Attack()}))


DAMAGES: list[tuple[str, Callable[[Path], None]]] = [
    ("movies.ann", cut_in_half),
    ("movies.ann", Path.unlink),
    ("movies.ann", write_text),
    ("movies_map.pkl", cut_in_half),
    ("movies_map.pkl", Path.unlink),
    ("movies_map.pkl", one_film_less),
    ("movies_map.pkl", attack),
    ("model_quantized/model_quantized.onnx", cut_in_half),
    ("model_quantized/model_quantized.onnx", Path.unlink),
    ("model_quantized/model_quantized.onnx", write_text),
    ("model_quantized/tokenizer.json", cut_in_half),
    ("model_quantized/tokenizer.json", write_text),
]


@pytest.mark.parametrize("with_manifest", [True, False], ids=["with manifest", "without manifest"])
@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=[f"{name} {d.__name__}" for name, d in DAMAGES])
def test_a_damaged_file_is_refused_with_its_name_and_a_command(
    own_models_dir: Path, name: str, damage: Callable[[Path], None], with_manifest: bool
) -> None:
    damage(own_models_dir / name)
    if not with_manifest:
        (own_models_dir / "manifest.json").unlink()
    with pytest.raises(ModelFileError) as refusal:
        load_service(own_models_dir)
    assert Path(name).name in str(refusal.value)
    assert "python -m app.indexing" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not Path("ATTACKED").exists()


def test_a_refused_start_ends_the_server_with_one_line(own_models_dir: Path, tmp_path: Path) -> None:
    cut_in_half(own_models_dir / "movies.ann")
    status, log = refused_start(own_models_dir, tmp_path / "log")
    assert status == 3, log
    assert "Traceback" not in log
    assert [line for line in log.splitlines() if "movies.ann" in line and "python -m app.indexing" in line], log


def test_the_original_projects_files_are_served(own_models_dir: Path, tmp_path: Path) -> None:
    """Its releases have no manifest, no serving arrays, and five keys per film."""
    for path in own_models_dir.iterdir():
        if path.name not in {"movies.ann", "movies_map.pkl", "model_quantized"}:
            path.rename(tmp_path / path.name)
    map_file = own_models_dir / "movies_map.pkl"
    kept = ("tmdb_id", "title", "year", "poster_path", "genres_list")
    records = {
        position: {key: record[key] for key in kept} for position, record in read_movie_records(map_file).items()
    }
    map_file.write_bytes(pickle.dumps(records))
    with running_server(own_models_dir, tmp_path / "log") as server:
        body = {"synopsis": "A spaceship's crew is hunted by a creature that came aboard.", "genre": "Horror"}
        answer = httpx.post(f"{server.url}/api/v1/recommend", json=body, timeout=60).json()
    assert answer["count"] == 10
    assert all(film["overview"] is None for film in answer["recommendations"])
    assert "manifest.json" in server.log


def test_a_folder_that_may_only_be_read_is_served(own_models_dir: Path, tmp_path: Path) -> None:
    own_models_dir.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with running_server(own_models_dir, tmp_path / "log") as server:
        assert httpx.get(f"{server.url}/health").status_code == 200
    own_models_dir.chmod(stat.S_IRWXU)


def test_a_half_done_switch_is_finished_at_start(own_models_dir: Path, tmp_path: Path) -> None:
    incoming = own_models_dir / ".incoming"
    incoming.mkdir()
    (own_models_dir / "movies.ann").rename(incoming / "movies.ann")
    with running_server(own_models_dir, tmp_path / "log") as server:
        assert isinstance(server, RunningServer)
    assert (own_models_dir / "movies.ann").exists()
    assert not incoming.exists()
