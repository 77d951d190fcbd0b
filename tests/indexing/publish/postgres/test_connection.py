"""Connections of the commands that write to PostgreSQL: the lock of the only writer, and messages about failures."""

import contextlib
import threading
from collections.abc import Iterator

import psycopg
import pytest

from app.indexing.errors import IndexingError
from app.indexing.publish.postgres.connection import require_pgvector, writer
from tests.postgres_server import postgres_server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres_server() as server:
        yield server.url


def test_a_second_writer_is_refused_while_the_first_one_works(url: str) -> None:
    with writer(url), pytest.raises(IndexingError, match="another publish, upsert or delete is at work"), writer(url):
        raise AssertionError("two writers at once")


def test_a_writer_waits_for_one_that_is_about_to_end(url: str) -> None:
    with contextlib.ExitStack() as first:
        first.enter_context(writer(url))
        entered = threading.Event()

        def second() -> None:
            with writer(url):
                entered.set()

        thread = threading.Thread(target=second)
        thread.start()
        with psycopg.connect(url, autocommit=True) as watch:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while watch.execute(waiting).fetchone() == (0,) and thread.is_alive():
                pass
        first.close()
        thread.join()
    assert entered.is_set()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("postgresql://nobody:correct-horse@{host}/postgres", 'role "nobody" does not exist'),
        ("postgresql://postgres:correct-horse@{host}/missing", 'database "missing" does not exist'),
        ("postgresql://postgres:correct-horse@127.0.0.1:1/postgres", "Connection refused"),
    ],
)
def test_a_connection_that_fails_names_what_to_check_and_never_the_password(url: str, wrong: str, reason: str) -> None:
    with (
        pytest.raises(IndexingError, match=f"{reason}.*check that the server runs, and the host, port") as refused,
        writer(wrong.format(host=url.split("@")[1].split("/")[0])),
    ):
        raise AssertionError("connected")
    assert "correct-horse" not in str(refused.value)


def test_a_role_without_rights_is_told_who_may_publish(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("CREATE ROLE weak LOGIN")
    weak = url.replace("postgres@", "weak@")
    with pytest.raises(IndexingError, match=r"permission denied.*connect as the owner"), writer(weak) as connection:
        connection.execute("CREATE SCHEMA recommender")
    with (
        pytest.raises(IndexingError, match="as an administrator, run in this database: CREATE EXTENSION vector"),
        writer(weak) as connection,
    ):
        require_pgvector(connection, "films")


def test_a_pgvector_that_is_too_old_is_refused_with_the_remedy(url: str) -> None:
    with writer(url) as connection:
        require_pgvector(connection, "films")
        connection.execute("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
        with pytest.raises(IndexingError, match=r"has pgvector 0\.7\.4; install .* ALTER EXTENSION vector UPDATE"):
            require_pgvector(connection, "films")


def test_a_lost_connection_is_reported_with_what_readers_see(url: str) -> None:
    with (
        pytest.raises(IndexingError, match="run the command again; readers keep the catalogue that they have"),
        writer(url) as connection,
    ):
        connection.execute("CREATE TEMP TABLE copied (number int)")
        with connection.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
            copy.write("1\n")
            with psycopg.connect(url, autocommit=True) as administrator:
                administrator.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
