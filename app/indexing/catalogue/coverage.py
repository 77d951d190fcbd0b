"""Counts of the fields that films have, and of the cells whose values could not be read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from app.indexing.catalogue.columns import ColumnMap, column_key, shortened
from app.indexing.catalogue.fields.cells import is_missing
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.rows import Row

_COLUMNS: dict[str, tuple[str, ...]] = {
    "year": ("release_date", "year"),
    "release_date": ("release_date",),
    "genres": ("genres",),
    "keywords": ("keywords",),
    "directors": ("directors", "crew", "credits"),
    "cast": ("cast", "credits"),
    "original_title": ("original_title",),
    "original_language": ("original_language",),
    "runtime": ("runtime",),
    "vote_average": ("vote_average",),
    "vote_count": ("vote_count",),
    "popularity": ("popularity",),
    "poster_path": ("poster_path",),
    "imdb_id": ("imdb_id",),
}
"""The attributes of a film that are counted, and the fields whose columns hold them."""

_READ = {name: _COLUMNS[name][:1] if name == "directors" else fields for name, fields in _COLUMNS.items()}
_UNREAD_FIELDS = {name: fields for name, fields in _READ.items() if name != "release_date"}
_all_attributes = attrgetter(*_COLUMNS)
_AMBIGUOUS_COLUMNS = frozenset({"rating", "score", "date", "release", "tags", "length"})
"""Names of columns that often hold something else: unreadable values in them are not reported."""

_NO_VALUE = (0, "0", "0.0", "0,0")
_MAX_COLUMNS = 200
_MIN_ROWS_FOR_SHARE = 20
_NEARLY_NOTHING = 0.01
_MAX_STARS = 5.0


@dataclass(slots=True)
class Coverage:
    """How many films have each field."""

    count: int = 0
    having: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, movies: Iterable[Movie]) -> "Coverage":
        """Count the fields of films."""
        coverage = cls()
        for movie in movies:
            coverage.add(movie)
        return coverage

    def add(self, movie: Movie) -> None:
        """Count a film."""
        self.count += 1
        for name, value in zip(_COLUMNS, _all_attributes(movie), strict=True):
            if value is not None and value != ():
                self.having[name] += 1

    def line(self) -> str:
        """Return how many films have each field, as a line to print."""
        shares = (
            f"{name.replace('_', ' ')} {self.having[name]:,} ({self.having[name] / self.count:.0%})"
            for name in _COLUMNS
        )
        return f"  films that have: {', '.join(shares)}"


@dataclass(slots=True)
class Losses:
    """Columns that were not used, and filled cells whose values could not be read."""

    _seen: dict[int, ColumnMap] = field(default_factory=dict)
    _films: int = 0
    _highest_vote: float = 0.0
    _unread: Counter[str] = field(default_factory=Counter)
    _missing: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, str] = field(default_factory=dict)
    _columns: dict[str, bool] = field(default_factory=dict)
    _fields: set[str] = field(default_factory=set)
    _checked: list[str] = field(default_factory=list)

    def see_columns(self, columns: ColumnMap) -> None:
        """Record the columns of a row."""
        if id(columns) in self._seen:
            return
        self._seen[id(columns)] = columns  # the reference keeps the id from being reused
        if len(self._columns) < _MAX_COLUMNS:
            self._columns |= dict.fromkeys(columns.unused, False) | dict.fromkeys(columns.used, True)
        self._fields.update(name for name, found in columns.fields.items() if found)
        self._checked = [name for name, fields in _UNREAD_FIELDS.items() if self._fields.intersection(fields)]

    def add(self, movie: Movie, row: Row) -> None:
        """Count the fields that a film does not have although its row has a filled cell for them."""
        self._films += 1
        self._highest_vote = max(self._highest_vote, movie.vote_average or 0.0)
        for name in self._checked:
            value = getattr(movie, name)
            if value is None or value == ():
                self._missing[name] += 1
                self._add_unread(name, row)

    def _add_unread(self, name: str, row: Row) -> None:
        for source in _UNREAD_FIELDS[name]:
            for column in row.columns.fields[source]:
                value = row.values.get(column)
                if not is_missing(value) and value not in _NO_VALUE and column_key(column) not in _AMBIGUOUS_COLUMNS:
                    self._unread[name] += 1
                    self._examples.setdefault(name, f"{column}: {shortened(str(value)[:200], 60)}")
                    return

    @property
    def all_columns(self) -> list[str]:
        """The columns of the file."""
        return list(self._columns)

    def has_column_for(self, field_name: str) -> bool:
        """Return whether any row has a column for a field."""
        return field_name in self._fields

    def unused(self) -> list[str]:
        """Return the columns that were not used."""
        return [column for column, used in self._columns.items() if not used]

    def notes(self) -> list[str]:
        """Return the unused columns and the unreadable values, as lines to print."""
        lines = [f"  columns not used: {shortened(', '.join(self.unused()), 400)}"] if self.unused() else []
        lines += [
            f"  not read {count:,}: {name.replace('_', ' ')} (first: {self._examples[name]})"
            for name, count in self._unread.items()
        ]
        return lines

    def warnings(self) -> list[str]:
        """Return a warning for each field whose columns gave almost no values."""
        found = []
        for name, sources in _UNREAD_FIELDS.items():
            having, unread = self._films - self._missing[name], self._unread[name]
            label = name.replace("_", " ")
            if unread > having:
                filled = f"{unread:,} of {unread + having:,} filled cells"
                found.append(f"{label}: {filled} could not be read ({self._examples[name]})")
            elif (
                self._films >= _MIN_ROWS_FOR_SHARE
                and self._fields.intersection(sources)
                and having <= _NEARLY_NOTHING * self._films
            ):
                found.append(f"{label}: there is a column for it, but only {having:,} of {self._films:,} films have it")
        if 0 < self._highest_vote <= _MAX_STARS and self._films >= _MIN_ROWS_FOR_SHARE:
            found.append(
                f"vote average: the highest is {self._highest_vote:g}, so the votes seem to be stars out of 5, but are "
                "read as points out of 10: double them in the file"
            )
        return found
