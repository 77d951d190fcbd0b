"""The command `publish`, which copies a built set of files into a new catalogue in PostgreSQL and switches readers."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from app.indexing.errors import IndexingError
from app.indexing.progress import say
from app.indexing.publish.postgres.connection import connect, current, require_pgvector, writer
from app.indexing.publish.postgres.copying import BuiltSet, copy_rows
from app.indexing.publish.postgres.indexing import make_indexes
from app.indexing.publish.postgres.tables import META, create_tables
from app.services.commands import ACCEPT_COMMAND, BUILD_COMMAND
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.files.model_files import (
    INDEX_FILE,
    SERVING_DIRECTORY,
    check_files,
    read_manifest,
)
from app.services.local.lexical_index import LexicalIndex
from app.services.local.movie_map import MovieMap
from app.services.postgres.database import describe
from app.services.postgres.layout import LAYOUT_VERSION, META_SCHEMA, schema_of
from app.services.postgres.published import require_own
from app.services.ranking.weights import RANKING_VERSION
from app.services.vectors import unit

_SAMPLE = 64
_MAX_DIFFERENCE = 1e-5

Connection = psycopg.Connection[Any]


def publish(models_dir: Path, url: str, keep: int) -> str:
    """Copy the set in models_dir into a new catalogue and switch readers to it; return a summary to print.

    `keep` earlier catalogues are kept for switching back. After an interruption, the current catalogue stays in use,
    and the next run removes the unfinished one. Raises IndexingError and ModelFileError.
    """
    with ExitStack() as opened:
        built = _open_set(models_dir, opened)
        connection = opened.enter_context(writer(url))
        connection.execute(META)
        require_pgvector(connection, describe(url))
        _remove_unfinished(connection)
        version = _insert_version(connection, built)
        schema = schema_of(version)
        connection.execute(create_tables(schema, len(built.films), built.manifest.dimension))
        copy_rows(connection, schema, built)
        with connect(url) as observer:
            make_indexes(connection, observer, schema, len(built.films), built.manifest.dimension)
        _check(connection, schema, built)
        _switch(connection, version)
        dropped = _drop_earlier(connection, version, keep)
    return (
        f"Published {built.manifest.count:,} films as version {version}; readers use it from now on. "
        f"Earlier versions removed: {', '.join(map(str, dropped)) or 'none'}"
    )


def switch(url: str, version: int) -> str:
    """Switch readers to a kept earlier catalogue; return a summary to print.

    Raises IndexingError, and ModelFileError if the catalogue was published by another version of this program.
    """
    with writer(url) as connection:
        kept = [row[0] for row in _versions(connection)]
        if version not in kept:
            raise IndexingError(f"Version {version} is not there; choose from: {', '.join(map(str, kept)) or 'none'}")
        with connection.transaction():
            _switch(connection, version)
            require_own(current(connection, describe(url)), describe(url))
    return f"Readers use version {version} from now on."


def _drop_earlier(connection: Connection, current: int, keep: int) -> list[int]:
    """Remove all but the current catalogue and the `keep` latest others; return the removed versions."""
    others = [version for (version,) in _versions(connection) if version != current]
    dropped = others[: max(len(others) - keep, 0)]
    for version in dropped:
        _drop(connection, version)
    return dropped


def _open_set(models_dir: Path, opened: ExitStack) -> BuiltSet:
    """Open the set in models_dir after checking it against its manifest."""
    manifest = read_manifest(models_dir)
    if manifest is None:
        raise IndexingError(f"{models_dir} has no manifest; run: {BUILD_COMMAND}, or: {ACCEPT_COMMAND}")
    if manifest.template_version != TEMPLATE_VERSION:
        raise IndexingError(
            f"{models_dir} was built with template version {manifest.template_version}, this program uses "
            f"{TEMPLATE_VERSION}; run: {BUILD_COMMAND}"
        )
    check_files(models_dir, manifest)
    serving = models_dir / SERVING_DIRECTORY
    films = MovieMap.open(serving)
    opened.callback(films.close)
    vectors = opened.enter_context(StoredVectors(models_dir / INDEX_FILE, manifest.dimension))
    return BuiltSet(manifest, films, vectors, LexicalIndex.open(serving), serving)


def _insert_version(connection: Connection, built: BuiltSet) -> int:
    manifest = built.manifest
    values = {
        "layout_version": LAYOUT_VERSION,
        "films": manifest.count,
        "model_id": manifest.model_id,
        "dimension": manifest.dimension,
        "template_version": manifest.template_version,
        "ranking_version": RANKING_VERSION,
        "index_version": manifest.version,
        "built_at": manifest.created_at,
        "mean_length": built.words.mean_length,
    }
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING version").format(
        sql.Identifier(META_SCHEMA, "catalogues"),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
    )
    row = connection.execute(statement, values).fetchone()
    assert row is not None  # noqa: S101
    return int(row[0])


def _check(connection: Connection, schema: str, built: BuiltSet) -> None:
    """Compare the number of films and a sample of vectors with the files; raises IndexingError."""
    films, vectors = (sql.Identifier(schema, table) for table in ("films", "vectors"))
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(films)).fetchone()
    count = len(built.films)
    if row is None or row[0] != count:
        raise IndexingError(f"{row and row[0]} of {count} films arrived; publish again")
    sample = np.unique(np.linspace(0, count - 1, _SAMPLE).astype(np.int64))
    expected = unit(built.vectors.rows(sample))
    statement = sql.SQL("SELECT handle, vector FROM {} WHERE handle = ANY(%s) ORDER BY handle").format(vectors)
    found = np.array([row[1].to_numpy() for row in connection.execute(statement, (sample.tolist(),))], np.float32)
    if not _agree(found, expected):
        raise IndexingError("The vectors in the database differ from those in models/; publish again")


def _agree(found: NDArray[np.float32], expected: NDArray[np.float32]) -> bool:
    return found.shape == expected.shape and bool(np.abs(found - expected).max() <= _MAX_DIFFERENCE)


def _switch(connection: Connection, version: int) -> None:
    with connection.transaction():
        ready = sql.SQL("UPDATE {} SET is_ready = true WHERE version = %s")
        connection.execute(ready.format(sql.Identifier(META_SCHEMA, "catalogues")), (version,))
        current = sql.SQL(
            "INSERT INTO {} (version) VALUES (%s) ON CONFLICT (is_only) DO UPDATE SET version = excluded.version"
        )
        connection.execute(current.format(sql.Identifier(META_SCHEMA, "current")), (version,))


def _versions(connection: Connection) -> list[tuple[int]]:
    """Return the versions that can be served, earliest first."""
    statement = sql.SQL("SELECT version FROM {} WHERE is_ready ORDER BY version")
    return connection.execute(statement.format(sql.Identifier(META_SCHEMA, "catalogues"))).fetchall()


def _remove_unfinished(connection: Connection) -> None:
    """Remove the unfinished catalogues of interrupted runs."""
    statement = sql.SQL("SELECT version FROM {} WHERE NOT is_ready")
    for (version,) in connection.execute(statement.format(sql.Identifier(META_SCHEMA, "catalogues"))).fetchall():
        say(f"Removing version {version}, which was not finished")
        _drop(connection, version)


def _drop(connection: Connection, version: int) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema_of(version))))
        delete = sql.SQL("DELETE FROM {} WHERE version = %s")
        connection.execute(delete.format(sql.Identifier(META_SCHEMA, "catalogues")), (version,))
