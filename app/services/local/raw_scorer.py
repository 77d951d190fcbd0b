"""Raw scores of the films of the embedded catalogue: cosine and shared words, minus losses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.engines.highest import Mask, best_first
from app.services.local.engines.vector_index import Search, VectorIndex
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import MovieMap
from app.services.local.people_index import PeopleIndex
from app.services.movie_record import MovieRecord
from app.services.ranking.prior import Prior, anchor_losses, prior
from app.services.ranking.ranking_query import Anchors, RankingQuery, Target
from app.services.ranking.scores import soft_maximum
from app.services.ranking.weights import CHANGE_WEIGHT, DISLIKED_WEIGHT, FILM_WEIGHTS
from app.services.vectors import Positions, Vector, products

_MIN_CANDIDATES_OF_EACH = 100
"""Minimum number of candidates for each of several targets."""


@dataclass(frozen=True, slots=True)
class _Direction:
    """A film's raw score for one target is its product with `vector`, plus its prior."""

    vector: Vector
    """[dimension]; longer than 1 if a change is added to a target."""
    prior: Prior | None


class RawScorer:
    """Finds the films with the highest raw scores; safe to use from any thread.

    Without a lexical index (a catalogue without overviews) vectors, genres and years decide.
    """

    def __init__(
        self, index: VectorIndex, movies: MovieMap, lexical: LexicalIndex | None, people: PeopleIndex | None = None
    ) -> None:
        if lexical is not None and len(lexical) != len(movies):
            raise ModelFileError(
                f"The lexical index has {len(lexical)} films and the film map {len(movies)}: they are not of one "
                f"build; make them again with: {BUILD_COMMAND}"
            )
        self._index = index
        self._movies = movies
        self._lexical = lexical
        self._people = people

    def __len__(self) -> int:
        return len(self._movies)

    def target(self, position: int) -> Target:
        """Return the target for films similar to the film at this position."""
        return film_target(self._movies.record(position), self._index.unit_vectors(np.array([position]))[0])

    def best(
        self, query: RankingQuery, count: int, allowed: Mask | None = None
    ) -> tuple[Positions, NDArray[np.float64]]:
        """Return the `count` highest raw scores and their positions, best first, ties by position.

        If a mask `allowed` [N] is given, only films that it allows are returned.
        """
        directions = self._directions(query)
        if len(directions) == 1 and not query.dislikes:
            positions, raw_scores = self._near_one(directions[0], count, allowed)
        else:
            dislikes = [dislike.vector for dislike in query.dislikes]
            positions, raw_scores = self._near_any(directions, query.like_weights, dislikes, count, allowed)
        return best_first(positions, raw_scores, count)

    def best_of_each(
        self, queries: Sequence[RankingQuery], counts: Sequence[int], allowed: Sequence[Mask | None]
    ) -> list[tuple[Positions, NDArray[np.float64]]]:
        """Return `best` for each query; together they take less work than one at a time."""
        if any(len(query.likes) > 1 or query.dislikes for query in queries):
            return list(map(self.best, queries, counts, allowed))
        directions = [direction for query in queries for direction in self._directions(query)]
        searches = [
            Search(direction.vector, count, direction.prior, mask)
            for direction, count, mask in zip(directions, counts, allowed, strict=True)
        ]
        found = self._index.candidates_of_each(searches)
        return list(map(best_first, found, map(self._raw_scores, directions, found), counts))

    def _directions(self, query: RankingQuery) -> list[_Direction]:
        """Return a direction for each of the likes, which includes the change and the losses by anchors."""
        losses = anchor_losses(query.anchors, self._movies, self._films_of(query.anchors))
        changed = self._prior(query.change) if query.change is not None else None
        directions = []
        for like in query.likes:
            vector, total = like.vector, self._prior(like)
            if query.change is not None:
                vector = vector + np.float32(CHANGE_WEIGHT) * query.change.vector
            if changed is not None:
                total = _sum(total, np.float32(CHANGE_WEIGHT) * changed)
            if losses is not None:
                total = _sum(total, -losses)
            directions.append(_Direction(vector, total))
        return directions

    def _films_of(self, anchors: Anchors) -> list[Positions]:
        if self._people is None:
            return []
        films = [self._people.films_of(name) for name in anchors.people]
        return [positions for positions in films if len(positions)]

    def _near_one(self, target: _Direction, count: int, allowed: Mask | None) -> tuple[Positions, NDArray[np.float64]]:
        candidates = self._index.candidates(target.vector, count, target.prior, allowed)
        return candidates, self._raw_scores(target, candidates)

    def _raw_scores(self, target: _Direction, candidates: Positions) -> NDArray[np.float64]:
        raw_scores = self._index.cosines(target.vector, candidates).astype(np.float64)
        if target.prior is not None:
            raw_scores += target.prior[candidates]
        return raw_scores

    def _near_any(
        self,
        likes: list[_Direction],
        weights: Sequence[float],
        dislikes: list[Vector],
        count: int,
        allowed: Mask | None,
    ) -> tuple[Positions, NDArray[np.float64]]:
        """Score films by a soft maximum over several targets.

        A mean would be wrong: a person who likes two kinds of film wants films of both, not films between them.
        """
        of_each = max(count, _MIN_CANDIDATES_OF_EACH)
        nearby = [self._index.candidates(like.vector, of_each, like.prior, allowed) for like in likes]
        candidates = np.unique(np.concatenate(nearby))
        vectors = self._index.unit_vectors(candidates)
        similarities = products(vectors, np.stack([like.vector for like in likes]))
        for column, like in enumerate(likes):
            if like.prior is not None:
                similarities[:, column] += like.prior[candidates]
        raw_scores = soft_maximum(similarities, weights)
        if dislikes:
            disliked = products(vectors, np.stack(dislikes))
            raw_scores -= DISLIKED_WEIGHT * np.maximum(soft_maximum(disliked), 0.0)
        return candidates, raw_scores

    def _prior(self, target: Target) -> Prior | None:
        shares = self._lexical.scores(target.words) if target.words and self._lexical is not None else None
        return prior(target, shares, self._movies)


def film_target(film: MovieRecord, vector: Vector) -> Target:
    """Return the target for films similar to a film."""
    words = film_words(None, film.overview, film.keywords)  # shared words of titles are mostly puns
    return Target(vector, words, film.genres, film.year, FILM_WEIGHTS)


def _sum(total: Prior | None, other: Prior) -> Prior:
    return other.copy() if total is None else total + other
