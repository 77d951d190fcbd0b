"""Creation of the indexes of a new catalogue after its rows are copied, which takes a fraction of the time."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import psycopg
from psycopg import sql

from app.indexing.progress import progress, say
from app.indexing.publish.postgres.tables import INDEXES, TABLES, VECTOR_INDEX

_GRAPH_BYTES = 900
"""Memory for a film's neighbours while the vector index is built, in addition to its half-precision vector."""

_MAX_MEGABYTES = 4096
"""Upper limit, because the server's memory is unknown; a larger maintenance_work_mem of the server is kept."""

_SECONDS_BETWEEN_LOOKS = 1.0

Connection = psycopg.Connection[Any]


def make_indexes(connection: Connection, observer: Connection, schema: str, films: int, dimension: int) -> None:
    """Create the indexes and the planner's statistics; `observer` is another connection, which reads the progress."""
    megabytes = min(films * (2 * dimension + _GRAPH_BYTES) // 2**20 + 64, _MAX_MEGABYTES)
    connection.execute(
        "SELECT set_config('maintenance_work_mem', %s, false) "
        "WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes(%s)",
        (f"{megabytes}MB", f"{megabytes}MB"),
    )
    for what, statement in INDEXES.items():
        say(f"Indexing {what}")
        connection.execute(sql.SQL(statement).format(schema=sql.Identifier(schema)))
    _index_vectors(connection, observer, sql.SQL(VECTOR_INDEX).format(schema=sql.Identifier(schema)))
    for table in TABLES:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(schema, table)))


def _index_vectors(connection: Connection, observer: Connection, statement: sql.Composed) -> None:
    """Build the vector index; with one process if the server's shared memory is too small for several."""
    try:
        _run_observed(connection, observer, statement)
    except psycopg.errors.OutOfMemory as error:
        say(f"{str(error).splitlines()[0]}: indexing vectors with one process")
        connection.execute("SET max_parallel_maintenance_workers = 0")
        _run_observed(connection, observer, statement)


def _run_observed(connection: Connection, observer: Connection, statement: sql.Composed) -> None:
    with ThreadPoolExecutor(1) as pool, progress(total=100, label="Indexing vectors", unit="%") as advance:
        built: Future[Any] = pool.submit(connection.execute, statement)
        shown = 0
        while not wait([built], _SECONDS_BETWEEN_LOOKS).done:
            done = _percent(observer, connection.info.backend_pid)
            advance(max(done - shown, 0))
            shown = max(done, shown)
        built.result()
        advance(100 - shown)


def _percent(observer: Connection, process: int) -> int:
    row = observer.execute(
        "SELECT 100 * blocks_done / nullif(blocks_total, 0) FROM pg_stat_progress_create_index WHERE pid = %s",
        (process,),
    ).fetchone()
    return int(row[0] or 0) if row else 0
