"""The layout of published catalogues in the database: names and versions, for readers and the publisher.

The schema `recommender` lists the catalogues and names the current one. Each catalogue has its own schema, whose tables
are written once, indexed, and then changed only by single films.
"""

LAYOUT_VERSION = 3
"""Version of the tables; another version is refused."""

META_SCHEMA = "recommender"

PUBLISH_COMMAND = "python -m app.indexing publish --to URL"

UNKNOWN_VOTE_COUNT = -1

NAME_FILES_PREFIXES = ("titles_", "title_keys_", "people_")
"""Files of the indexes of titles and people, stored as a whole because readers hold these indexes in memory."""


def schema_of(version: int) -> str:
    """Return the name of the schema of a catalogue."""
    return f"catalogue_{version}"
