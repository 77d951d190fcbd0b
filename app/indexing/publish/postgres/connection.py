"""Connections of the commands that write to PostgreSQL."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.indexing.errors import IndexingError
from app.services.postgres.database import describe
from app.services.postgres.layout import PUBLISH_COMMAND
from app.services.postgres.published import CURRENT, Published

logging.getLogger("psycopg").setLevel(logging.ERROR)  # it would log that it cannot end a COPY of a lost connection

Connection = psycopg.Connection[Any]

_PGVECTOR = "pgvector 0.8 or later (https://github.com/pgvector/pgvector)"
_MIN_PGVECTOR = [0, 8]
"""The first version with iterative index scans."""

_LOCK = 0x7265636F6D6D656E
"""The advisory lock of the only writer; its number is the bytes of "recommen"."""


def hide_password(url: str) -> None:
    """Restart this program without the password in its arguments, which every user of the system can list.

    The password moves to the environment variable PGPASSWORD, which libpq reads. Returns if there is none in `url`.
    """
    describe(url)  # refuses what is not a connection string
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    if password is None or url not in sys.argv:
        return
    without = make_conninfo("", **{name: value for name, value in parts.items() if value is not None})
    arguments = [without if argument == url else argument for argument in sys.orig_argv]
    os.environ["PGPASSWORD"] = str(password)
    os.execv(sys.executable, arguments)  # noqa: S606


@contextlib.contextmanager
def writer(url: str) -> Iterator[Connection]:
    """Connect as the only writer; each statement is its own transaction unless a block opens one.

    Raises IndexingError if the database cannot be reached, refuses a statement, or has another writer.
    """
    name = describe(url)
    try:
        with connect(url) as connection:
            _lock(connection)
            yield connection
    except psycopg.Error as error:
        raise IndexingError(f"{name}: {_first_line(error)}; {_remedy(error)}") from error


def connect(url: str) -> Connection:
    """Return a connection whose statements are each their own transaction. Raises IndexingError."""
    try:
        return psycopg.connect(url, autocommit=True, application_name="recommender publish")
    except psycopg.OperationalError as error:
        raise IndexingError(
            f"{describe(url)}: {_first_line(error)}; check that the server runs, and the host, port, user, password "
            "and database of the URL (the password may also be in PGPASSWORD or ~/.pgpass)"
        ) from error


def require_pgvector(connection: Connection, name: str) -> None:
    """Create the extension in the database `name` if it is missing, and let the connection send arrays as vectors.

    Raises IndexingError if it is not installed, is too old, or may not be created.
    """
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.errors.FeatureNotSupported as error:
        raise IndexingError(f"{name}: {_first_line(error)}; install {_PGVECTOR} on the server") from error
    except psycopg.errors.InsufficientPrivilege as error:
        remedy = "as an administrator, run in this database: CREATE EXTENSION vector"
        raise IndexingError(f"{name}: {_first_line(error)}; {remedy}") from error
    row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    version = row[0] if row else ""
    if [int(part) for part in version.split(".")[:2]] < _MIN_PGVECTOR:
        raise IndexingError(
            f"{name} has pgvector {version}; install {_PGVECTOR} on the server, then run in this database, as an "
            "administrator: ALTER EXTENSION vector UPDATE"
        )
    register_vector(connection)


def current(connection: Connection, name: str) -> Published:
    """Return the facts of the current catalogue of the database `name`; raises IndexingError if none is published."""
    try:
        row = connection.execute(CURRENT).fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise IndexingError(f"No catalogue is published in {name}; run: {PUBLISH_COMMAND}")
    return Published(*row)


def _lock(connection: Connection) -> None:
    """Take the writer's lock; raises LockNotAvailable after two seconds.

    The server releases the lock of a writer that has just ended, or was killed, a moment after its connection closes.
    """
    connection.execute("SET lock_timeout = '2s'")
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    connection.execute("RESET lock_timeout")


def _remedy(error: psycopg.Error) -> str:
    """Return what to do about a statement that failed."""
    match error:
        case psycopg.errors.LockNotAvailable():
            return "another publish, upsert or delete is at work there: wait until it ends"
        case psycopg.errors.InsufficientPrivilege():
            return "connect as the owner of the catalogue, who may create schemas in this database"
        case psycopg.errors.ReadOnlySqlTransaction():
            return "this is a replica: publish to the primary"
        case psycopg.errors.DiskFull():
            return "free space on the server, then run the command again; readers keep the catalogue that they have"
        case psycopg.errors.UndefinedTable():
            return f"a table is missing from the catalogue; run: {PUBLISH_COMMAND}"
        case psycopg.OperationalError():
            return "when the server is there again, run the command again; readers keep the catalogue that they have"
        case _:
            return "see the log of the server; readers keep the catalogue that they have"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
