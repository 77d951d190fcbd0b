"""The part of a raw score that does not come from vectors: shared words, minus missed genres, years and anchors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.ranking.ranking_query import Anchors, Target
from app.services.ranking.scores import year_losses
from app.services.ranking.weights import GenreMatch
from app.services.vectors import Positions

Prior = NDArray[np.float32]
"""One number [n] for each film that is scored."""


class FilmColumns(Protocol):
    """What the formula needs to know of the n films that are scored: a whole catalogue, or candidates from it."""

    @property
    def years(self) -> NDArray[np.int16]:
        """The films' years [n], UNKNOWN_YEAR if unknown."""

    @property
    def genre_counts(self) -> NDArray[np.uint8]:
        """How many genres each film has [n]."""

    def __len__(self) -> int:
        """Return n."""

    def has_genre(self, name: str) -> bool:
        """Return whether any film of the catalogue has a genre, among the n films or not."""

    def genre_positions(self, name: str) -> NDArray[np.int32] | Positions:
        """Return which of the n films have a genre, whatever its capitals."""

    def in_languages(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return for each of the n films [n] whether its original language is one of these."""


def prior(target: Target, word_shares: NDArray[np.float32] | None, films: FilmColumns) -> Prior | None:
    """Return the prior of films for a target; None if only vectors count.

    `word_shares` [n] are each film's shares of what the target's words could reach; None if words do not count. The
    array is reused for the result.
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
        total -= year_losses(films.years, target.year, target.year, weights.year, weights.year_scale)
    return total


def anchor_losses(anchors: Anchors, films: FilmColumns, films_of_people: Sequence[Positions]) -> Prior | None:
    """Return the raw score [n] that films lose by the anchors of a query; None if it has none.

    `films_of_people` has for each person of the anchors which of the n films are by or with that person. What no film
    of the catalogue has is not asked for.
    """
    weights = anchors.weights
    losses: list[Prior] = []
    for group in anchors.genres:
        if any(films.has_genre(genre) for genre in group):
            losses.append(_unless(films, [films.genre_positions(genre) for genre in group], weights.genre))
    if anchors.excluded_genres:
        loss = _zeros(films)
        for genre in anchors.excluded_genres:
            loss[films.genre_positions(genre)] = weights.excluded_genre
        losses.append(loss)
    if anchors.first_year is not None or anchors.last_year is not None:
        losses.append(
            year_losses(films.years, anchors.first_year, anchors.last_year, weights.years, weights.year_scale)
        )
    if anchors.languages:
        losses.append(np.where(films.in_languages(anchors.languages), np.float32(0), np.float32(weights.languages)))
    for positions in films_of_people:
        losses.append(_unless(films, [positions], weights.people / len(films_of_people)))
    return np.sum(losses, axis=0, dtype=np.float32) if losses else None


def _jaccard(genres: Sequence[str], films: FilmColumns) -> Prior:
    """Return the share that the genres of each film and these have in common."""
    common = _zeros(films)
    for genre in genres:
        common[films.genre_positions(genre)] += np.float32(1)
    return common / (np.float32(len(genres)) + films.genre_counts - common)


def _unless(films: FilmColumns, groups: Sequence[NDArray[np.int32] | Positions], weight: float) -> Prior:
    """Return a loss for every film that is in none of the groups."""
    loss = np.full(len(films), weight, np.float32)
    for positions in groups:
        loss[positions] = 0
    return loss


def _zeros(films: FilmColumns) -> Prior:
    return np.zeros(len(films), np.float32)
