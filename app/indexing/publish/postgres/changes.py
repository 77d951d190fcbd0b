"""Changes of single films in the current catalogue: `upsert` and `delete`, each one transaction."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.movie import Movie
from app.indexing.errors import IndexingError
from app.indexing.index.embeddings import encode_film
from app.indexing.index.film_map import film_of
from app.indexing.publish.postgres.connection import current, writer
from app.indexing.publish.postgres.films import film_row, film_terms
from app.indexing.publish.postgres.tables import TABLES
from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.movie_record import MovieRecord, write_record
from app.services.postgres.database import describe
from app.services.postgres.layout import IDF_OF_NEW_TERM, META_SCHEMA, schema_of
from app.services.postgres.published import require_own
from app.services.vectors import Vector


def upsert(movies: Sequence[Movie], models_dir: Path, url: str) -> str:
    """Add films to the current catalogue, or replace those with the same ids; return a summary to print.

    The model in models_dir encodes them; it must be the one that made the catalogue. Raises IndexingError and
    ModelFileError.
    """
    films = [film_of(movie) for movie in movies]
    with TextEncoder.from_directory(models_dir / MODEL_DIRECTORY) as encoder, writer(url) as connection:
        change = _Change(connection, describe(url), encoder.spec)
        vectors = [encode_film(encoder, film) for film in films]
        with connection.transaction():
            replaced = len(change.remove([film.movie_id for film in films]))
            change.add(films, vectors)
            change.finish()
    return f"{len(films) - replaced:,} films added, {replaced:,} replaced; readers see them within seconds."


def delete(movie_ids: Sequence[int], url: str) -> str:
    """Remove films from the current catalogue; return a summary to print. Raises IndexingError."""
    with writer(url) as connection:
        change = _Change(connection, describe(url))
        with connection.transaction():
            removed = change.remove(movie_ids)
            if unknown := sorted(set(movie_ids) - removed):
                listed = shortened(", ".join(map(str, unknown)), 200)
                raise IndexingError(
                    f"{len(unknown)} of these ids are not in the catalogue: {listed}; no film was removed, check them"
                )
            change.finish()
    return f"{len(removed):,} films removed; readers no longer see them within seconds."


class _Change:
    """A change of the current catalogue, inside a transaction of the caller."""

    def __init__(self, connection: psycopg.Connection[Any], name: str, spec: ModelSpec | None = None) -> None:
        """`name` is that of the database. Raises ModelFileError if the catalogue is of another program or model."""
        published = current(connection, name)
        require_own(published, name, spec)
        register_vector(connection)
        self._connection = connection
        self._schema = schema_of(published.version)
        names = {table: sql.Identifier(self._schema, table) for table in (*TABLES, "changes")}
        meta = {"catalogues": sql.Identifier(META_SCHEMA, "catalogues"), "version": sql.Literal(published.version)}
        self._names = names | meta
        self._mean_length = published.mean_length
        self._revision = published.revision + 1

    def remove(self, movie_ids: Iterable[int]) -> set[int]:
        """Remove films by id; return the ids of those that there were.

        Their records and vectors are kept until the catalogue is published again, because readers look them up that
        have not noticed the change yet. So are their postings, which readers join with the films.
        """
        deleted = self._run(
            "DELETE FROM {films} WHERE movie_id = ANY(%s) RETURNING handle, movie_id", list(set(movie_ids))
        ).fetchall()
        handles = [handle for handle, _ in deleted]
        self._run("DELETE FROM {film_terms} WHERE handle = ANY(%s)", handles)
        self._run("INSERT INTO {changes} SELECT %s, unnest(%s::int[]), false", self._revision, handles)
        return {movie_id for _, movie_id in deleted}

    def add(self, films: Sequence[MovieRecord], vectors: Sequence[Vector]) -> None:
        """Add new films. No handle is used twice, so that no film gets the words of another."""
        sequence = f"{self._schema}.films"
        handles = self._run(
            "SELECT nextval(pg_get_serial_sequence(%s, 'handle'))::int FROM generate_series(1, %s)",
            sequence,
            len(films),
        )
        with self._connection.pipeline():
            for (handle,), film, vector in zip(handles, films, vectors, strict=True):
                self._add(handle, film, vector)

    def finish(self) -> None:
        """Raise the revision, by which readers notice the change."""
        self._run("UPDATE {catalogues} SET revision = %s WHERE version = {version}", self._revision)

    def _add(self, handle: int, film: MovieRecord, vector: Vector) -> None:
        self._run(
            "INSERT INTO {films} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *film_row(handle, film, vector),
        )
        self._run("INSERT INTO {vectors} VALUES (%s, %s)", handle, vector)
        self._run("INSERT INTO {records} VALUES (%s, %s)", handle, write_record(film).decode())
        self._run("INSERT INTO {changes} VALUES (%s, %s, true)", self._revision, handle)
        terms = film_terms(film, self._mean_length)
        self._run(
            "INSERT INTO {terms} SELECT unnest(%s::bigint[]), %s ON CONFLICT (term) DO NOTHING",
            *(terms.keys, IDF_OF_NEW_TERM),
        )
        self._run(
            "INSERT INTO {film_terms} SELECT %s, array_agg(q.term), array_agg((t.idf * q.saturation)::real) "
            "FROM unnest(%s::bigint[], %s::float8[]) AS q(term, saturation) JOIN {terms} t USING (term) "
            "HAVING count(*) > 0",
            *(handle, terms.keys, terms.saturations),
        )
        self._run(
            "INSERT INTO {postings} (term, films, weights) SELECT q.term, ARRAY[%s::int], ARRAY[t.idf * q.saturation] "
            "FROM unnest(%s::bigint[], %s::float8[]) AS q(term, saturation) JOIN {terms} t USING (term)",
            *(handle, terms.keys, terms.saturations),
        )

    def _run(self, statement: LiteralString, *parameters: object) -> psycopg.Cursor[Any]:
        """Run a statement that names the tables of the current catalogue in braces."""
        return self._connection.execute(sql.SQL(statement).format(**self._names), parameters)
