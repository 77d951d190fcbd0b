"""Cast, directors and keywords from a separate file, such as credits.csv of The Movies Dataset."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.indexing.catalogue.columns import map_columns
from app.indexing.catalogue.fields.cells import MAX_MOVIE_ID, integer, is_missing
from app.indexing.catalogue.fields.names import names
from app.indexing.catalogue.fields.people import cast_of, directors_of
from app.indexing.catalogue.files.opening import open_catalogue_file
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.rows import FileOptions, Row
from app.indexing.errors import IndexingError

Names = tuple[str, ...]

_NAME_FIELDS = ("cast", "crew", "credits", "directors", "keywords")


@dataclass(slots=True)
class Credits:
    """Cast, directors and keywords by film id."""

    by_id: dict[int, tuple[Names, Names, Names]] = field(default_factory=dict)
    is_given: bool = False
    skipped: Counter[str] = field(default_factory=Counter)
    _used: int = 0

    def complete(self, movie: Movie) -> Movie:
        """Return the film with missing cast, directors and keywords filled in."""
        found = self.by_id.get(movie.movie_id) if self.is_given else None
        if found is None:
            return movie
        self._used += 1
        cast, directors, keywords = found
        return replace(
            movie,
            cast=movie.cast or cast,
            directors=movie.directors or directors,
            keywords=movie.keywords or keywords,
        )

    def notes(self) -> list[str]:
        """Return how many films have credits, as lines to print."""
        if not self.is_given:
            return []
        lost = [f"  skipped {count:,} in {what}" for what, count in self.skipped.items()]
        return [f"  credits: {self._used:,} films of the {len(self.by_id):,} in --credits", *lost]


def read_credits(paths: Iterable[Path]) -> Credits:
    """Read the files that `--credits` names.

    Raises:
        IndexingError: A file is missing, damaged, or has no film ids with cast, crew or keywords.
    """
    credits = Credits()
    for path in paths:
        credits.is_given = True
        with open_catalogue_file(path, FileOptions(needed=("id",))) as file:
            for row in file.rows:
                reason = _add(credits, row, path) if isinstance(row, Row) else row.reason
                if reason:
                    credits.skipped[f"{path.name}: {reason}"] += 1
        if not credits.by_id:
            raise IndexingError(f"{path} has no film ids with cast, crew or keywords: is it a file of credits?")
    return credits


def _add(credits: Credits, row: Row, path: Path) -> str | None:
    """Add a row's names to those of its film; return why they were skipped, or None."""
    fields = row.columns.fields
    if not any(fields[name] for name in _NAME_FIELDS):
        raise IndexingError(
            f"{path} has no column for cast, crew or keywords: give the file of credits. "
            f"Its columns: {', '.join(map_columns(tuple(row.values)).used)}"
        )

    def values(name: str) -> list[object]:
        return [row.values.get(column) for column in fields[name]]

    movie_id = next((number for value in values("id") if (number := integer(value)) is not None), None)
    if movie_id is None or not 0 < movie_id <= MAX_MOVIE_ID:
        return "id is not a positive whole number"
    found = (
        cast_of(values("cast"), values("credits")),
        directors_of(values("directors"), [*values("credits"), *values("crew")]),
        next(filter(None, map(names, values("keywords"))), ()),
    )
    before = credits.by_id.get(movie_id, ((), (), ()))
    if any(merged := tuple(old or new for old, new in zip(before, found, strict=True))):
        credits.by_id[movie_id] = (merged[0], merged[1], merged[2])
    is_filled = any(not is_missing(value) for name in ("cast", "directors", "keywords") for value in values(name))
    return "no name could be read" if is_filled and not any(found) else None
