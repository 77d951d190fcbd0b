"""The lock by which one command at a time writes to PostgreSQL."""

import contextlib
import threading
from collections.abc import Iterator

import psycopg
import pytest

from app.indexing.errors import IndexingError
from app.indexing.publish.postgres.connection import writer
from tests.postgres_server import postgres_server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres_server() as server:
        yield server.url


def test_a_second_writer_is_refused_while_the_first_one_works(url: str) -> None:
    with writer(url), pytest.raises(IndexingError, match="Another publish, upsert or delete is at work"), writer(url):
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
