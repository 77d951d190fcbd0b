"""Films of a catalogue file: the rows that can be used and pass the options.

Rows that are not films are skipped and counted by reason, never fatal.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.indexing.catalogue.files.opening import open_catalogue_file
from app.indexing.catalogue.movie import Movie, movie_from_row
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.report import Report, report_writer
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row, UnusableRowError
from app.indexing.errors import IndexingError

_EXCERPT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The films of a catalogue file in the file's order, and what became of its other rows.

    `skipped` counts rows that are no usable films, by reason; `filtered` counts films that the options left out, by
    option; `remarks` counts what was put right on the way; `first_skipped` tells for each reason where it first came.
    """

    format_name: str
    movies: list[Movie]
    skipped: dict[str, int]
    filtered: dict[str, int]
    remarks: dict[str, int]
    first_skipped: dict[str, str]

    def summary(self) -> list[str]:
        """Return what was read and left out, as lines to print."""
        lines = [f"{self.format_name}: {len(self.movies):,} films"]
        for reason, count in sorted(self.skipped.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"  skipped {count:,}: {reason} (first: {self.first_skipped[reason]})")
        lines += [f"  left out {count:,}: {option}" for option, count in self.filtered.items()]
        lines += [f"  put right {count:,}: {remark}" for remark, count in self.remarks.items()]
        return lines


def read_catalogue(path: Path, options: ReaderOptions | None = None) -> Catalogue:
    """Read the films of the catalogue at `path` that `options` ask for, in the file's order.

    With a limit, memory holds no more than the films kept, however long the file is.

    Raises:
        IndexingError: The file is missing, damaged or no catalogue, or no film is left.
    """
    options = options or ReaderOptions()
    best: list[tuple[tuple[int, float, int], int, Movie]] = []
    with opened_scan(path, options) as scan:
        for position, movie in enumerate(scan.movies()):
            entry = (_rank(movie), position, movie)
            if options.limit is None:
                best.append(entry)
            elif len(best) < options.limit:
                heapq.heappush(best, entry)
            else:
                heapq.heappushpop(best, entry)
                scan.filtered[f"not among the {options.limit:,} best known (--limit)"] += 1
        catalogue = scan.catalogue([movie for _, _, movie in sorted(best, key=lambda entry: entry[1])])
    if not catalogue.movies:
        raise IndexingError(_nothing_left(path, catalogue))
    return catalogue


def _rank(movie: Movie) -> tuple[int, float, int]:
    """Return a film's place among the best known: greater is better known."""
    votes = -1 if movie.vote_count is None else movie.vote_count
    popularity = -1.0 if movie.popularity is None else movie.popularity
    return votes, popularity, -movie.movie_id


def _nothing_left(path: Path, catalogue: Catalogue) -> str:
    counts = catalogue.skipped | catalogue.filtered
    if not counts:
        return f"{path} has a header and no films: fetch it again"
    told = "; ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items(), key=lambda item: -item[1]))
    remedy = "loosen the options named" if catalogue.filtered else "`python -m app.indexing inspect FILE` tells more"
    return f"{path} ({catalogue.format_name}) has no film to index: {told}. Remedy: {remedy}"


@contextmanager
def opened_scan(path: Path, options: ReaderOptions) -> Iterator["_Scan"]:
    """Open the catalogue at `path` for one pass."""
    with open_catalogue_file(path) as file, report_writer(options.report, path) as write:
        yield _Scan(file, options, write)


class _Scan:
    """One pass over a catalogue file: yields the usable films that pass the filters, and counts all others."""

    def __init__(self, file: CatalogueFile, options: ReaderOptions, report: "Report") -> None:
        self._file = file
        self._options = options
        self._report = report
        self._seen = _IdSet()
        self._skipped: Counter[str] = Counter()
        self._first_skipped: dict[str, str] = {}
        self.filtered: Counter[str] = Counter()

    def movies(self) -> Iterator[Movie]:
        for row in self._file.rows:
            if isinstance(row, BadRow):
                self._skip(row.number, row.reason, row.excerpt)
            elif (movie := self._movie(row)) and self._passes(movie):
                yield movie

    def catalogue(self, movies: list[Movie]) -> Catalogue:
        return Catalogue(
            format_name=self._file.format_name,
            movies=movies,
            skipped=dict(self._skipped),
            filtered=dict(self.filtered),
            remarks=dict(self._file.remarks),
            first_skipped=self._first_skipped,
        )

    def _movie(self, row: Row) -> Movie | None:
        try:
            movie = movie_from_row(row.values)
        except UnusableRowError as error:
            self._skip(row.number, str(error), _excerpt(row))
            return None
        if not self._seen.add(movie.movie_id):
            self._skip(row.number, "repeated id", _excerpt(row))
            return None
        return movie

    def _skip(self, number: int, reason: str, excerpt: str) -> None:
        self._skipped[reason] += 1
        self._first_skipped.setdefault(reason, f"{self._file.unit} {number:,}")
        self._report(number, reason, excerpt)

    def _passes(self, movie: Movie) -> bool:
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


def _excerpt(row: Row) -> str:
    """Return what tells a person which row is meant: its id and title."""
    parts = [
        " ".join(str(row.values.get(column, "")).split()) for column in ("tmdb_id", "id", "title", "original_title")
    ]
    return " | ".join(dict.fromkeys(part for part in parts if part))[:_EXCERPT_LENGTH]


class _IdSet:
    """A set of positive integers, small where they lie close together: one bit each, in blocks of 1,024."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, number: int) -> bool:
        """Add `number`; return False if it was there already."""
        block, bit = number >> 10, 1 << (number & 1023)
        bits = self._blocks.get(block, 0)
        self._blocks[block] = bits | bit
        return not bits & bit
