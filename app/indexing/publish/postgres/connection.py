"""Connections of the commands that write to PostgreSQL."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.indexing.errors import IndexingError
from app.services.postgres.database import describe
from app.services.postgres.layout import META_SCHEMA

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
def writer(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the only writer; each statement is its own transaction unless a block opens one.

    Raises IndexingError if the database cannot be reached, refuses a statement, or has another writer.
    """
    name = describe(url)
    try:
        with psycopg.connect(url, autocommit=True, application_name="recommender publish") as connection:
            _lock(connection)
            yield connection
    except psycopg.errors.LockNotAvailable as error:
        raise IndexingError(f"Another publish, upsert or delete is at work on {name}; wait until it ends.") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise IndexingError(f"{name}: {_first_line(error)}; connect as the owner of the catalogue") from error
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise IndexingError(f"{name} is a replica: publish to the primary") from error
    except psycopg.Error as error:
        raise IndexingError(f"{name}: {_first_line(error)}") from error


def _lock(connection: psycopg.Connection[Any]) -> None:
    """Take the writer's lock; raises LockNotAvailable after two seconds.

    The server releases the lock of a writer that has just ended, or was killed, a moment after its connection closes.
    """
    connection.execute("SET lock_timeout = '2s'")
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    connection.execute("RESET lock_timeout")


def register_vectors(connection: psycopg.Connection[Any]) -> None:
    """Let the connection send arrays as vectors. The extension must be installed."""
    register_vector(connection)


def current_version(connection: psycopg.Connection[Any]) -> int:
    """Return the version of the current catalogue; raises IndexingError if none is published."""
    try:
        row = connection.execute(f"SELECT version FROM {META_SCHEMA}.current").fetchone()  # noqa: S608
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise IndexingError("No catalogue is published there; run: python -m app.indexing publish --to URL")
    return int(row[0])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
