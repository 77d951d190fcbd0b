"""The partial file of a download from TMDB, from which a stopped download resumes."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from app.indexing.progress import say

_PARTIAL_FORMAT = 2
"""Version 2 added the cast, original title, runtime and IMDb id."""

_PARTIAL_AGE = timedelta(days=30)


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """A film of a listing; the best-known film sorts first."""

    votes_down: int
    popularity_down: float
    movie_id: int

    @classmethod
    def of_result(cls, result: object) -> "Listed | None":
        """Read a result of /discover/movie; None if it has no id, title or overview, or is for adults."""
        if not isinstance(result, dict) or result.get("adult") or not result.get("overview") or not result.get("title"):
            return None
        movie_id, votes, popularity = (result.get(name) for name in ("id", "vote_count", "popularity"))
        if not isinstance(movie_id, int) or movie_id <= 0:
            return None
        return cls(
            -votes if isinstance(votes, int) else 0,
            -float(popularity) if isinstance(popularity, int | float) else 0.0,
            movie_id,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Films released from one day to another, with votes from one number to another; all bounds are inclusive."""

    first: date
    last: date
    fewest: int
    most: int

    def parameters(self) -> dict[str, str | int]:
        """Return the span as parameters of /discover/movie."""
        return {
            "primary_release_date.gte": self.first.isoformat(),
            "primary_release_date.lte": self.last.isoformat(),
            "vote_count.gte": self.fewest,
            "vote_count.lte": self.most,
        }

    def parts(self) -> list["Span"]:
        """Return the span's years, otherwise its halves by day, otherwise its halves by votes; [] if indivisible."""
        if self.first.year < self.last.year:
            years = range(self.first.year, self.last.year + 1)
            return [self._between(max(self.first, date(y, 1, 1)), min(self.last, date(y, 12, 31))) for y in years]
        if self.first < self.last:
            middle = self.first + (self.last - self.first) // 2
            return [self._between(self.first, middle), self._between(middle + timedelta(days=1), self.last)]
        if self.fewest < self.most:
            votes = (self.fewest + self.most) // 2
            return [
                Span(self.first, self.last, self.fewest, votes),
                Span(self.first, self.last, votes + 1, self.most),
            ]
        return []

    def _between(self, first: date, last: date) -> "Span":
        return Span(first, last, self.fewest, self.most)


class PartialDownload:
    """The partial file, with one JSON record per line, which is appended to and read again when a download resumes.

    An incomplete last line is dropped. Films are kept if the count of the download changes; the listing is not.
    """

    def __init__(self, path: Path, file: BinaryIO, count: int) -> None:
        self._path = path
        self._file = file
        self._count = count
        self._listed: dict[str, list[tuple[int, float, int]]] = {}
        self.bands: list[int] = []
        self.chosen: list[int] | None = None
        self.films: dict[int, dict[str, Any]] = {}
        self.gone: set[int] = set()

    @classmethod
    @contextmanager
    def opened(cls, output: Path, count: int, today: date) -> Iterator["PartialDownload"]:
        """Open the partial file of `output` and read its records."""
        path = output.with_name(output.name + ".partial")
        with path.open("ab+", buffering=0) as raw:
            partial = cls(path, raw, count)
            partial._read(today)
            yield partial

    @property
    def listed_count(self) -> int:
        """How many films the finished parts of the listing have."""
        return sum(map(len, self._listed.values()))

    def listed(self, span: Span) -> set[Listed] | None:
        """Return the films listed in a span; None if it has not been listed."""
        films = self._listed.get(_span_name(span))
        return None if films is None else {Listed(*film) for film in films}

    def add_band(self, fewest_votes: int) -> None:
        """Record the lower bound of votes of the band that is listed next."""
        self._append({"band": fewest_votes})

    def add_listed(self, span: Span, films: Iterable[Listed]) -> None:
        """Record the films of a span."""
        rows = [(film.votes_down, film.popularity_down, film.movie_id) for film in sorted(films)]
        self._append({"span": _span_name(span), "films": rows})

    def choose(self, movie_ids: list[int]) -> None:
        """Record the films to fetch, best known first, which ends the listing."""
        self._append({"chosen": movie_ids})

    def add_film(self, film: dict[str, Any]) -> None:
        """Record a film."""
        self._append({"film": film})

    def add_gone(self, movie_id: int) -> None:
        """Record that TMDB no longer has a film."""
        self._append({"gone": movie_id})

    def remove(self) -> None:
        """Remove the file, when the output is in place."""
        self._path.unlink(missing_ok=True)

    def _append(self, record: dict[str, Any]) -> None:
        self._take(record)
        line = json.dumps(record).encode() + b"\n"
        written = self._file.write(line)
        if written != len(line):  # a full disk may take a part
            raise OSError(28, os.strerror(28), str(self._path))

    def _take(self, record: dict[str, Any]) -> None:
        match record:
            case {"film": {"id": int(movie_id)} as film}:
                self.films[movie_id] = film
            case {"gone": int(movie_id)}:
                self.gone.add(movie_id)
            case {"chosen": list(movie_ids)}:
                self.chosen = movie_ids
            case {"span": str(name), "films": list(films)}:
                self._listed[name] = films
            case {"band": int(fewest)}:
                self.bands.append(fewest)
            case {"listing_of": int(_)}:
                self._listed.clear()
                self.bands.clear()
                self.chosen = None

    def _read(self, today: date) -> None:
        """Read the records of an earlier run, cut off an incomplete last line, and record the count of this run."""
        self._file.seek(0)
        lines = self._file.read().split(b"\n")
        torn = lines.pop()
        if torn:
            self._file.truncate(self._file.tell() - len(torn))
        records = [record for record in map(_record, lines) if record]
        start = records[0] if records else {}
        age = _age(start, today)
        if records and (start.get("format") != _PARTIAL_FORMAT or age is None or age > _PARTIAL_AGE):
            say(f"{self._path} has another format or is over {_PARTIAL_AGE.days} days old: starting again")
            self._file.truncate(0)
            records = []
        if not records:
            self._append({"format": _PARTIAL_FORMAT, "started": today.isoformat()})
        asked = None
        for record in records:
            asked = record.get("listing_of", asked)
            self._take(record)
        if asked != self._count:
            self._append({"listing_of": self._count})
        if self.films or self.listed_count:
            say(f"Resuming from {self._path}: {self.listed_count:,} films listed, {len(self.films):,} fetched")


def _span_name(span: Span) -> str:
    return f"{span.first} {span.last} {span.fewest} {span.most}"


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _age(start: dict[str, Any], today: date) -> timedelta | None:
    try:
        return today - date.fromisoformat(start.get("started", ""))
    except (TypeError, ValueError):
        return None
