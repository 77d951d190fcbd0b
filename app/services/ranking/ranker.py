"""Which films answer a query best: meaning, words, genres and year in one score, and the choice of the films shown.

A film's evidence is its cosine similarity with the query, plus what its words share with the query's words, less
what its genres and year miss of those asked for. The weights stand below; README tells how they were measured.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.errors import ModelFileError
from app.services.local.engines.vector_index import Mask, VectorIndex, best_first
from app.services.local.files.model_files import BUILD_COMMAND
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import UNKNOWN_YEAR, MovieMap
from app.services.vectors import Positions, Vector

WORDS_WEIGHT = 6.0
"""Evidence for all that the query's words could reach; the film described by a plot reaches about a tenth of it."""

GENRES_WEIGHT = 0.2
"""Evidence lost by a film that has none of the genres asked for."""

YEAR_WEIGHT = 0.1
"""Evidence lost by a film of quite another year."""

YEAR_SCALE = 3.0
"""Years over which that loss grows to 63%."""

DISLIKED_WEIGHT = 0.2
TASTE_SHARPNESS = 8.0
"""How near the soft maximum of several similarities is to their maximum; 0 would be the mean."""

SCORE_DECIMALS = 4
"""Rounded before anything is compared with it, so that what a caller sees agrees with the least score it asked for."""

_LEAST_NEARBY = 100
_DIVERSITY_POOL = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: a direction, and whatever else is known."""

    vector: Vector
    """Unit vector [384]."""
    text: str = ""
    """The words to look for; none where empty."""
    genres: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """How many of the films that match to take, and which."""

    count: int
    min_score: float | None = None
    diversity: float = 0.0
    """0 takes the best; towards 1, films unlike those already taken (maximal marginal relevance)."""
    allowed: Mask | None = None
    """Films [N] that may be taken; all where None."""


class Ranker:
    """Ranks the films of one catalogue; safe to call from several threads at once.

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

    def wanted_like(self, position: int) -> Wanted:
        """Return what to look for where films like the one at this position are wanted."""
        film = self._movies.record(position)
        vector = self._index.unit_vectors(np.array([position]))[0]
        return Wanted(vector, film_words(film.title, film.overview), film.genres)

    def rank(self, wanted: Wanted, choice: Choice) -> tuple[Positions, NDArray[np.float64]]:
        """Return positions of films and their scores (0 to 1), best first, ties by position."""
        prior = self._prior(wanted)
        candidates = self._index.candidates(wanted.vector, self._pool(choice), prior, choice.allowed)
        evidence = self._index.cosines(wanted.vector, candidates).astype(np.float64)
        if prior is not None:
            evidence += prior[candidates]
        return self._choose(candidates, evidence, choice)

    def rank_by_taste(
        self, liked: Positions, disliked: Positions, choice: Choice
    ) -> tuple[Positions, NDArray[np.float64]]:
        """Return films near any of those liked, and not near those disliked; as `rank`.

        Nearness to several films is a soft maximum, not the mean: who likes two kinds of film wants both, not what
        lies between them.
        """
        likes, dislikes = self._index.unit_vectors(liked), self._index.unit_vectors(disliked)
        count = max(self._pool(choice), _LEAST_NEARBY)
        nearby = [self._index.candidates(vector, count, None, choice.allowed) for vector in likes]
        candidates = np.unique(np.concatenate(nearby))
        vectors = self._index.unit_vectors(candidates)
        evidence = _soft_maximum(vectors @ likes.T)
        if len(dislikes):
            evidence -= DISLIKED_WEIGHT * np.maximum(_soft_maximum(vectors @ dislikes.T), 0.0)
        return self._choose(candidates, evidence, choice)

    def _choose(
        self, candidates: Positions, evidence: NDArray[np.float64], choice: Choice
    ) -> tuple[Positions, NDArray[np.float64]]:
        positions, evidence = best_first(candidates, evidence, self._pool(choice))
        return self._narrow(positions, score(evidence), choice)

    def narrow_ranked(
        self, positions: Positions, scores: NDArray[np.float64], choice: Choice
    ) -> tuple[Positions, NDArray[np.float64]] | None:
        """Choose from the best films of a ranking as `rank` would from all; None where they are too few to tell."""
        if choice.allowed is not None:
            is_allowed = choice.allowed[positions]
            positions, scores = positions[is_allowed], scores[is_allowed]
        pool = self._pool(choice)
        return None if len(positions) < pool else self._narrow(positions[:pool], scores[:pool], choice)

    def _narrow(
        self, positions: Positions, scores: NDArray[np.float64], choice: Choice
    ) -> tuple[Positions, NDArray[np.float64]]:
        if choice.min_score is not None:
            kept = scores >= choice.min_score
            positions, scores = positions[kept], scores[kept]
        if choice.diversity and len(positions) > choice.count:
            taken = diverse(self._index.unit_vectors(positions), scores, choice.count, choice.diversity)
            positions, scores = positions[taken], scores[taken]
        return positions[: choice.count], scores[: choice.count]

    def _pool(self, choice: Choice) -> int:
        return choice.count if not choice.diversity else _DIVERSITY_POOL * choice.count

    def _prior(self, wanted: Wanted) -> NDArray[np.float32] | None:
        """Return the evidence [N] that does not come from vectors; None where there is none."""
        prior: NDArray[np.float32] | None = None
        if wanted.text and self._lexical is not None:
            prior = self._lexical.scores(wanted.text)
            prior *= np.float32(WORDS_WEIGHT)
        films_of = [films for genre in wanted.genres if len(films := self._movies.genre_positions(genre))]
        if films_of:
            prior = self._zeros() if prior is None else prior
            prior -= np.float32(GENRES_WEIGHT)
            for films in films_of:
                prior[films] += np.float32(GENRES_WEIGHT / len(films_of))
        if wanted.year is not None:
            prior = self._zeros() if prior is None else prior
            prior -= self._year_losses(wanted.year)
        return prior

    def _year_losses(self, year: int) -> NDArray[np.float32]:
        years = self._movies.years
        distance = np.abs(years.astype(np.float32) - np.float32(year))
        losses: NDArray[np.float32] = np.float32(YEAR_WEIGHT) * -np.expm1(distance / np.float32(-YEAR_SCALE))
        losses[years == UNKNOWN_YEAR] = YEAR_WEIGHT
        return losses

    def _zeros(self) -> NDArray[np.float32]:
        return np.zeros(len(self._movies), np.float32)


