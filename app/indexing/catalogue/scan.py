"""One pass over a catalogue file, which yields the usable films and counts all other rows."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.coverage import Losses
from app.indexing.catalogue.credits import Credits, read_credits
from app.indexing.catalogue.fields.dates import shows_day_first
from app.indexing.catalogue.fields.people import last_name_comes_first
from app.indexing.catalogue.fields.row_cells import RowCells
from app.indexing.catalogue.fields.runtimes import MINUTES, runtime_unit
from app.indexing.catalogue.files.opening import open_catalogue_file
from app.indexing.catalogue.movie import Basics, Movie, MovieReader
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.report import Report, report_writer
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row, UnusableRowError
from app.indexing.errors import IndexingError

Rank = tuple[int, float, int]

_ROWS_SAMPLED = 1000
_REPAIRED = "titles and overviews in UTF-8 that had been decoded in another encoding, such as CafÃ©"


@contextmanager
def opened_scan(path: Path, options: ReaderOptions) -> Iterator["Scan"]:
    """Open the catalogue at `path` for one pass."""
    credits = read_credits(options.credits)
    with open_catalogue_file(path, options.file_options) as file, report_writer(options.report, path) as write:
        yield Scan(path, file, options, write, credits)


class Scan:
    """Yields the usable films that pass the options, and counts all others."""

    def __init__(
        self, path: Path, file: CatalogueFile, options: ReaderOptions, report: Report, credits: Credits
    ) -> None:
        self._path = path
        self._file = file
        self._options = options
        self._report = report
        self._credits = credits
        self._reader = MovieReader(number_rows=options.number_rows)
        self._seen = _IdSet()
        self.losses = Losses()
        self.row_count = 0
        self.skipped: Counter[str] = Counter()
        self.first_skipped: dict[str, str] = {}
        self.filtered: Counter[str] = Counter()

    @property
    def format_name(self) -> str:
        """The format of the file, such as "CSV of TMDB 5000, gzip"."""
        return self._file.format_name

    @property
    def beyond_limit(self) -> str:
        """The reason under which films beyond --limit are counted."""
        return f"not among the {self._options.limit:,} best known (--limit)"

    def movies(self, is_wanted: Callable[[Rank], bool] = lambda rank: True) -> Iterator[Movie]:
        """Yield the films. A film whose rank is not wanted is only counted, as a film beyond the limit."""
        sample = list(islice(self._file.rows, _ROWS_SAMPLED))
        self._reader.day_first = _day_first(sample)
        self._reader.runtime_unit = runtime_unit(_cells(sample, "runtime"))
        self._reader.last_name_first = last_name_comes_first(_cells(sample, "directors"))
        for row in chain(sample, self._file.rows):
            self.row_count += 1
            if isinstance(row, BadRow):
                self._skip(row.number, row.reason, row.excerpt)
            elif movie := self._movie(row, is_wanted):
                yield movie
        self._check_given_columns()

    def notes(self) -> list[str]:
        """Return remarks on how the file was read, as lines to print."""
        lines = [f"  {remark}" for remark in self._file.remarks]
        if self._reader.day_first is not None:
            lines.append(f"  dates such as 4/5/1999: the {'day' if self._reader.day_first else 'month'} comes first")
        if self._reader.runtime_unit is not MINUTES:
            lines.append(f"  runtimes that are plain numbers: {self._reader.runtime_unit.name}")
        if self._reader.last_name_first:
            lines.append("  people such as Coen, Joel: the last name comes first")
        lines += [f"  {count:,} {what}" for what, count in self._file.counts.items() if count]
        lines += [f"  guessed {count:,}: {what}" for what, count in self._reader.guesses.items()]
        if self._reader.repairs:
            lines.append(f"  repaired {self._reader.repairs:,}: {_REPAIRED}")
        return lines + self._credits.notes()

    def warnings(self) -> list[str]:
        """Return problems to check before the films are used."""
        found = list(self._file.warnings)
        skipped = sum(self.skipped.values())
        if 2 * skipped > self.row_count:
            most = max(self.skipped, key=lambda reason: self.skipped[reason])
            remedy = "; --number-rows uses the rows' numbers as ids" if "id" in most.split() else ""
            found.append(f"{skipped:,} of {self.row_count:,} rows were skipped, most of them: {most}{remedy}")
        return found + self.losses.warnings()

    def _movie(self, row: Row, is_wanted: Callable[[Rank], bool]) -> Movie | None:
        self.losses.see_columns(row.columns)
        cells = RowCells(row.values, row.columns)
        try:
            basics = self._reader.basics(cells, self.row_count)
        except UnusableRowError as error:
            self._skip(row.number, str(error), _excerpt(row))
            return None
        if not self._seen.add(basics.movie_id):
            self._skip(row.number, "repeated id", _excerpt(row))
            return None
        if not self._passes(basics):
            return None
        if not is_wanted(basics.rank):
            self.filtered[self.beyond_limit] += 1
            return None
        movie = self._credits.complete(self._reader.movie(basics, cells))
        self.losses.add(movie, row)
        return movie

    def _skip(self, number: int, reason: str, excerpt: str) -> None:
        self.skipped[reason] += 1
        self.first_skipped.setdefault(reason, f"{self._file.unit} {number:,}")
        self._report(number, reason, excerpt)

    def _passes(self, movie: Basics) -> bool:
        options = self._options
        if movie.adult and not options.include_adult:
            self.filtered["marked as adult (--adult keeps them)"] += 1
        elif options.languages and movie.original_language not in options.languages:
            self.filtered["in other languages (--language)"] += 1
        elif options.min_votes and (movie.vote_count or 0) < options.min_votes:
            self.filtered[f"with fewer than {options.min_votes:,} votes (--min-votes)"] += 1
        elif len(movie.overview) < options.min_overview:
            self.filtered[f"with overviews under {options.min_overview:,} characters (--min-overview)"] += 1
        else:
            return True
        return False

    def _check_given_columns(self) -> None:
        """Refuse a given column that no row has; tables have been checked when they were opened."""
        for field, column in self._options.columns:
            if self.row_count and not self.losses.has_column_for(field):
                names = shortened(", ".join(self.losses.all_columns), 300)
                raise IndexingError(
                    f"{self._path} has no column {column} (--column {field}={column}). Its columns: {names}"
                )


def _day_first(rows: list[Row | BadRow]) -> bool | None:
    """Return whether the dates of a file have the day first: dates with a number over 12 show it."""
    orders: Counter[bool] = Counter()
    for cell in _cells(rows, "release_date"):
        first = shows_day_first(cell)
        if first is not None:
            orders[first] += 1
    return orders[True] > orders[False] if orders else None


def _cells(rows: list[Row | BadRow], field: str) -> Iterator[object]:
    """Yield the values in the columns of a field."""
    for row in rows:
        if isinstance(row, Row):
            yield from (row.values.get(column) for column in row.columns.fields[field])


def _excerpt(row: Row) -> str:
    """Return text by which a person finds the row: its ids and titles."""
    columns = (*row.columns.fields["id"], *row.columns.fields["title"])
    parts = [" ".join(str(row.values.get(column) or "").split()) for column in columns]
    return shortened(" | ".join(dict.fromkeys(part for part in parts if part)))


class _IdSet:
    """A set of positive integers with one bit for each, in blocks of 1,024; small if they lie close together."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, number: int) -> bool:
        """Add `number`; return False if the set had it already."""
        block, bit = number >> 10, 1 << (number & 1023)
        bits = self._blocks.get(block, 0)
        self._blocks[block] = bits | bit
        return not bits & bit
