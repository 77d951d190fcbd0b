"""Detection and merging of films that a catalogue has twice, under two ids."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.indexing.catalogue.movie import Movie

_OVERVIEW_CHARACTERS = 100
_NOT_IN_WORDS = re.compile(r"[\W_]+")
_FILLED = ("year", "release_date", "original_language", "vote_average", "vote_count", "popularity", "poster_path")
_FILLED_TOO = ("genres", "keywords", "directors", "cast", "original_title", "runtime", "imdb_id")


def twin_keys(movie: Movie) -> Iterator[int]:
    """Yield hashes of which twins share at least one: IMDb id; title and overview; title, year and first director.

    Title and year alone are not enough, because many different films share them.
    """
    if movie.imdb_id:
        yield hash((movie.type, movie.imdb_id))
    title = _folded(movie.title)
    yield hash((movie.type, title, _folded(movie.overview[:_OVERVIEW_CHARACTERS])))
    if movie.year and movie.directors:
        yield hash((movie.type, title, movie.year, _folded(movie.directors[0])))


def _folded(text: str) -> str:
    return _NOT_IN_WORDS.sub("", text.casefold()) or text


@dataclass(slots=True)
class TwinFinder:
    """Counts films that an earlier film is a twin of, among the first `max_films` of a catalogue."""

    max_films: int = 300_000
    count: int = 0
    first: str = ""
    _ids: dict[int, int] | None = None
    _films: int = 0

    def add(self, movie: Movie) -> None:
        """Count the film if it has an earlier twin."""
        if self._ids is None:
            self._ids = {}
        self._films += 1
        if self._films > self.max_films:
            return
        keys = list(twin_keys(movie))
        other = next((self._ids[key] for key in keys if key in self._ids), None)
        if other is not None:
            self.count += 1
            self.first = self.first or f"{other} and {movie.movie_id}, {movie.title}"
        for key in keys:
            self._ids.setdefault(key, movie.movie_id)

    def notes(self) -> list[str]:
        """Return what was found, as lines to print."""
        if not self.count:
            return []
        among = f" among the first {self.max_films:,}" if self._films > self.max_films else ""
        return [
            f"  twins {self.count:,}: films{among} that an earlier row has under another id (first: {self.first}); "
            "--merge-twins merges them"
        ]


def merged_twins(movies: Sequence[Movie]) -> list[Movie]:
    """Return the films with twins merged: the best known one, with fields that it lacks taken from the others."""
    groups: dict[int, int] = {}
    members: dict[int, list[Movie]] = {}
    for movie in movies:
        keys = list(twin_keys(movie))
        found = sorted({groups[key] for key in keys if key in groups})
        group = found[0] if found else movie.movie_id
        for other in found[1:]:
            members[group] += members.pop(other)
            groups |= {key: group for key, value in groups.items() if value == other}
        members.setdefault(group, []).append(movie)
        groups |= dict.fromkeys(keys, group)
    merged = {max(twins, key=_rank).movie_id: _merged(twins) for twins in members.values()}
    return [merged[movie.movie_id] for movie in movies if movie.movie_id in merged]


def _rank(movie: Movie) -> tuple[int, float, int]:
    return movie.rank


def _merged(twins: Sequence[Movie]) -> Movie:
    best, *others = sorted(twins, key=_rank, reverse=True)
    for other in others:
        lacking = {
            name: getattr(other, name)
            for name in (*_FILLED, *_FILLED_TOO)
            if getattr(best, name) is None or getattr(best, name) == ()
        }
        best = replace(best, **lacking) if lacking else best
    return best
