"""The part of a raw score that does not come from vectors: shared words, minus missed genres and years."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.ranking_query import Target
from app.services.ranking.scores import year_losses
from app.services.ranking.weights import GENRES_WEIGHT, WORDS_WEIGHT
from app.services.vectors import Positions

Prior = NDArray[np.float32]
"""One number [n] for each film that is scored."""


class FilmColumns(Protocol):
    """What the formula needs to know of the n films that are scored: a whole catalogue, or candidates from it."""

    years: NDArray[np.int16]
    """[n], UNKNOWN_YEAR if unknown."""

    def __len__(self) -> int:
        """Return n."""

    def has_genre(self, name: str) -> bool:
        """Return whether any film of the catalogue has a genre, among the n films or not."""

    def genre_positions(self, name: str) -> NDArray[np.int32] | Positions:
        """Return which of the n films have a genre, whatever its capitals."""


def prior(target: Target, word_shares: NDArray[np.float32] | None, films: FilmColumns) -> Prior | None:
    """Return the prior of films for a target; None if only vectors count.

    `word_shares` [n] are each film's shares of what the target's words could reach; None if words do not count. The
    array is reused for the result.
    """
    total = None if word_shares is None else np.multiply(word_shares, np.float32(WORDS_WEIGHT), out=word_shares)
    genres = [genre for genre in target.genres if films.has_genre(genre)]
    if genres:
        total = _zeros(films) if total is None else total
        total -= np.float32(GENRES_WEIGHT)
        for genre in genres:
            total[films.genre_positions(genre)] += np.float32(GENRES_WEIGHT / len(genres))
    if target.year is not None:
        total = _zeros(films) if total is None else total
        total -= year_losses(films.years, target.year)
    return total


def _zeros(films: FilmColumns) -> Prior:
    return np.zeros(len(films), np.float32)
