"""Names of a catalogue's columns, and the fields of a film that they hold."""

from collections.abc import Mapping
from functools import lru_cache

from app.indexing.catalogue.rows import shortened
from app.indexing.errors import IndexingError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("tmdb_id", "tmdbid", "id", "movie_id"),
    "title": ("title", "original_title", "name"),
    "overview": ("overview", "synopsis", "plot", "description"),
    "genres": ("genres", "genre", "genres_list", "genre_ids"),
    "keywords": ("keywords",),
    "release_date": ("release_date", "year"),
    "original_language": ("original_language",),
    "vote_average": ("vote_average",),
    "vote_count": ("vote_count",),
    "popularity": ("popularity",),
    "poster_path": ("poster_path", "poster", "poster_url"),
    "directors": ("directors", "director", "credits", "crew"),
    "adult": ("adult",),
}
"""The names under which each field is looked for; the first that holds something is taken."""

KNOWN_COLUMNS = frozenset(name for names in COLUMNS.values() for name in names)
FORMATS_READ = "CSV, JSON, JSON Lines or Parquet, as it is or in .gz or .zip"


@lru_cache(maxsize=4096)
def column_name(name: str) -> str:
    """Return a column's name in the one spelling that COLUMNS knows: lower case, words joined by underscores."""
    return "_".join(name.replace("\ufeff", "").replace("-", " ").replace("_", " ").split()).casefold()


def check_columns(name: str, columns: list[str]) -> None:
    """Raise IndexingError if a table has no column for an id, a title or an overview."""
    missing = [
        field for field in ("id", "title", "overview") if not any(column in columns for column in COLUMNS[field])
    ]
    if len(missing) == 3:
        raise IndexingError(f"{name} is not a catalogue: its first line names no columns; give {FORMATS_READ}")
    if missing:
        wanted = "; ".join(f"{field} (or {', '.join(n for n in COLUMNS[field] if n != field)})" for field in missing)
        found = shortened(", ".join(columns), 200)
        raise IndexingError(f"{name} has no column {wanted}: a catalogue needs it. Its columns: {found}")
