"""Catalogues: files of films in any of the forms that people have, read into Movie records.

The forms are told by their content (see `catalogue_file`), their columns by name (see `movie`). Rows that are no films
are skipped and counted by reason, never fatal; what is left passes the filters of `ReaderOptions`.
"""

import argparse
import csv
import heapq
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.indexing.catalogue.catalogue_file import BadRow, CatalogueFile, Row, open_catalogue_file
from app.indexing.catalogue.movie import Movie, UnusableRowError, movie_from_row
from app.indexing.errors import IndexingError

__all__ = ["Catalogue", "Movie", "ReaderOptions", "add_reader_arguments", "inspect", "read_catalogue", "reader_options"]

_EXCERPT_LENGTH = 80
_JSON_LINES_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """Which films of a catalogue to take.

    `limit` keeps the best known films (by vote count, then popularity, then the lower id). `min_votes` drops films
    with fewer votes or none told; `languages` keeps original languages (ISO 639-1); `min_overview` is in characters;
    films marked adult are dropped unless `include_adult`. `report` names a file that lists every skipped row.
    """

    limit: int | None = None
    min_votes: int = 0
    languages: frozenset[str] = frozenset()
    include_adult: bool = False
    min_overview: int = 0
    report: Path | None = None


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
    with _opened(path, options) as scan:
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


def inspect(path: Path, options: ReaderOptions | None = None) -> str:
    """Return, as text to print, what a catalogue file is and what reading it with `options` would take and skip.

    Raises:
        IndexingError: The file is missing, damaged or no catalogue.
    """
    options = options or ReaderOptions()
    figures = _Figures()
    with _opened(path, options) as scan:
        for movie in scan.movies():
            figures.add(movie)
        catalogue = scan.catalogue([])
    return "\n".join([f"{path}: {catalogue.format_name}", *figures.lines(options.limit), *catalogue.summary()[1:]])


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose films, the same for every command that reads a catalogue."""
    group = parser.add_argument_group("which films to take")
    group.add_argument(
        "--limit", type=_positive, metavar="N", help="keep the N best known films (vote count, then popularity)"
    )
    group.add_argument(
        "--min-votes", type=_not_negative, default=0, metavar="N", help="drop films with fewer votes than N"
    )
    group.add_argument(
        "--language",
        type=_language_code,
        action="append",
        default=[],
        metavar="CODE",
        help="keep films of this original language, such as en or fr; may be given more than once",
    )
    group.add_argument(
        "--adult",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="keep or drop films that the catalogue marks as adult (dropped unless asked for)",
    )
    group.add_argument(
        "--min-overview",
        type=_not_negative,
        default=0,
        metavar="N",
        help="drop films with overviews under N characters",
    )
    group.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="list every skipped row in FILE, with its place and reason (CSV; JSON Lines if FILE ends in .jsonl)",
    )


def reader_options(args: argparse.Namespace) -> ReaderOptions:
    """Return the options that `add_reader_arguments` put into `args`."""
    return ReaderOptions(
        limit=args.limit,
        min_votes=args.min_votes,
        languages=frozenset(args.language),
        include_adult=args.adult,
        min_overview=args.min_overview,
        report=args.report,
    )


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


# --- one pass over a file ---------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path, options: ReaderOptions) -> Iterator["_Scan"]:
    with open_catalogue_file(path) as file, _report_writer(options.report, path) as write:
        yield _Scan(file, options, write)


class _Scan:
    """One pass over a catalogue file: yields the usable films that pass the filters, and counts all others."""

    def __init__(self, file: CatalogueFile, options: ReaderOptions, report: "_Report") -> None:
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


# --- the report of skipped rows ---------------------------------------------------------------------------------------

_Report = Callable[[int, str, str], None]


@contextmanager
def _report_writer(report: Path | None, catalogue: Path) -> Iterator[_Report]:
    """Give a function that lists one skipped row; the report is put in place whole, when the file has been read."""
    if report is None:
        yield lambda number, reason, excerpt: None
        return
    if report.exists() and (report.is_dir() or report.samefile(catalogue)):
        raise IndexingError(f"--report {report} would overwrite the catalogue or a folder: name another file")
    partial = report.with_name(f"{report.name}.{os.getpid()}.partial")
    try:
        with partial.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            if report.suffix.lower() in _JSON_LINES_SUFFIXES:

                def write(number: int, reason: str, excerpt: str) -> None:
                    row = {"row": number, "reason": reason, "excerpt": excerpt}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")

                yield write
            else:
                table = csv.writer(file)
                table.writerow(["row", "reason", "excerpt"])
                yield lambda number, reason, excerpt: table.writerow([number, reason, excerpt])
        partial.replace(report)
    except OSError as error:
        raise IndexingError(f"Cannot write the report {report}: {error.strerror or error}") from None
    finally:
        partial.unlink(missing_ok=True)


# --- figures for inspect ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Figures:
    """What `inspect` tells of the films."""

    count: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    having: Counter[str] = field(default_factory=Counter)
    overview_characters: int = 0

    def add(self, movie: Movie) -> None:
        self.count += 1
        self.overview_characters += len(movie.overview)
        self.languages[movie.original_language or "unknown"] += 1
        self.genres.update(movie.genres)
        if movie.year is not None:
            self.years[movie.year] += 1
        for name in ("year", "genres", "keywords", "directors", "vote_count", "poster_path"):
            value = getattr(movie, name)
            self.having[name] += value is not None and value != ()

    def lines(self, limit: int | None) -> list[str]:
        if not self.count:
            return ["  films: none that can be used"]
        kept = f", of which --limit keeps {limit:,}" if limit is not None and limit < self.count else ""
        lines = [
            f"  films: {self.count:,}{kept}",
            f"  languages: {_most_common(self.languages)}",
            f"  genres: {_most_common(self.genres)}",
        ]
        if self.years:
            decades = Counter({year // 10 * 10: 0 for year in self.years})
            for year, count in self.years.items():
                decades[year // 10 * 10] += count
            lines.append(f"  years: {min(self.years)} to {max(self.years)}")
            lines.append("  decades: " + ", ".join(f"{decade}s {count:,}" for decade, count in sorted(decades.items())))
        shares = ", ".join(f"{name.replace('_', ' ')} {count / self.count:.0%}" for name, count in self.having.items())
        lines.append(f"  films that have: {shares}")
        lines.append(f"  overviews: {self.overview_characters // self.count:,} characters on average")
        return lines


def _most_common(counter: Counter[str], most: int = 12) -> str:
    if not counter:
        return "none told"
    listed = ", ".join(
        f"{name} {count:,}" for name, count in sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:most]
    )
    return listed + (f" and {len(counter) - most:,} more" if len(counter) > most else "")


# --- argument types ---------------------------------------------------------------------------------------------------


def _positive(text: str) -> int:
    number = _not_negative(text)
    if number == 0:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _not_negative(text: str) -> int:
    if not re.fullmatch(r"[0-9][0-9_,]{0,15}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(re.sub("[_,]", "", text))


def _language_code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 639-1 code such as en or fr")
    return text.lower()
