"""Readers of a server that is down, slow, crashed or replaced."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.indexing.publish.postgres.publish import publish
from app.services.errors import CatalogueUnavailableError, ModelFileError
from app.services.postgres.database import SECONDS_TO_CONNECT, Database, describe
from tests.postgres_server import PostgresServer, postgres_server, replica_of

FILMS = "SELECT films FROM recommender.catalogues JOIN recommender.current USING (version)"


@pytest.fixture
def own_server(small_set: Path) -> Iterator[PostgresServer]:
    """A server with a published catalogue that one test may stop."""
    with postgres_server() as server:
        publish(small_set, server.url, keep=0)
        yield server


def open_database(url: str, statement_seconds: float = 10) -> Database:
    return Database(url, connections=2, statement_seconds=statement_seconds)


def test_a_server_that_is_away_is_reported_and_found_again(own_server: PostgresServer) -> None:
    with closing(open_database(own_server.url)) as database:
        database.fetch(FILMS)
        own_server.kill()
        with pytest.raises(CatalogueUnavailableError, match="cannot be reached"):
            database.fetch(FILMS)
        own_server.start()
        give_up = time.monotonic() + 10 * SECONDS_TO_CONNECT
        while True:
            try:
                assert database.fetch(FILMS) == [(600,)]
                break
            except CatalogueUnavailableError:
                assert time.monotonic() < give_up


def test_a_crash_between_two_reads_is_not_noticed(own_server: PostgresServer) -> None:
    with closing(open_database(own_server.url)) as database:
        database.fetch(FILMS)
        own_server.kill()
        own_server.start()
        assert database.fetch(FILMS) == [(600,)]


def test_reads_go_to_a_replica_if_the_primary_is_killed(own_server: PostgresServer) -> None:
    with replica_of(own_server) as replica:
        hosts = f"127.0.0.1:{own_server.port},127.0.0.1:{replica.port}"
        url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=any"
        with closing(open_database(url)) as database:
            for number in range(200):
                if number == 100:
                    own_server.kill()
                assert database.fetch(FILMS) == [(600,)]


def test_a_slow_statement_is_cancelled_on_the_server(own_server: PostgresServer) -> None:
    with closing(open_database(own_server.url, statement_seconds=0.2)) as database:
        with pytest.raises(CatalogueUnavailableError, match="too long"):
            database.fetch("SELECT pg_sleep(60)::text")
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%' AND state = 'active'"
        assert database.fetch(running) == [(0,)]


def test_the_reason_why_no_connection_is_made_is_logged_once_and_without_the_password(
    own_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = own_server.url.replace("postgres@", "nobody:correct-horse@")
    with closing(open_database(url)) as database:
        for _ in range(2):
            with pytest.raises(CatalogueUnavailableError, match="cannot be reached"):
                database.fetch(FILMS)
    assert [record.getMessage() for record in caplog.records if 'role "nobody" does not exist' in record.getMessage()]
    assert caplog.text.count("nobody") == 1
    assert "correct-horse" not in caplog.text


def test_readers_cannot_write(own_server: PostgresServer) -> None:
    with (
        closing(open_database(own_server.url)) as database,
        pytest.raises(Exception, match="read-only"),
    ):
        database.fetch("CREATE TABLE x (y int)")


@pytest.mark.parametrize("url", ["postgres//secret", "host=a secret=b=c"])
def test_a_url_that_cannot_be_parsed_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ModelFileError, match="CATALOGUE_URL") as refused:
        describe(url)
    assert "secret" not in str(refused.value)


def test_messages_name_the_host_and_not_the_password() -> None:
    assert describe("postgresql://user:secret@one,two/films") == "PostgreSQL one,two/films"
