"""Publishing to a real PostgreSQL server, and changes of single films."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.publish.postgres.changes import delete, upsert
from app.indexing.publish.postgres.publish import publish, switch
from app.services.errors import ModelFileError
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.postgres.source import PostgresSource
from app.services.queries import Query, SimilarQuery
from tests.conftest import STARTER_CATALOGUE

SYNOPSIS = "A lighthouse keeper finds a message that he wrote himself."


@pytest.fixture(scope="module")
def service(models_dir: Path) -> Iterator[ModelService]:
    """The service for the files of the set."""
    loaded = load_service(models_dir)
    yield loaded
    loaded.close()


def versions(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT version FROM recommender.catalogues ORDER BY 1")]


def schemas(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'catalogue%' ORDER BY 1")
        return [row[0] for row in rows]


def test_a_published_set_answers_as_the_embedded_one(
    url: str, source: PostgresSource, models_dir: Path, service: ModelService
) -> None:
    publish(models_dir, url, keep=0)
    published = source.load()
    for question in (
        Query(SYNOPSIS),
        Query(SYNOPSIS, genres=("Horror",), year=1980),
        Query("Two thieves in Paris fall in love with the same painting.", keywords=("heist",)),
        SimilarQuery(read_catalogue(STARTER_CATALOGUE).movies[5].movie_id),
    ):
        answer, expected = published.answer(question), service.answer(question)
        assert [film.movie.movie_id for film in answer.recommendations] == [
            film.movie.movie_id for film in expected.recommendations
        ]
        for film, other in zip(answer.recommendations, expected.recommendations, strict=True):
            assert film.similarity_score == pytest.approx(other.similarity_score, abs=1.01e-4)
            assert film.movie == other.movie
    assert published.genres() == service.genres()
    assert published.find_titles("the", 5) == service.find_titles("the", 5) != ()
    published.close()


def test_earlier_catalogues_are_kept_as_asked_and_can_be_switched_to(url: str, models_dir: Path) -> None:
    for _ in range(3):
        publish(models_dir, url, keep=1)
    first, second = versions(url)
    assert len(schemas(url)) == 2
    assert "version" in switch(url, first)
    with pytest.raises(IndexingError, match="999 is not there"):
        switch(url, 999)
    publish(models_dir, url, keep=0)
    assert len(versions(url)) == len(schemas(url)) == 1
    assert second not in versions(url)


def test_an_interrupted_publish_leaves_the_current_catalogue_and_is_cleaned_up(url: str, models_dir: Path) -> None:
    publish(models_dir, url, keep=0)
    (current,) = versions(url)
    command = [sys.executable, "-m", "app.indexing", "publish", "--to", url, "--models-dir", str(models_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Indexing"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version FROM recommender.current").fetchone() == (current,)
    assert len(versions(url)) == 2
    publish(models_dir, url, keep=0)
    assert len(versions(url)) == len(schemas(url)) == 1


def test_two_publishers_at_once_are_refused(url: str, models_dir: Path) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (0x7265636F6D6D656E,))
        with pytest.raises(IndexingError, match="another publish"):
            publish(models_dir, url, keep=0)


def test_a_database_without_a_catalogue_names_the_command(source: PostgresSource) -> None:
    with pytest.raises(ModelFileError, match=r"python -m app\.indexing publish"):
        source.load()


@pytest.mark.parametrize(
    "change",
    ["model_id = 'other'", "dimension = 32", "template_version = 99", "ranking_version = 99", "layout_version = 99"],
)
def test_a_catalogue_of_another_model_or_version_is_refused(
    url: str, source: PostgresSource, models_dir: Path, change: LiteralString
) -> None:
    publish(models_dir, url, keep=0)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("UPDATE recommender.catalogues SET {}").format(sql.SQL(change)))
    with pytest.raises(ModelFileError, match=r"another program.*python -m app\.indexing publish"):
        source.load()


def test_files_of_another_template_are_refused(url: str, models_dir: Path, tmp_path: Path) -> None:
    directory = Path(shutil.copytree(models_dir, tmp_path / "models"))
    manifest = (directory / "manifest.json").read_text()
    (directory / "manifest.json").write_text(re.sub(r'"template_version": \d+', '"template_version": 99', manifest))
    with pytest.raises(IndexingError, match=r"template version 99.*python -m app\.indexing build"):
        publish(directory, url, keep=0)


def test_a_catalogue_of_another_version_is_neither_changed_nor_switched_to(url: str, models_dir: Path) -> None:
    publish(models_dir, url, keep=0)
    (earlier,) = versions(url)
    publish(models_dir, url, keep=1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE recommender.catalogues SET layout_version = 3")
    movies = read_catalogue(STARTER_CATALOGUE).movies[:1]
    with pytest.raises(ModelFileError, match="the layout version is 3 there"):
        upsert(movies, models_dir, url)
    with pytest.raises(ModelFileError, match="the layout version is 3 there"):
        delete([movies[0].movie_id], url)
    with pytest.raises(ModelFileError, match="the layout version is 3 there"):
        switch(url, earlier)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version FROM recommender.current").fetchone() != (earlier,)


def test_a_password_is_not_left_in_the_list_of_processes(url: str, models_dir: Path) -> None:
    with_password = url.replace("postgres@", "postgres:correct-horse@")
    command = [sys.executable, "-m", "app.indexing", "publish", "--to", with_password, "--models-dir", str(models_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    told = first + process.communicate()[0]
    assert b"correct-horse" not in arguments
    assert "correct-horse" not in told
    assert process.returncode == 0, told
