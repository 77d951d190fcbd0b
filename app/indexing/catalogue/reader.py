"""Reading of a whole catalogue file: the usable films that pass the options.

Rows that are not films are skipped and counted by reason; they are never fatal.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.indexing.catalogue.columns import shortened
from app.indexing.catalogue.coverage import Coverage
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.scan import Rank, Scan, opened_scan
from app.indexing.catalogue.twins import TwinFinder, merged_twins
from app.indexing.errors import IndexingError


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The films of a catalogue file in the file's order, and counts of its other rows.

    `skipped` counts rows that are not usable films, by reason; `first_skipped` is the place of the first such row.
    `filtered` counts films that an option excluded, by option. `notes` are lines to print about how the file was read;
    `warnings` are problems to check before the films are used.
    """

    format_name: str
    movies: list[Movie]
    skipped: dict[str, int]
    filtered: dict[str, int]
    first_skipped: dict[str, str]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    def summary(self) -> list[str]:
        """Return what was read, skipped and filtered, as lines to print."""
        lines = [f"{self.format_name}: {len(self.movies):,} films"]
        for reason, count in sorted(self.skipped.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"  skipped {count:,}: {reason} (first: {self.first_skipped[reason]})")
        lines += [f"  dropped {count:,}: {option}" for option, count in self.filtered.items()]
        return [*lines, *self.notes, *(f"  warning: {warning}" for warning in self.warnings)]


def read_catalogue(path: Path, options: ReaderOptions | None = None) -> Catalogue:
    """Read the films of the catalogue at `path` that pass `options`, in the file's order.

    With a limit, only the kept films are held in memory, regardless of the length of the file.

    Raises:
        IndexingError: The file is missing, damaged or not a catalogue, or has no usable film.
    """
    options = options or ReaderOptions()
    with opened_scan(path, options) as scan:
        movies = _best_known(scan, options.limit)
        twins = TwinFinder()
        for movie in movies:
            twins.add(movie)
        if options.merge_twins and twins.count:
            kept = merged_twins(movies)
            twin_notes = [f"  merged {len(movies) - len(kept):,}: twins under another id (first: {twins.first})"]
            movies = kept
        else:
            twin_notes = twins.notes()
        notes = [Coverage.of(movies).line()] if movies else []
        catalogue = catalogue_of(scan, movies, [*notes, *twin_notes])
    if not catalogue.movies:
        raise IndexingError(_nothing_left(path, catalogue, scan.losses.all_columns))
    return catalogue


def catalogue_of(scan: Scan, movies: list[Movie], notes: list[str]) -> Catalogue:
    """Return films with the counts of a finished scan."""
    return Catalogue(
        format_name=scan.format_name,
        movies=movies,
        skipped=dict(scan.skipped),
        filtered=dict(scan.filtered),
        first_skipped=scan.first_skipped,
        notes=(*scan.notes(), *notes, *scan.losses.notes()),
        warnings=tuple(scan.warnings()),
    )


def _best_known(scan: Scan, limit: int | None) -> list[Movie]:
    if limit is None:
        return list(scan.movies())
    best: list[tuple[Rank, int, Movie]] = []

    def is_wanted(rank: Rank) -> bool:
        return len(best) < limit or rank > best[0][0]

    for position, movie in enumerate(scan.movies(is_wanted)):
        entry = (movie.rank, position, movie)
        if len(best) < limit:
            heapq.heappush(best, entry)
        else:
            heapq.heappushpop(best, entry)
            scan.filtered[scan.beyond_limit] += 1
    return [movie for _, _, movie in sorted(best, key=lambda entry: entry[1])]


def _nothing_left(path: Path, catalogue: Catalogue, columns: Sequence[str]) -> str:
    counts = catalogue.skipped | catalogue.filtered
    if not counts:
        return f"{path} holds no films: fetch it again"
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items(), key=lambda item: -item[1]))
    found = f" Its columns: {shortened(', '.join(columns), 300)}." if columns else ""
    return f"{path} ({catalogue.format_name}) has no film to index: {reasons}.{found} Remedy: {_remedy(catalogue)}"


def _remedy(catalogue: Catalogue) -> str:
    if catalogue.filtered:
        return "loosen these options"
    most = max(catalogue.skipped, key=lambda reason: catalogue.skipped[reason])
    if "id" in most.split():
        return "name the column of ids with --column id=NAME, or use the rows' numbers with --number-rows"
    if most in {"no overview", "no title"}:
        return f"name its column with --column {most.removeprefix('no ')}=NAME"
    return "run `python -m app.indexing inspect FILE`, which shows more"
