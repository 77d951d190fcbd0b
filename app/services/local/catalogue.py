"""The embedded catalogue: films, vectors and words from the files in models/, searched in this process."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import CatalogueInfo, Handles, Narrowing, Ranked, Search
from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError, ServiceClosedError, UnknownMovieError
from app.services.local.engines.highest import Mask
from app.services.local.engines.vector_index import VectorIndex
from app.services.local.lexical_index import LexicalIndex
from app.services.local.masks import allowed_positions
from app.services.local.movie_map import MovieMap
from app.services.local.name_lookups import NameIndexes, NameLookups
from app.services.local.neighbours import Neighbours
from app.services.local.people_index import PeopleIndex
from app.services.local.raw_scorer import RawScorer
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from app.services.ranking.ranking_query import RankingQuery, Target


class LocalCatalogue(NameLookups):
    """A Catalogue over open indexes; a handle is the film's position in them."""

    is_immediate = True

    def __init__(
        self,
        info: CatalogueInfo,
        index: VectorIndex,
        movies: MovieMap,
        titles: TitleIndex,
        lexical: LexicalIndex | None = None,
        neighbours: Neighbours | None = None,
        title_keys: TitleKeys | None = None,
        people: PeopleIndex | None = None,
    ) -> None:
        """`close` closes all parts. Raises ModelFileError if the parts are not of one build."""
        sizes = {len(index), len(movies), len(titles)}
        sizes |= {len(part) for part in (neighbours, title_keys) if part is not None}
        sizes |= set() if people is None else {people.film_count}
        if len(sizes) > 1:
            raise ModelFileError(f"The files of the index are not of one build; run: {BUILD_COMMAND}")
        self.info = info
        self._index = index
        self._movies = movies
        self._names = NameIndexes(titles, title_keys, people, movies.vote_counts, movies.years)
        self._neighbours = neighbours
        self._scorer = RawScorer(index, movies, lexical, people)
        self._genres = _most_first(movies.films_per_genre())
        self._languages = _most_first(movies.films_per_language())
        self._last_mask: tuple[Narrowing, Mask | None] = (Narrowing(), None)
        self._is_closed = False

    @property
    def name_indexes(self) -> NameIndexes:
        """The indexes of titles and people; see NameLookups."""
        self._require_open()
        return self._names

    def handles(self, movie_ids: Sequence[int]) -> Handles:
        """Return the positions of films; see Catalogue."""
        self._require_open()
        found = {movie_id: self._movies.position(movie_id) for movie_id in movie_ids}
        unknown = [movie_id for movie_id, position in found.items() if position is None]
        if unknown:
            raise UnknownMovieError(unknown)
        return np.array([found[movie_id] for movie_id in movie_ids], np.int64)

    def best(self, query: RankingQuery, narrowing: Narrowing, count: int) -> Ranked:
        """Return the films with the highest raw scores; see Catalogue."""
        self._require_open()
        return Ranked(*self._scorer.best(query, count, self._allowed(narrowing)))

    def best_of_each(self, searches: Sequence[Search]) -> list[Ranked]:
        """Return the films with the highest raw scores of each search; see Catalogue."""
        self._require_open()
        queries = [search.query for search in searches]
        allowed = [self._allowed(search.narrowing) for search in searches]
        ranked = self._scorer.best_of_each(queries, [search.count for search in searches], allowed)
        return [Ranked(*each) for each in ranked]

    def count(self, narrowing: Narrowing) -> int:
        """Return the number of films that pass a narrowing; see Catalogue."""
        allowed = self._allowed(narrowing)
        return len(self._movies) if allowed is None else int(np.count_nonzero(allowed))

    def sample(self, narrowing: Narrowing, count: int, seed: int) -> Handles:
        """Return films chosen at random; see Catalogue."""
        self._require_open()
        allowed = self._allowed(narrowing)
        positions = np.arange(len(self._movies)) if allowed is None else np.flatnonzero(allowed)
        return np.random.default_rng(seed).choice(positions, min(count, len(positions)), replace=False)

    def targets(self, handles: Handles) -> list[Target]:
        """Return the targets for films similar to these; see Catalogue."""
        self._require_open()
        return [self._scorer.target(position) for position in handles.tolist()]

    def neighbours(self, handle: int, narrowing: Narrowing) -> Ranked | None:
        """Return the neighbours that the build stored; see Catalogue."""
        self._require_open()
        if self._neighbours is None:
            return None
        positions, raw_scores = self._neighbours.of(handle)
        allowed = self._allowed(narrowing)
        if allowed is not None:
            is_allowed = allowed[positions]
            positions, raw_scores = positions[is_allowed], raw_scores[is_allowed]
        return Ranked(positions, raw_scores)

    def unit_vectors(self, handles: Handles) -> NDArray[np.float32]:
        """Return the films' vectors; see Catalogue."""
        return self._index.unit_vectors(handles)

    def records_json(self, handles: Handles) -> list[bytes]:
        """Return the films' records; see Catalogue."""
        return [self._movies.record_json(position) for position in handles.tolist()]

    def genres(self) -> dict[str, int]:
        """Return the number of films of each genre; see Catalogue."""
        return self._genres

    def languages(self) -> dict[str, int]:
        """Return the number of films of each language; see Catalogue."""
        return self._languages

    def has_director(self, name: str) -> bool:
        """Return whether any film has a director of this name; see Catalogue."""
        return name in self._movies.directors

    def has_keyword(self, name: str) -> bool:
        """Return whether any film has a keyword; see Catalogue."""
        return name in self._movies.keywords

    def close(self) -> None:
        """Close the files; see Catalogue."""
        if not self._is_closed:
            self._is_closed = True
            self._index.close()
            self._movies.close()
            if self._neighbours is not None:
                self._neighbours.close()

    def _allowed(self, narrowing: Narrowing) -> Mask | None:
        """Return the mask of a narrowing; the last mask is cached, because an answer needs it more than once."""
        last, mask = self._last_mask
        if narrowing != last:
            mask = allowed_positions(self._movies, narrowing.movie_filter, narrowing.exclude)
            self._last_mask = (narrowing, mask)
        return mask

    def _require_open(self) -> None:
        if self._is_closed:
            raise ServiceClosedError("Model not loaded")


def _most_first(counts: list[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted(counts, key=lambda item: (-item[1], item[0])))
