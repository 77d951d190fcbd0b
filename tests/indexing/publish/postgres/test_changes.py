"""Changes of single films in a catalogue that readers have loaded."""

import dataclasses
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from app.indexing.index.build import build_index
from app.indexing.publish.postgres.changes import delete, upsert
from app.indexing.publish.postgres.publish import publish
from app.services.errors import UnknownMovieError
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.model_service import ModelService
from app.services.postgres.source import PostgresSource
from app.services.queries import Answer, Query
from tests.conftest import STARTER_CATALOGUE

SYNOPSIS = "A lighthouse keeper finds a message that he wrote himself."


def test_single_films_are_added_changed_and_removed(url: str, source: PostgresSource, models_dir: Path) -> None:
    publish(models_dir, url, keep=0)
    service = source.load()
    films, versions = service.info.films, [service.info.index_version]
    movie = dataclasses.replace(
        read_catalogue(STARTER_CATALOGUE).movies[0],
        movie_id=77_000_001,
        title="Zyxwvut Lighthouse",
        overview="A lighthouse keeper finds a message in a bottle that he wrote himself, signed Zyxwvut.",
    )
    assert "1 films added, 0 replaced" in upsert([movie], models_dir, url)
    source.identity()
    assert service.answer(Query(SYNOPSIS)).recommendations[0].movie.title == "Zyxwvut Lighthouse"
    assert service.find_titles("zyxwv", 1)[0].movie_id == 77_000_001
    assert service.info.films == films + 1
    versions.append(service.info.index_version)

    renamed = dataclasses.replace(movie, title="Qwrtpsd")
    assert "0 films added, 1 replaced" in upsert([renamed], models_dir, url)
    source.identity()
    assert service.movie(77_000_001).title == "Qwrtpsd"
    assert service.find_titles("zyxwv", 1) == ()

    delete([77_000_001], url)
    source.identity()
    with pytest.raises(UnknownMovieError):
        service.movie(77_000_001)
    assert service.info.films == films
    versions.append(service.info.index_version)
    assert len(set(versions)) == 3  # caches must not keep an answer from before a change
    service.close()


def changed_films(films: Sequence[Movie]) -> tuple[list[Movie], list[int]]:
    """Films to upsert, two of them with other titles and people than before, and the ids of films to delete."""
    one, two, three = films[3], films[50], films[7]
    return [
        dataclasses.replace(one, title="The Paper Lighthouse", directors=two.directors, cast=("Zyx Wvut",)),
        dataclasses.replace(two, original_title="Le Phare de papier", directors=("Zyx Wvut",), overview=SYNOPSIS),
        dataclasses.replace(three, movie_id=77_000_001, title="Spider-Lighthouse 2"),
    ], [films[20].movie_id, films[90].movie_id]


def test_changed_films_are_found_as_in_a_catalogue_published_with_them(
    url: str, source: PostgresSource, live: ModelService, models_dir: Path, tmp_path: Path
) -> None:
    films = read_catalogue(STARTER_CATALOGUE).movies[:120]
    upserted, deleted = changed_films(films)
    for movie in upserted:  # one after the other, because readers apply several changes at once, too
        upsert([movie], models_dir, url)
    delete(deleted, url)
    assert source.identity() is not None
    reloaded = source.load()

    gone = {*deleted, *(movie.movie_id for movie in upserted)}
    directory = tmp_path / "models"
    shutil.copytree(models_dir / MODEL_DIRECTORY, directory / MODEL_DIRECTORY)
    build_index([*(movie for movie in films if movie.movie_id not in gone), *upserted], directory)
    publish(directory, url, keep=1)
    expected = source.load()

    for service in (live, reloaded):
        require_same_names(service, expected)
        for question in (Query(SYNOPSIS), Query(films[20].overview or ""), Query(films[5].overview or "", year=1990)):
            answer, other = service.answer(question), expected.answer(question)
            assert answer.recommendations == reloaded.answer(question).recommendations
            assert ids_of(answer)[:3] == ids_of(other)[:3]
            for film, same in zip(answer.recommendations[:3], other.recommendations[:3], strict=True):
                # The idf of a term is that among 120 films when they were published.
                assert film.similarity_score == pytest.approx(same.similarity_score, abs=0.03)
    reloaded.close()
    expected.close()


def require_same_names(service: ModelService, expected: ModelService) -> None:
    for typed in ("lighthouse", "the pap", "spiderlight", "le phare", "the", "a", "lihgthouse", "2", "man of the"):
        assert service.find_titles(typed, 20) == expected.find_titles(typed, 20), typed
    names = {name for film in expected.find_titles("the", 50) for name in (*film.directors, *film.cast)}
    assert len(names) > 20
    for typed in ("zyx", "zyx wvtu", "john", "mar", *sorted(names)):
        assert service.find_people(typed, 20) == expected.find_people(typed, 20), typed
    assert service.genres() == expected.genres()
    assert service.languages() == expected.languages()
    assert service.info.films == expected.info.films


def ids_of(answer: Answer) -> list[int]:
    return [film.movie.movie_id for film in answer.recommendations]


def test_a_reader_finds_the_old_film_until_it_notices_the_change(
    url: str, source: PostgresSource, live: ModelService, models_dir: Path
) -> None:
    old = read_catalogue(STARTER_CATALOGUE).movies[3]
    upsert([dataclasses.replace(old, title="Zyxwvut")], models_dir, url)
    assert live.find_titles(old.title, 1)[0].movie_id == old.movie_id
    assert live.find_titles("zyxw", 1) == ()
    source.identity()
    assert [film.movie_id for film in live.find_titles("zyxw", 1)] == [old.movie_id]
    assert live.find_titles(old.title, 1, complete=True) == ()


def test_a_change_that_is_killed_leaves_the_catalogue_as_it_was(
    url: str, source: PostgresSource, live: ModelService, models_dir: Path
) -> None:
    films = live.info.films
    changed = read_catalogue(STARTER_CATALOGUE).movies[3].movie_id
    command = [sys.executable, "-m", "app.indexing", "delete", "--to", url, str(changed)]
    with psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as watch:
        other.execute("SELECT * FROM recommender.catalogues FOR UPDATE")  # stops it before its last statement
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while watch.execute(waiting).fetchone() == (0,):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'recommender publish'"
        other.rollback()
        while watch.execute(running).fetchone() != (0,):
            pass
    source.identity()
    assert live.info.films == films
    assert live.movie(changed).movie_id == changed
    assert "1 films removed" in delete([changed], url)


def test_removing_a_film_that_is_not_there_changes_nothing(url: str, models_dir: Path) -> None:
    publish(models_dir, url, keep=0)
    with pytest.raises(IndexingError, match="1 of these ids are not in the catalogue: 88000001; no film was removed"):
        delete([read_catalogue(STARTER_CATALOGUE).movies[5].movie_id, 88_000_001], url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT revision FROM recommender.catalogues").fetchone() == (0,)
