"""What `inspect` prints about a catalogue file."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.indexing.catalogue.movie import Movie
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import opened_scan


def inspect(path: Path, options: ReaderOptions | None = None) -> str:
    """Return, as text to print, what a catalogue file is and what reading it with `options` would take and skip.

    Raises:
        IndexingError: The file is missing, damaged or no catalogue.
    """
    options = options or ReaderOptions()
    figures = Figures()
    with opened_scan(path, options) as scan:
        for movie in scan.movies():
            figures.add(movie)
        catalogue = scan.catalogue([])
    return "\n".join([f"{path}: {catalogue.format_name}", *figures.lines(options.limit), *catalogue.summary()[1:]])


@dataclass(slots=True)
class Figures:
    """What `inspect` tells of the films."""

    count: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    having: Counter[str] = field(default_factory=Counter)
    overview_characters: int = 0

    def add(self, movie: Movie) -> None:
        """Count a film."""
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
        """Return the figures as lines to print."""
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