def _soft_maximum(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return log-mean-exp of each row [n, films], which lies between the row's mean and its maximum."""
    scaled = TASTE_SHARPNESS * similarities.astype(np.float64)
    result: NDArray[np.float64] = np.log(np.exp(scaled).mean(axis=1)) / TASTE_SHARPNESS
    return result


def score(evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return evidence as a score from 0 to 1, to four decimals, that keeps its order.

    The hyperbolic tangent leaves the small values nearly as they are, so that a score without shared words is about
    the cosine; only a film that matches in meaning and in words comes near 1. Nonsense stays below 0.5.
    """
    return np.tanh(np.maximum(evidence, 0.0)).round(SCORE_DECIMALS)


def diverse(
    vectors: NDArray[np.float32], scores: NDArray[np.float64], count: int, diversity: float
) -> NDArray[np.int64]:
    """Choose `count` of the films [n, 384] given best first, each good and unlike those chosen before it.

    Returns their indices ascending, that is best first. Carbonell and Goldstein, "The Use of MMR, Diversity-Based
    Reranking for Reordering Documents and Producing Summaries" (1998), with lambda = 1 - diversity.
    """
    similarity = (vectors @ vectors.T).astype(np.float64)
    nearest = np.full(len(vectors), -math.inf)
    chosen: list[int] = []
    for _ in range(min(count, len(vectors))):
        gain = (1 - diversity) * scores - (diversity * nearest if chosen else 0.0)
        gain[chosen] = -math.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        nearest = np.maximum(nearest, similarity[best])
    return np.sort(np.array(chosen, np.int64))
