"""The raw score of every film of the embedded catalogue: cosine and shared words, minus missed genres and years."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError
from app.services.local.engines.highest import Mask, best_first
from app.services.local.engines.vector_index import VectorIndex
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import MovieMap
from app.services.ranking.prior import Prior, prior
from app.services.ranking.ranking_query import RankingQuery, Target
from app.services.ranking.scores import soft_maximum
from app.services.ranking.weights import DISLIKED_WEIGHT
from app.services.vectors import Positions

_MIN_CANDIDATES_OF_EACH = 100
"""Films that each of several targets contributes at least."""


class RawScorer:
    """Finds the films with the highest raw scores; safe to call from several threads at once.

    Without a lexical index (a catalogue without overviews) vectors, genres and years decide.
    """

    def __init__(self, index: VectorIndex, movies: MovieMap, lexical: LexicalIndex | None) -> None:
        if lexical is not None and len(lexical) != len(movies):
            raise ModelFileError(
                f"The lexical index has {len(lexical)} films and the film map {len(movies)}: they are not of one "
                f"build; make them again with: {BUILD_COMMAND}"
            )
        self._index = index
        self._movies = movies
        self._lexical = lexical

    def __len__(self) -> int:
        return len(self._movies)

    def target(self, position: int) -> Target:
        """Return what films similar to the one at this position should resemble."""
        film = self._movies.record(position)
        vector = self._index.unit_vectors(np.array([position]))[0]
        return Target(vector, film_words(film.title, film.overview), film.genres)

    def best(
        self, query: RankingQuery, count: int, allowed: Mask | None = None
    ) -> tuple[Positions, NDArray[np.float64]]:
        """Return the `count` highest raw scores and their positions, best first, ties by position.

        If a mask `allowed` [N] is given, only films that it allows are returned.
        """
        if len(query.likes) == 1 and not query.dislikes:
            positions, raw_scores = self._near_one(query.likes[0], count, allowed)
        else:
            positions, raw_scores = self._near_any(query, count, allowed)
        return best_first(positions, raw_scores, count)

    def best_of_each(self, targets: Sequence[Target], count: int) -> Iterator[tuple[Positions, NDArray[np.float64]]]:
        """Yield what `best` returns for each target alone; several at once are quicker."""
        vectors = np.stack([target.vector for target in targets])
        priors = [self._prior(target) for target in targets]
        found = self._index.candidates_of_each(vectors, count, priors)
        for target, candidates, of_target in zip(targets, found, priors, strict=True):
            yield best_first(candidates, self._raw_scores(target, candidates, of_target), count)

    def _near_one(self, target: Target, count: int, allowed: Mask | None) -> tuple[Positions, NDArray[np.float64]]:
        of_target = self._prior(target)
        candidates = self._index.candidates(target.vector, count, of_target, allowed)
        return candidates, self._raw_scores(target, candidates, of_target)

    def _raw_scores(self, target: Target, candidates: Positions, of_target: Prior | None) -> NDArray[np.float64]:
        raw_scores = self._index.cosines(target.vector, candidates).astype(np.float64)
        if of_target is not None:
            raw_scores += of_target[candidates]
        return raw_scores

    def _near_any(self, query: RankingQuery, count: int, allowed: Mask | None) -> tuple[Positions, NDArray[np.float64]]:
        """Score films by a soft maximum over several targets.

        Not by the mean: somebody who likes two kinds of film wants films of both, not films between them.
        """
        of_each = max(count, _MIN_CANDIDATES_OF_EACH)
        priors = [self._prior(like) for like in query.likes]
        nearby = [
            self._index.candidates(like.vector, of_each, of_like, allowed)
            for like, of_like in zip(query.likes, priors, strict=True)
        ]
        candidates = np.unique(np.concatenate(nearby))
        vectors = self._index.unit_vectors(candidates)
        similarities = vectors @ np.stack([like.vector for like in query.likes]).T
        for column, of_like in enumerate(priors):
            if of_like is not None:
                similarities[:, column] += of_like[candidates]
        raw_scores = soft_maximum(similarities)
        if query.dislikes:
            disliked = vectors @ np.stack([dislike.vector for dislike in query.dislikes]).T
            raw_scores -= DISLIKED_WEIGHT * np.maximum(soft_maximum(disliked), 0.0)
        return candidates, raw_scores

    def _prior(self, target: Target) -> Prior | None:
        shares = self._lexical.scores(target.words) if target.words and self._lexical is not None else None
        return prior(target, shares, self._movies)
