"""Measurement of how well answers meet requests as people type them: "80s comedies", "movies like Alien".

A file of requests is JSON Lines: {"query", "style", "constraints"}. Each film of an answer should meet the constraints:

    genres       one or more groups; a film has one name of each group
    not_genres   a film has none of them
    years        first and last year
    languages    one of these original languages
    director     among the film's directors
    theme        one of these words begins a word of title, overview or keywords
    like         {"movie_id"}: this film itself is not in the answer
    find         {"movie_ids"}: one of these films is among the first ten (a plot that names a year in passing)

Requests that no film of the catalogue can meet are skipped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.indexing.errors import IndexingError
from app.indexing.measure.intervals import Figure, interval
from app.indexing.measure.query_files import read_queries
from app.indexing.progress import with_progress
from app.services.model_service import ModelService
from app.services.movie_record import MovieRecord
from app.services.queries import Query, Selection

TOP = 10


@dataclass(frozen=True, slots=True)
class Constraints:
    """What each film of an answer should meet."""

    genres: tuple[frozenset[str], ...] = ()
    not_genres: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    languages: frozenset[str] = frozenset()
    director: str | None = None
    theme: tuple[str, ...] = ()
    like: int | None = None
    find: frozenset[int] = frozenset()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Constraints":
        """Return the constraints of a line; raises KeyError, TypeError or ValueError if they are invalid."""
        unknown = fields.keys() - {"genres", "not_genres", "years", "languages", "director", "theme", "like", "find"}
        if unknown:
            raise ValueError(f"unknown constraint {min(unknown)}")
        years = fields.get("years")
        return cls(
            genres=tuple(frozenset(group) for group in fields.get("genres", ())),
            not_genres=frozenset(fields.get("not_genres", ())),
            years=(int(years[0]), int(years[1])) if years else None,
            languages=frozenset(fields.get("languages", ())),
            director=fields.get("director"),
            theme=tuple(word.lower() for word in fields.get("theme", ())),
            like=int(fields["like"]["movie_id"]) if "like" in fields else None,
            find=frozenset(map(int, fields["find"]["movie_ids"])) if "find" in fields else frozenset(),
        )

    def are_met_by(self, film: MovieRecord) -> bool:
        """Return whether a film meets all constraints; `find` is a constraint on the answer, not on a film."""
        genres = set(film.genres)
        return (
            all(genres & group for group in self.genres)
            and not genres & self.not_genres
            and (self.years is None or self.years[0] <= (film.year or 0) <= self.years[1])
            and (not self.languages or film.original_language in self.languages)
            and (self.director is None or self.director in film.directors)
            and (not self.theme or self._has_theme(film))
            and film.movie_id != self.like
        )

    def _has_theme(self, film: MovieRecord) -> bool:
        text = " ".join([film.title, film.overview or "", *film.keywords]).lower()
        return any(re.search(r"\b" + re.escape(word), text) for word in self.theme)


@dataclass(frozen=True, slots=True)
class FilmRequest:
    """A text as people type it, and the constraints that its answer should meet."""

    query: str
    style: str
    constraints: Constraints


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """The share of the first ten films that meet the request, over all requests and by style."""

    requests: int
    skipped: int
    overall: Figure
    by_style: Mapping[str, float]

    def lines(self) -> list[str]:
        """Return the figures as lines to read."""
        title = (
            f"Requests, {self.requests} ({self.skipped} skipped because no film meets them): share of films that fit"
        )
        return ["", title, f"{'all':<12}{self.overall!s:>23}", *(f"{s:<12}{v:>9.3f}" for s, v in self.by_style.items())]


def read_requests(path: Path) -> list[FilmRequest]:
    """Read a file of requests; raises what `read_queries` raises."""
    return read_queries(path, _request, '{"query", "constraints"}')


def _request(fields: Any) -> FilmRequest:  # noqa: ANN401 (any JSON)
    return FilmRequest(str(fields["query"]), str(fields.get("style", "any")), Constraints.of(fields["constraints"]))


def measure_requests(
    service: ModelService, requests: Sequence[FilmRequest], films: Mapping[int, MovieRecord]
) -> RequestFigures:
    """Answer each request with the service; `films` are the films of its catalogue by id.

    Raises IndexingError if no film meets any request.
    """
    shares: dict[str, list[float]] = {}
    for request in with_progress(requests, total=len(requests), label="Requests", unit="requests"):
        possible = _possible(request.constraints, films)
        if possible:
            shares.setdefault(request.style, []).append(_share_met(service, request, films, possible))
    every = [share for of_style in shares.values() for share in of_style]
    if not every:
        raise IndexingError("No film of the catalogue meets any of the requests: use requests about this catalogue.")
    by_style = {style: round(float(np.mean(values)), 4) for style, values in shares.items()}
    return RequestFigures(len(every), len(requests) - len(every), interval(np.array(every)), by_style)


def _possible(wanted: Constraints, films: Mapping[int, MovieRecord]) -> int:
    """Return how many films meet the constraints, up to ten, which is the length of an answer."""
    if wanted.find:
        return len(wanted.find & films.keys())
    if wanted.like is not None and wanted.like not in films:
        return 0
    count = 0
    for film in films.values():
        count += wanted.are_met_by(film)
        if count == TOP:
            break
    return count


def _share_met(service: ModelService, request: FilmRequest, films: Mapping[int, MovieRecord], possible: int) -> float:
    answer = service.answer(Query(request.query, selection=Selection(top_k=TOP)))
    found = [films[recommendation.movie.movie_id] for recommendation in answer.recommendations]
    if request.constraints.find:
        return float(any(film.movie_id in request.constraints.find for film in found))
    return min(sum(map(request.constraints.are_met_by, found)) / possible, 1.0)
