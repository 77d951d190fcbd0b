"""Changes of single films in the current catalogue: `upsert` and `delete`, each one transaction."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from app.indexing.catalogue.movie import Movie
from app.indexing.errors import IndexingError
from app.indexing.index.embeddings import encode_film
from app.indexing.index.film_map import film_of
from app.indexing.index.index_files import write_name_files
from app.indexing.publish.postgres.connection import current_version, register_vectors, writer
from app.indexing.publish.postgres.copying import name_files, store_files
from app.indexing.publish.postgres.films import film_row, film_terms
from app.indexing.publish.postgres.tables import TABLES
from app.services.encoder.text_encoder import TextEncoder
from app.services.local.files.model_files import MODEL_DIRECTORY
from app.services.movie_record import MovieRecord, read_record, write_record
from app.services.postgres.layout import META_SCHEMA, schema_of

_IDF_OF_NEW_TERM = 1.0
"""The idf of new terms, which is that of a term of one film; other terms keep the idf of the build."""


def upsert(movies: Sequence[Movie], models_dir: Path, url: str) -> str:
    """Add films to the current catalogue, or replace those with the same ids; return a summary to print.

    The model in models_dir encodes them; it must be the one that made the catalogue. Raises IndexingError and
    ModelFileError.
    """
    films = [film_of(movie) for movie in movies]
    with TextEncoder.from_directory(models_dir / MODEL_DIRECTORY) as encoder, writer(url) as connection:
        change = _Change(connection)
        change.require_model(encoder.spec.model_id)
        vectors = [encode_film(encoder, film) for film in films]
        with connection.transaction():
            replaced = change.remove([film.movie_id for film in films])
            for film, vector in zip(films, vectors, strict=True):
                change.add(film, vector)
            change.finish()
    return f"{len(films) - replaced:,} films added, {replaced:,} replaced; readers see them within seconds."


def delete(movie_ids: Sequence[int], url: str) -> str:
    """Remove films from the current catalogue; return a summary to print. Raises IndexingError."""
    with writer(url) as connection:
        change = _Change(connection)
        with connection.transaction():
            removed = change.remove(movie_ids)
            if removed < len(set(movie_ids)):
                unknown = len(set(movie_ids)) - removed
                raise IndexingError(f"{unknown} of these ids are not in the catalogue: no film was removed")
            change.finish()
    return f"{removed:,} films removed; readers no longer see them within seconds."


_NO_FILM = MovieRecord(0, "", None, None, (), None, None, None, None)


class _Change:
    """A change of the current catalogue, inside a transaction of the caller."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        register_vectors(connection)
        self._version = current_version(connection)
        self._schema = schema_of(self._version)
        self._model_id, self._mean_length = self._one(
            "SELECT model_id, mean_length FROM {catalogues} WHERE version = %s", self._version
        )

    def require_model(self, model_id: str) -> None:
        """Raise IndexingError if another model made the catalogue."""
        if model_id != self._model_id:
            raise IndexingError(f"{self._model_id} made the catalogue, {model_id} is in models/: use that model")

    def remove(self, movie_ids: Iterable[int]) -> int:
        """Remove films by id; return how many there were.

        Their postings are kept until the catalogue is published again, because readers join them with the films.
        """
        ids = list(dict.fromkeys(movie_ids))
        deleted = self._run("DELETE FROM {films} WHERE movie_id = ANY(%s) RETURNING handle", (ids,)).fetchall()
        handles = [handle for (handle,) in deleted]
        for statement in (
            "DELETE FROM {vectors} WHERE handle = ANY(%s)",
            "DELETE FROM {film_terms} WHERE handle = ANY(%s)",
        ):
            self._run(statement, (handles,))
        rows = self._run("DELETE FROM {records} WHERE handle = ANY(%s) RETURNING record", (handles,)).fetchall()
        for (record,) in rows:
            film = read_record(record.encode())
            terms = film_terms(film, self._mean_length)
            self._run("UPDATE {terms} SET films = films - 1 WHERE term = ANY(%s)", (terms.keys,))
            self._count(film, -1)
        return len(handles)

    def add(self, film: MovieRecord, vector: Any) -> None:  # noqa: ANN401
        """Add a new film. No handle is used twice, so that no film gets the words of another."""
        (handle,) = self._one("SELECT nextval(pg_get_serial_sequence(%s, 'handle'))::int", f"{self._schema}.films")
        self._run(
            "INSERT INTO {films} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            film_row(handle, film, vector),
        )
        self._run("INSERT INTO {vectors} VALUES (%s, %s)", (handle, vector))
        self._run("INSERT INTO {records} VALUES (%s, %s)", (handle, write_record(film).decode()))
        terms = film_terms(film, self._mean_length)
        self._run(
            "INSERT INTO {terms} (term, idf, films) SELECT unnest(%s::bigint[]), %s, 1 "
            "ON CONFLICT (term) DO UPDATE SET films = terms.films + 1",
            (terms.keys, _IDF_OF_NEW_TERM),
        )
        self._run(
            "INSERT INTO {film_terms} SELECT %s, array_agg(q.term), array_agg((t.idf * q.saturation)::real) "
            "FROM unnest(%s::bigint[], %s::float8[]) AS q(term, saturation) JOIN {terms} t USING (term) "
            "HAVING count(*) > 0",
            (handle, terms.keys, terms.saturations),
        )
        self._run(
            "INSERT INTO {postings} (term, films, weights) SELECT q.term, ARRAY[%s::int], ARRAY[t.idf * q.saturation] "
            "FROM unnest(%s::bigint[], %s::float8[]) AS q(term, saturation) JOIN {terms} t USING (term)",
            (handle, terms.keys, terms.saturations),
        )
        self._count(film, 1)

    def finish(self) -> None:
        """Rebuild the indexes of names, and raise the revision, by which readers notice the change."""
        with tempfile.TemporaryDirectory(prefix="names-") as scratch:
            write_name_files(self._films_by_handle(), Path(scratch))
            with self._connection.cursor() as cursor:
                store_files(cursor, self._schema, name_files(Path(scratch)))
        self._run(
            "UPDATE {catalogues} SET revision = revision + 1, films = (SELECT count(*) FROM {films}) "
            "WHERE version = %s",
            (self._version,),
        )

    def _films_by_handle(self) -> list[MovieRecord]:
        """Return the films by handle, with a film without a name for each unused handle."""
        rows = self._run("SELECT handle, record FROM {records} ORDER BY handle", ()).fetchall()
        films = [_NO_FILM] * (rows[-1][0] + 1 if rows else 0)
        for handle, record in rows:
            films[handle] = read_record(record.encode())
        return films

    def _count(self, film: MovieRecord, by: int) -> None:
        statement = (
            "INSERT INTO {table} (name, films) SELECT unnest(%s::text[]), %s "
            "ON CONFLICT (name) DO UPDATE SET films = {short}.films + excluded.films"
        )
        languages = [film.original_language] if film.original_language else []
        for table, names in (("genres", list(film.genres)), ("languages", languages)):
            self._run(statement, (names, by), table=table)

    def _one(self, statement: LiteralString, *parameters: object) -> tuple[Any, ...]:
        rows = self._run(statement, parameters).fetchall()
        (row,) = rows
        return tuple(row)

    def _run(self, statement: LiteralString, parameters: Sequence[Any], *, table: str = "films") -> psycopg.Cursor[Any]:
        """Run a statement that names the tables of the current catalogue in braces."""
        names = {name: sql.Identifier(self._schema, name) for name in TABLES}
        names["catalogues"] = sql.Identifier(META_SCHEMA, "catalogues")
        names |= {"table": sql.Identifier(self._schema, table), "short": sql.Identifier(table)}
        return self._connection.execute(sql.SQL(statement).format(**names), parameters)
