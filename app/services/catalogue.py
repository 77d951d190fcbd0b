"""The interface between the service and a catalogue of films.

The protocol has no positions, masks or files, so that an engine may run in this process or in a database. A film is
identified by a handle: an integer that only the catalogue can interpret, valid until the catalogue is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.queries import MovieFilter
from app.services.ranking.ranking_query import RankingQuery, Target
from app.services.understanding.understood import PeopleLookup, TitleLookup

Handles = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """Size, search engine, version and age of a catalogue."""

    films: int
    search_engine: str
    index_version: str | None
    """Identifies the content: other films or vectors give another version. None if unknown."""
    built_at: str | None
    """ISO 8601; None if unknown."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which films of a catalogue may be in an answer."""

    movie_filter: MovieFilter | None = None
    exclude: tuple[int, ...] = ()
    """Movie ids. Ids that are not in the catalogue have no effect."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Films by raw score, best first, ties in a fixed order."""

    handles: Handles
    raw_scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Person:
    """A director or actor, and the number of films in the catalogue that they directed or act in."""

    name: str
    films: int


@dataclass(frozen=True, slots=True)
class Search:
    """Arguments of `Catalogue.best`."""

    query: RankingQuery
    narrowing: Narrowing
    count: int


class Catalogue(TitleLookup, PeopleLookup, Protocol):
    """A searchable set of films; every method may be called from several threads at once."""

    info: CatalogueInfo

    @property
    def newest_year(self) -> int:
        """Year of the newest film."""

    is_immediate: bool
    """Whether films by id and stored neighbours can be looked up on the event loop without blocking it."""

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        """Return a handle for each movie id, in order; raises UnknownMovieError naming all that are missing."""

    def best(self, query: RankingQuery, narrowing: Narrowing, count: int) -> Ranked:
        """Return the `count` films with the highest raw score for a query; fewer if fewer pass the narrowing."""

    def best_of_each(self, searches: Sequence[Search]) -> list[Ranked]:
        """Return `best` for each search; together they may take less work than one at a time."""

    def count(self, narrowing: Narrowing) -> int:
        """Return how many films pass the narrowing."""

    def sample(self, narrowing: Narrowing, count: int, seed: int) -> Handles:
        """Return up to `count` different films chosen at random; the same seed gives the same films."""

    def targets(self, handles: Handles) -> list[Target]:
        """Return what a film similar to each of these films should resemble."""

    def neighbours(self, handle: int, narrowing: Narrowing) -> Ranked | None:
        """Return the stored films most similar to a film; None if the catalogue stores none.

        They are the first films that `best` returns for the film's target with the film itself excluded.
        """

    def unit_vectors(self, handles: Handles) -> NDArray[np.float32]:
        """Return the films' vectors [len(handles), dimension], scaled to length 1; a zero vector stays zero."""

    def records_json(self, handles: Handles) -> list[bytes]:
        """Return each film as a JSON object with the fields of MovieRecord."""

    def find_titles(self, typed: str, limit: int, *, complete: bool = False) -> Handles:
        """Return up to `limit` films whose titles match a title as typed so far, best first.

        If `complete`, titles must have all typed words, in any usual spelling or with typing errors; otherwise most.
        """

    def find_people(self, typed: str, limit: int) -> list[Person]:
        """Return up to `limit` people whose names match a name as typed so far, best first."""

    def films_of(self, person: str) -> Handles:
        """Return the films directed by or starring anybody of this full name, most votes first."""

    def genres(self) -> dict[str, int]:
        """Return how many films each genre has, most first."""

    def languages(self) -> dict[str, int]:
        """Return how many films each original language has, by code, most first."""

    def has_director(self, name: str) -> bool:
        """Return whether any film has a director of this name, ignoring case."""

    def has_keyword(self, name: str) -> bool:
        """Return whether any film has this keyword, ignoring case."""

    def close(self) -> None:
        """Release all resources. Idempotent. Afterwards other methods raise ServiceClosedError."""
