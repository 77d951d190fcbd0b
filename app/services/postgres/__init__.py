"""The catalogue in PostgreSQL with pgvector; imported only if CATALOGUE_URL is set."""
