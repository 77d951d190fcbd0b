"""The seam between the service and a catalogue of films: everything that ModelService asks of an engine.

The protocol names no positions, masks or files, so that an engine may live in this process or in a database. A film is
named by a handle, an integer that only the catalogue understands and that stays valid as long as the catalogue is open.
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
    """What a catalogue holds and how it is searched."""

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
    """Movie ids. Ids that the catalogue does not have exclude nothing."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Films by raw score, best first, ties in a fixed order."""

    handles: Handles
    raw_scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Person:
    """A director or actor, and how many films of the catalogue are by or with them."""

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
    """Whether looking up films by id, and their neighbours, is quick enough for the event loop."""

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        """Return a handle for each movie id, in order; raises UnknownMovieError naming all that are missing."""

    def best(self, query: RankingQuery, narrowing: Narrowing, count: int) -> Ranked:
        """Return the `count` films with the highest raw score for a query, fewer only if fewer may be returned."""

    def best_of_each(self, searches: Sequence[Search]) -> list[Ranked]:
        """Return `best` for each of several searches, which may take less work together."""

    def count(self, narrowing: Narrowing) -> int:
        """Return how many films may be in an answer."""

    def sample(self, narrowing: Narrowing, count: int, seed: int) -> Handles:
        """Return up to `count` films chosen at random, each once; the seed decides which."""

    def targets(self, handles: Handles) -> list[Target]:
        """Return what a film similar to each of these films should resemble."""

    def neighbours(self, handle: int, narrowing: Narrowing) -> Ranked | None:
        """Return the precomputed films most similar to a film; None if the catalogue has none.

        They are what `best` gives for the film's target without the film itself, as far as they go.
        """

    def unit_vectors(self, handles: Handles) -> NDArray[np.float32]:
        """Return the films' vectors [len(handles), dimension], each of length 1 (0 if a film's has no direction)."""

    def records_json(self, handles: Handles) -> list[bytes]:
        """Return each film as a JSON object with the fields of MovieRecord."""

    def find_titles(self, typed: str, limit: int) -> Handles:
        """Return up to `limit` films whose titles match a title as typed so far, best first."""

    def find_people(self, typed: str, limit: int) -> list[Person]:
        """Return up to `limit` people whose names match a name as typed so far, best first."""

    def films_of(self, person: str) -> Handles:
        """Return the films that are by or with people of this full name, most votes first."""

    def genres(self) -> dict[str, int]:
        """Return how many films each genre has, most first."""

    def languages(self) -> dict[str, int]:
        """Return how many films each original language has, by code, most first."""

    def has_director(self, name: str) -> bool:
        """Return whether any film has a director of this name, whatever its capitals."""

    def has_keyword(self, name: str) -> bool:
        """Return whether any film has a keyword, whatever its capitals."""

    def close(self) -> None:
        """Release everything the catalogue holds. Idempotent; other methods then raise ServiceClosedError."""
