"""Films of a catalogue file: the rows that can be used and pass the options.

Rows that are not films are skipped and counted by reason, never fatal.
"""

import heapq
from dataclasses import dataclass
from pathlib import Path

from app.indexing.catalogue.coverage import Coverage
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.scan import Rank, Scan, opened_scan
from app.indexing.catalogue.twins import TwinFinder, merged_twins
from app.indexing.errors import IndexingError


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The films of a catalogue file in the file's order, and what became of its other rows.

    `skipped` counts rows that are not usable films, by reason; `filtered` counts films that the options left out, by
    option; `first_skipped` gives the place of the first row of each reason. `notes` are lines to print on how the
    file was read; `warnings` are what a person should look at.
    """

    format_name: str
    movies: list[Movie]
    skipped: dict[str, int]
    filtered: dict[str, int]
    first_skipped: dict[str, str]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    def summary(self) -> list[str]:
        """Return what was read and left out, as lines to print."""
        lines = [f"{self.format_name}: {len(self.movies):,} films"]
        for reason, count in sorted(self.skipped.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"  skipped {count:,}: {reason} (first: {self.first_skipped[reason]})")
        lines += [f"  left out {count:,}: {option}" for option, count in self.filtered.items()]
        return [*lines, *self.notes, *(f"  warning: {warning}" for warning in self.warnings)]


def read_catalogue(path: Path, options: ReaderOptions | None = None) -> Catalogue:
    """Read the films of the catalogue at `path` that `options` ask for, in the file's order.

    With a limit, memory holds no more than the films kept, however long the file is.

    Raises:
        IndexingError: The file is missing, damaged or not a catalogue, or no film is left.
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
        raise IndexingError(_nothing_left(path, catalogue))
    return catalogue


def catalogue_of(scan: Scan, movies: list[Movie], notes: list[str]) -> Catalogue:
    """Return films with what a finished scan has counted."""
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


def _nothing_left(path: Path, catalogue: Catalogue) -> str:
    counts = catalogue.skipped | catalogue.filtered
    if not counts:
        return f"{path} has a header and no films: fetch it again"
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items(), key=lambda item: -item[1]))
    return f"{path} ({catalogue.format_name}) has no film to index: {reasons}. Remedy: {_remedy(catalogue)}"


def _remedy(catalogue: Catalogue) -> str:
    if catalogue.filtered:
        return "loosen the options named"
    most = max(catalogue.skipped, key=lambda reason: catalogue.skipped[reason])
    if "id" in most.split():
        return "--column id=NAME names the column of ids, --number-rows takes the rows' numbers"
    if most in {"no overview", "no title"}:
        return f"--column {most.removeprefix('no ')}=NAME names its column"
    return "`python -m app.indexing inspect FILE` says more"
