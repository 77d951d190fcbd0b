"""The whole service with a catalogue in PostgreSQL: a real server of each, and faults between them."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.indexing.publish.postgres.publish import publish
from app.services.local.files.model_files import MODEL_DIRECTORY
from tests.conftest import STARTER_CATALOGUE
from tests.postgres_server import PostgresServer, postgres_server
from tests.running_server import START_SECONDS, refused_start, running_server, start_process, wait_until

SYNOPSIS = {"synopsis": "A lighthouse keeper finds a message that he wrote himself.", "top_k": 5}
PASSWORD = "correct-horse"


@pytest.fixture(scope="module")
def built(real_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models/ folder with an index of 120 films."""
    directory = tmp_path_factory.mktemp("built") / "models"
    shutil.copytree(real_models_dir / MODEL_DIRECTORY, directory / MODEL_DIRECTORY)
    build_index(read_catalogue(STARTER_CATALOGUE).movies[:120], directory)
    return directory


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


def with_password(server: PostgresServer) -> str:
    return server.url.replace("postgres@", f"postgres:{PASSWORD}@")


def status(url: str) -> int:
    try:
        return httpx.get(url).status_code
    except httpx.TransportError:
        return 0


def test_every_endpoint_answers_as_over_files(built: Path, postgres: PostgresServer, tmp_path: Path) -> None:
    publish(built, postgres.url, keep=0)
    movie_id = read_catalogue(STARTER_CATALOGUE).movies[7].movie_id
    with (
        running_server(built, tmp_path / "files.log") as files,
        running_server(built, tmp_path / "postgres.log", CATALOGUE_URL=with_password(postgres)) as database,
    ):
        for method, path, body in (
            ("POST", "recommend", SYNOPSIS),
            ("POST", "recommend", {**SYNOPSIS, "filters": {"genres_any": ["Drama"], "year_min": 1950}}),
            ("POST", "recommend", {**SYNOPSIS, "diversity": 0.5}),
            ("POST", "recommend", {"synopsis": "silent comedies from the 1920s"}),
            ("POST", "recommend/taste", {"liked": [movie_id], "top_k": 5}),
            ("GET", f"movies/{movie_id}", None),
            ("GET", f"movies/{movie_id}/similar?top_k=5", None),
            ("GET", "movies?query=the&limit=5", None),
            ("GET", "search?query=lighthouse", None),
            ("GET", "genres", None),
            ("GET", "languages", None),
            ("GET", "movies/0", None),
        ):
            expected, answer = (
                httpx.request(method, f"{server.url}/api/v1/{path}", json=body, timeout=30)
                for server in (files, database)
            )
            assert (answer.status_code, answer.json()) == (expected.status_code, expected.json()), path
        assert httpx.get(f"{database.url}/api/v1/info").json()["search_engine"] == "postgres"
        assert PASSWORD not in database.log
        assert PASSWORD not in httpx.get(f"{database.url}/metrics").text


def test_a_server_that_is_away_at_the_start_is_waited_for(
    built: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    publish(built, postgres.url, keep=0)
    postgres.kill()
    process = start_process(built, tmp_path / "log", {"CATALOGUE_URL": with_password(postgres)})
    log = tmp_path / "log"
    try:
        wait_until(lambda: "running on http" in log.read_text())
        url = "http" + log.read_text().split("running on http")[1].split()[0]
        assert status(f"{url}/health") == httpx.codes.SERVICE_UNAVAILABLE
        postgres.start()
        wait_until(lambda: status(f"{url}/health") == httpx.codes.OK)
        assert httpx.post(f"{url}/api/v1/recommend", json=SYNOPSIS, timeout=START_SECONDS).status_code == httpx.codes.OK
    finally:
        process.kill()
        process.wait()


def test_a_server_that_goes_away_gives_503_and_is_found_again(
    built: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    publish(built, postgres.url, keep=0)
    with running_server(built, tmp_path / "log", CATALOGUE_URL=postgres.url) as server:
        recommend = f"{server.url}/api/v1/recommend"
        postgres.kill()
        refused = httpx.post(recommend, json=SYNOPSIS, timeout=START_SECONDS)
        assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert int(refused.headers["Retry-After"]) >= 1
        assert "catalogue" in refused.json()["detail"]
        postgres.start()
        wait_until(lambda: httpx.post(recommend, json=SYNOPSIS, timeout=START_SECONDS).is_success)


def test_a_switch_under_load_gives_no_mixed_or_failed_answer(
    built: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(built / MODEL_DIRECTORY, other / MODEL_DIRECTORY)
    build_index(read_catalogue(STARTER_CATALOGUE).movies[200:320], other)
    sets = [
        {movie.movie_id for movie in read_catalogue(STARTER_CATALOGUE).movies[start : start + 120]}
        for start in (0, 200)
    ]
    publish(built, postgres.url, keep=0)
    answers: list[httpx.Response] = []
    has_ended = threading.Event()
    with running_server(built, tmp_path / "log", CATALOGUE_URL=postgres.url) as server:

        def ask() -> None:
            with httpx.Client(timeout=START_SECONDS) as client:
                while not has_ended.is_set():
                    answers.append(client.post(f"{server.url}/api/v1/recommend", json=SYNOPSIS))

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        publish(other, postgres.url, keep=1)
        wait_until(lambda: "New index in use" in server.log)
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 20)
        has_ended.set()
        for thread in threads:
            thread.join()
    assert {answer.status_code for answer in answers} == {httpx.codes.OK}
    kinds = set()
    for answer in answers:
        found = {film["movie_id"] for film in answer.json()["recommendations"]}
        kinds |= {number for number, films in enumerate(sets) if found <= films}
        assert any(found <= films for films in sets)
    assert kinds == {0, 1}


def test_a_database_without_a_catalogue_is_refused_with_the_command(
    built: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    code, log = refused_start(built, tmp_path / "log", CATALOGUE_URL=with_password(postgres))
    assert code != 0
    assert "python -m app.indexing publish" in log
    assert PASSWORD not in log
