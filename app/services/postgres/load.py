"""Opening of a catalogue in PostgreSQL."""

from pathlib import Path

from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.postgres.database import Database
from app.services.postgres.source import PostgresSource

_CONNECTIONS_BESIDE_REQUESTS = 1
"""For the watcher, which looks for new versions."""

_STATEMENT_SHARE = 0.8
"""Share of a request's time limit after which a statement is cancelled, before its caller gives up."""


def open_source(
    url: str,
    models_dir: Path,
    *,
    concurrent: int,
    request_seconds: float,
    encoder_threads: int = 1,
    query_cache_size: int = 0,
) -> PostgresSource:
    """Return the source of the catalogue at `url`; `concurrent` requests use it at once.

    The database need not be reachable yet. Raises ModelFileError if the URL cannot be parsed.
    """
    database = Database(
        url,
        connections=concurrent + _CONNECTIONS_BESIDE_REQUESTS,
        statement_seconds=_STATEMENT_SHARE * request_seconds,
    )
    model = models_dir / MODEL_DIRECTORY
    return PostgresSource(database, lambda: TextEncoder.from_directory(model, encoder_threads), query_cache_size)
