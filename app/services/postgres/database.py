"""A bounded pool of connections to PostgreSQL that reconnects automatically, also to another host of the URL."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, LiteralString, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed

from app.services.errors import CatalogueUnavailableError, ModelFileError, ServiceClosedError

SECONDS_TO_CONNECT = 2.0
"""Time that a call waits for a connection, including attempts on other hosts of the URL."""

_NEAREST_LOOKED_AT = 200
"""hnsw.ef_search: films that an index scan looks at; recall@10 of 0.97 by vectors alone, more with the other routes."""

_IDLE_CONNECTIONS = 1

logger = logging.getLogger(__name__)
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it would log each attempt

Statement = LiteralString | sql.Composed


class NotReadableError(CatalogueUnavailableError):
    """A table is missing or may not be read, because nothing is published or a catalogue has been removed."""


class _LoggedConnection(psycopg.Connection[Any]):
    """A connection whose failures to connect are logged with the reason, which the pool does not pass on."""

    _last_reason: ClassVar[str] = ""

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        """Connect; see psycopg. A reason is logged once until another one or a success."""
        try:
            connection = super().connect(*args, **kwargs)
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())  # names host and user, never the password
            if reason != cls._last_reason:
                logger.warning("PostgreSQL: %s", reason)
            cls._last_reason = reason
            raise
        cls._last_reason = ""
        return connection


class Database:
    """Runs read-only statements. Any number of threads may call `fetch` at once."""

    def __init__(self, url: str, *, connections: int, statement_seconds: float) -> None:
        """Open the pool in the background. `url` may name several hosts; see libpq's connection strings.

        A statement that takes longer than `statement_seconds` is cancelled on the server. Raises ModelFileError if the
        URL cannot be parsed.
        """
        self.name = describe(url)
        self._statement_milliseconds = max(int(1000 * statement_seconds), 1)
        self._pool = ConnectionPool(
            url,
            connection_class=_LoggedConnection,
            min_size=_IDLE_CONNECTIONS,
            max_size=connections,
            kwargs={"autocommit": True, "connect_timeout": 2, "application_name": "recommender"},
            configure=self._configure,
            timeout=SECONDS_TO_CONNECT,
            reconnect_timeout=0,  # a call that finds no connection starts the next attempt
            open=True,
            name="catalogue",
        )

    def fetch(self, statement: Statement, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement.

        A connection that turns out to be broken is replaced, by one to another host if the URL names several.
        Raises CatalogueUnavailableError if the database cannot be reached in time, takes too long, or refuses more
        connections, NotReadableError if a table is missing or may not be read, and ServiceClosedError.
        """
        give_up = time.monotonic() + SECONDS_TO_CONNECT
        while True:
            try:
                with self._pool.connection(max(give_up - time.monotonic(), 0.01)) as connection:
                    return connection.execute(statement, parameters, binary=True).fetchall()
            except PoolClosed as error:
                raise ServiceClosedError("Model not loaded") from error
            except psycopg.errors.QueryCanceled as error:
                raise CatalogueUnavailableError(f"The catalogue in {self.name} took too long to answer") from error
            except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
                raise NotReadableError(f"{self.name}: {_first_line(error)}") from error
            except psycopg.OperationalError as error:
                if time.monotonic() >= give_up:
                    raise CatalogueUnavailableError(f"The catalogue in {self.name} cannot be reached") from error

    def close(self) -> None:
        """Close all connections. Idempotent."""
        self._pool.close(timeout=SECONDS_TO_CONNECT)

    def _configure(self, connection: psycopg.Connection[Any]) -> None:
        settings = {
            "statement_timeout": self._statement_milliseconds,
            "default_transaction_read_only": "on",
            "plan_cache_mode": "force_custom_plan",  # how many films pass decides which index is quick
            "work_mem": "32MB",  # the words of a long text are in 100,000 films and more
            "max_parallel_workers_per_gather": 0,  # starting workers takes longer, too
            "jit": "off",  # compiling takes longer than these statements
            "hnsw.ef_search": _NEAREST_LOOKED_AT,
            "hnsw.iterative_scan": "relaxed_order",
        }
        connection.execute(
            "SELECT count(set_config(name, value, false)) FROM unnest(%s::text[], %s::text[]) AS settings(name, value)",
            (list(settings), list(map(str, settings.values()))),
        )


def describe(url: str) -> str:
    """Return host and database of a URL, without user and password, for messages.

    Raises ModelFileError if the URL cannot be parsed.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its message would repeat the URL with the password
        raise ModelFileError(
            "CATALOGUE_URL is not a connection string: write postgresql://user:password@host:5432/database"
        ) from None
    return f"PostgreSQL {parts.get('host') or 'localhost'}/{parts.get('dbname') or parts.get('user') or ''}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
