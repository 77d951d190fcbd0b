"""The report on a catalogue file that the command `inspect` prints."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.indexing.catalogue.coverage import Coverage
from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import catalogue_of
from app.indexing.catalogue.scan import opened_scan
from app.indexing.catalogue.twins import TwinFinder

_MAX_LISTED = 12
"""Languages and genres that are listed by name."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A report on a catalogue file, as text to print, and its warnings."""

    text: str
    warnings: tuple[str, ...]


def inspect(path: Path, options: ReaderOptions | None = None) -> Inspection:
    """Read a catalogue file with `options` and return a report on its films, its fields and its skipped rows.

    Raises:
        IndexingError: The file is missing, damaged or not a catalogue.
    """
    options = options or ReaderOptions()
    figures, twins = _Figures(), TwinFinder()
    with opened_scan(path, options) as scan:
        for movie in scan.movies():
            figures.add(movie)
            twins.add(movie)
        catalogue = catalogue_of(scan, [], twins.notes())
    lines = [f"{path}: {catalogue.format_name}", *figures.lines(options.limit), *catalogue.summary()[1:]]
    return Inspection("\n".join(lines), catalogue.warnings)


@dataclass(slots=True)
class _Figures:
    """Counts over the films of a file."""

    count: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    overview_characters: int = 0

    def add(self, movie: Movie) -> None:
        """Count a film."""
        self.count += 1
        self.overview_characters += len(movie.overview)
        self.languages[movie.original_language or "unknown"] += 1
        self.genres.update(movie.genres)
        self.types[movie.type] += 1
        if movie.year is not None:
            self.years[movie.year] += 1
        self.coverage.add(movie)

    def lines(self, limit: int | None) -> list[str]:
        """Return the figures as lines to print."""
        if not self.count:
            return ["  films: none that can be used"]
        kept = f", of which --limit keeps {limit:,}" if limit is not None and limit < self.count else ""
        shows = f", {self.types['tv']:,} of them TV shows" if self.types["tv"] else ""
        lines = [
            f"  films: {self.count:,}{shows}{kept}",
            f"  languages: {_most_common(self.languages)}",
            f"  genres: {_most_common(self.genres)}",
        ]
        if self.years:
            decades = Counter({year // 10 * 10: 0 for year in self.years})
            for year, count in self.years.items():
                decades[year // 10 * 10] += count
            lines.append(f"  years: {min(self.years)} to {max(self.years)}")
            lines.append("  decades: " + ", ".join(f"{decade}s {count:,}" for decade, count in sorted(decades.items())))
        lines.append(self.coverage.line())
        lines.append(f"  overviews: {self.overview_characters // self.count:,} characters on average")
        return lines


def _most_common(counter: Counter[str]) -> str:
    if not counter:
        return "none"
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name} {count:,}" for name, count in ordered[:_MAX_LISTED])
    return listed + (f" and {len(counter) - _MAX_LISTED:,} more" if len(counter) > _MAX_LISTED else "")
