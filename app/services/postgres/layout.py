"""The layout of published catalogues in the database: names and versions, for readers and the publisher.

The schema `recommender` lists the catalogues and names the current one. Each catalogue has its own schema, whose tables
are written once and indexed. Later, single films are removed and added; `changes` lists these changes by revision.
"""

LAYOUT_VERSION = 4
"""Version of the tables; another version is refused."""

META_SCHEMA = "recommender"

PUBLISH_COMMAND = "python -m app.indexing publish --to URL"

UNKNOWN_VOTE_COUNT = -1

IDF_OF_NEW_TERM = 1.0
"""The idf of terms that no published film had, which is that of a term of one film; other terms keep their idf."""

READERS_FILES = (
    *("titles_*.npy", "title_keys_*.npy", "people_*.npy", "movies_vote_counts.npy", "movies_years.npy"),
    *("lexical_term_keys.npy", "lexical_idf.npy", "lexical_offsets.npy"),
)
"""The files of the index that readers hold in memory, stored as a whole."""

PEOPLE_WEIGHTS_FILE = "people_weights.npy"
"""Stored with them: the weights by which people are ordered."""


def schema_of(version: int) -> str:
    """Return the name of the schema of a catalogue."""
    return f"catalogue_{version}"
