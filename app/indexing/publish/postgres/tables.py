"""The tables of published catalogues, and the statements that make, fill and index them."""

from psycopg import sql

from app.services.postgres.layout import META_SCHEMA

HNSW_NEIGHBOURS = 16
HNSW_CANDIDATES = 64
"""m and ef_construction of the vector index: pgvector's defaults, which give recall@10 of 0.97 at 34,517 films."""

META = sql.SQL(
    """
    CREATE SCHEMA IF NOT EXISTS {meta};
    CREATE EXTENSION IF NOT EXISTS vector;
    CREATE TABLE IF NOT EXISTS {meta}.catalogues (
        version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_ready boolean NOT NULL DEFAULT false,
        revision bigint NOT NULL DEFAULT 0,
        layout_version integer NOT NULL,
        films bigint NOT NULL,
        model_id text NOT NULL,
        dimension integer NOT NULL,
        template_version integer NOT NULL,
        ranking_version integer NOT NULL,
        index_version text,
        built_at text,
        mean_length float8 NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE IF NOT EXISTS {meta}.current (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        version bigint NOT NULL REFERENCES {meta}.catalogues
    );
    """
).format(meta=sql.Identifier(META_SCHEMA))

_TABLES = """
    CREATE SCHEMA {schema};
    CREATE TABLE {schema}.films (
        handle bigint NOT NULL,
        movie_id bigint NOT NULL,
        year smallint NOT NULL,
        vote_count integer NOT NULL,
        vote_average integer,
        runtime smallint,
        is_tv boolean NOT NULL,
        language text,
        genres text[] NOT NULL,
        directors text[] NOT NULL,
        keywords text[] NOT NULL,
        record text NOT NULL,
        vector vector({dimension}) NOT NULL
    );
    CREATE TABLE {schema}.terms (term bigint NOT NULL, idf real NOT NULL, films integer NOT NULL);
    CREATE TABLE {schema}.postings (term bigint NOT NULL, film bigint NOT NULL, weight real NOT NULL);
    CREATE TABLE {schema}.genres (name text PRIMARY KEY, films integer NOT NULL);
    CREATE TABLE {schema}.languages (name text PRIMARY KEY, films integer NOT NULL);
    CREATE TABLE {schema}.files (name text PRIMARY KEY, content bytea NOT NULL);
"""

INDEXES = {
    "films by number": "ALTER TABLE {schema}.films ADD PRIMARY KEY (handle)",
    "films by id": "CREATE UNIQUE INDEX films_by_id ON {schema}.films (movie_id) INCLUDE (handle)",
    "films by year": "CREATE INDEX films_by_year ON {schema}.films (year)",
    "films by genre": "CREATE INDEX films_by_genre ON {schema}.films USING gin (genres)",
    "films by director": "CREATE INDEX films_by_director ON {schema}.films USING gin (directors)",
    "films by keyword": "CREATE INDEX films_by_keyword ON {schema}.films USING gin (keywords)",
    "films by language": "CREATE INDEX films_by_language ON {schema}.films (language)",
    "terms": "ALTER TABLE {schema}.terms ADD PRIMARY KEY (term)",
    "postings": "CREATE UNIQUE INDEX postings_by_term ON {schema}.postings (term, film) INCLUDE (weight)",
    "postings by film": "CREATE INDEX postings_by_film ON {schema}.postings (film)",
    "vectors": (
        "CREATE INDEX films_by_vector ON {schema}.films USING hnsw (vector vector_cosine_ops) "
        f"WITH (m = {HNSW_NEIGHBOURS}, ef_construction = {HNSW_CANDIDATES})"
    ),
}
"""Statements by what they index. They run after the rows are there, which takes a fraction of the time."""


def create_tables(schema: str, dimension: int) -> sql.Composed:
    """Return the statements that make the schema and the tables of one catalogue."""
    return sql.SQL(_TABLES).format(schema=sql.Identifier(schema), dimension=sql.Literal(dimension))
