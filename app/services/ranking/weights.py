"""The constants of the ranking formula. docs/RELEVANCE.md has the measurements behind them.

A change of any of them changes scores: raise RANKING_VERSION with it, so that neighbours stored by an earlier build are
not served beside new scores.
"""

from dataclasses import dataclass
from enum import Enum, auto

RANKING_VERSION = 2


class GenreMatch(Enum):
    """How the genres of a film are compared with those of a target."""

    SHARE = auto()
    """The share of the target's genres that the film has."""
    JACCARD = auto()
    """The genres of both, divided by the genres of either: a film's other genres count against it."""


@dataclass(frozen=True, slots=True)
class TargetWeights:
    """What counts how much in a film's nearness to a target, beside the cosine of their vectors."""

    words: float
    """Raw score for everything that the target's words could reach."""
    genres: float
    """Raw score lost by a film that has none of the target's genres."""
    genre_match: GenreMatch
    year: float
    """Raw score lost by a film of a very different year."""
    year_scale: float
    """Years over which that loss grows to 63%."""


SYNOPSIS_WEIGHTS = TargetWeights(words=6.0, genres=0.2, genre_match=GenreMatch.SHARE, year=0.1, year_scale=3.0)
"""A text. The film that a plot describes reaches about a tenth of what its words could reach."""

REQUEST_TEXT_WEIGHTS = TargetWeights(words=8.0, genres=0.2, genre_match=GenreMatch.SHARE, year=0.1, year_scale=3.0)
"""What remains of a request: few words, each of which was chosen."""

FILM_WEIGHTS = TargetWeights(words=3.0, genres=0.3, genre_match=GenreMatch.JACCARD, year=0.1, year_scale=10.0)
"""A film of the catalogue."""


@dataclass(frozen=True, slots=True)
class AnchorWeights:
    """Raw score that a film loses by each thing that was asked for and that it does not have."""

    genre: float
    excluded_genre: float
    years: float
    year_scale: float
    """Years from the range over which the loss grows to 63%."""
    languages: float
    people: float


REQUEST_WEIGHTS = AnchorWeights(genre=0.3, excluded_genre=0.5, years=0.6, year_scale=3.0, languages=0.5, people=0.7)

MEMORY_WEIGHTS = AnchorWeights(genre=0.15, excluded_genre=0.15, years=0.15, year_scale=5.0, languages=0.15, people=0.15)
"""People remember films wrongly: what they say counts less than what they ask for."""

CHANGE_WEIGHT = 0.35
"""Part of the nearness to a text that counts beside the nearness to films named as examples."""

DISLIKED_WEIGHT = 0.2

SHARPNESS = 4.0
"""How near the soft maximum of several similarities is to their maximum; 0 would be the mean."""

SCORE_DECIMALS = 4
"""Scores are rounded before anything is compared with them, so that the scores in an answer agree with `min_score`."""

DIVERSITY_POOL = 5
"""With diversity, films are chosen from this many times as many."""
