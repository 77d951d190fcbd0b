"""The SQL in docs/OPERATIONS.md: its owner can publish, and its reader can only serve."""

import re
from pathlib import Path

import psycopg
import pytest

from app.indexing.publish.postgres.publish import publish
from app.services.postgres.database import Database
from tests.postgres_server import PostgresServer
from tests.running_server import ROOT

OPERATIONS = (ROOT / "docs" / "OPERATIONS.md").read_text("utf-8")


def url_of(postgres: PostgresServer, user: str) -> str:
    return f"postgresql://{user}@127.0.0.1:{postgres.port}/recommender"


@pytest.fixture
def roles(postgres: PostgresServer) -> PostgresServer:
    for_server, for_database = re.findall(r"```sql\n(.*?)```", OPERATIONS, re.DOTALL)
    for url, script in ((postgres.url, for_server), (url_of(postgres, "postgres"), for_database)):
        with psycopg.connect(url, autocommit=True) as administrator:
            for statement in script.strip().split(";\n"):
                administrator.execute(statement.encode())
    return postgres


def test_the_owner_publishes_and_the_reader_only_reads(roles: PostgresServer, small_set: Path) -> None:
    assert "version 1" in publish(small_set, url_of(roles, "recommender_owner"), keep=1)
    reader = url_of(roles, "recommender_reader")
    database = Database(reader, connections=1, statement_seconds=10)
    assert database.fetch("SELECT version FROM recommender.current") == [(1,)]
    assert database.fetch("SELECT count(*) > 0 FROM catalogue_1.films") == [(True,)]
    database.close()
    with psycopg.connect(reader) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM catalogue_1.films")
