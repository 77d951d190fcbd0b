"""The part of a raw score that does not come from vectors: shared words, minus losses for genres, years and anchors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.ranking_query import Anchors, Target
from app.services.ranking.scores import range_losses
from app.services.ranking.weights import GenreMatch
from app.services.vectors import Positions

Prior = NDArray[np.float32]
"""A part of the raw score [n] of each film that is scored."""


class FilmColumns(Protocol):
    """Fields of the n films that are scored, which are a whole catalogue or candidates from it."""

    @property
    def years(self) -> NDArray[np.int16]:
        """The films' years [n], UNKNOWN_YEAR if unknown."""

    @property
    def runtimes(self) -> NDArray[np.int16]:
        """The films' minutes [n], 0 if unknown."""

    @property
    def vote_averages(self) -> NDArray[np.int32]:
        """The films' mean votes in thousandths [n], -1 if unknown."""

    @property
    def genre_counts(self) -> NDArray[np.uint8]:
        """How many genres each film has [n]."""

    def __len__(self) -> int:
        """Return n."""

    def has_genre(self, name: str) -> bool:
        """Return whether any film of the catalogue has a genre, even if none of the n films has."""

    def genre_positions(self, name: str) -> NDArray[np.int32] | Positions:
        """Return the positions among the n films of those with a genre, ignoring case."""

    def in_languages(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return for each of the n films [n] whether its original language is one of these."""


_COLUMNS: Mapping[str, Callable[[FilmColumns], NDArray[np.int16] | NDArray[np.int32]]] = {
    "year": lambda films: films.years,
    "runtime": lambda films: films.runtimes,
    "vote_average": lambda films: films.vote_averages,
}


def prior(target: Target, word_shares: NDArray[np.float32] | None, films: FilmColumns) -> Prior | None:
    """Return the prior [n] of films for a target; None if only vectors count.

    `word_shares` [n] are the films' word scores divided by the highest possible score for the target's words; None if
    words do not count. The array is reused for the result.
    """
    weights = target.weights
    total = None if word_shares is None else np.multiply(word_shares, np.float32(weights.words), out=word_shares)
    genres = [genre for genre in target.genres if films.has_genre(genre)]
    if genres:
        total = _zeros(films) if total is None else total
        total -= np.float32(weights.genres)
        if weights.genre_match is GenreMatch.JACCARD:
            total += np.float32(weights.genres) * _jaccard(genres, films)
        else:
            for genre in genres:
                total[films.genre_positions(genre)] += np.float32(weights.genres / len(genres))
    if target.year is not None:
        total = _zeros(films) if total is None else total
        total -= range_losses(films.years, target.year, target.year, weights.year, weights.year_scale)
    return total


def anchor_losses(anchors: Anchors, films: FilmColumns, films_of_people: Sequence[Positions]) -> Prior | None:
    """Return the raw score [n] that films lose by the anchors of a query; None if it has none.

    `films_of_people` holds, for each person of the anchors, the positions of that person's films. Genres that no film
    of the catalogue has are ignored.
    """
    weights = anchors.weights
    losses: list[Prior] = []
    for group in anchors.genres:
        if any(films.has_genre(genre) for genre in group):
            losses.append(_loss_outside(films, [films.genre_positions(genre) for genre in group], weights.genre))
    if anchors.excluded_genres:
        loss = _zeros(films)
        for genre in anchors.excluded_genres:
            loss[films.genre_positions(genre)] = weights.excluded_genre
        losses.append(loss)
    for wanted in anchors.ranges():
        values = _COLUMNS[wanted.column](films)
        losses.append(range_losses(values, wanted.first, wanted.last, wanted.weight, wanted.scale))
    if anchors.languages:
        losses.append(np.where(films.in_languages(anchors.languages), np.float32(0), np.float32(weights.languages)))
    if anchors.excluded_languages:
        is_excluded = films.in_languages(anchors.excluded_languages)
        losses.append(np.where(is_excluded, np.float32(weights.languages), np.float32(0)))
    for positions in films_of_people:
        losses.append(_loss_outside(films, [positions], weights.people / len(films_of_people)))
    return np.sum(losses, axis=0, dtype=np.float32) if losses else None


def _jaccard(genres: Sequence[str], films: FilmColumns) -> Prior:
    """Return the Jaccard index [n] of each film's genres and these genres."""
    common = _zeros(films)
    for genre in genres:
        common[films.genre_positions(genre)] += np.float32(1)
    return common / (np.float32(len(genres)) + films.genre_counts - common)


def _loss_outside(films: FilmColumns, groups: Sequence[NDArray[np.int32] | Positions], weight: float) -> Prior:
    """Return a loss [n] of `weight` for every film that is in none of the groups, and 0 for the others."""
    loss = np.full(len(films), weight, np.float32)
    for positions in groups:
        loss[positions] = 0
    return loss


def _zeros(films: FilmColumns) -> Prior:
    return np.zeros(len(films), np.float32)
