"""The constants of the ranking formula. docs/RELEVANCE.md has the measurements behind them.

After a change that affects the scores of similar films, raise RANKING_VERSION, so that neighbours stored by an earlier
build are not served together with new scores.
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
    """Weights of everything besides the cosine of the vectors in a film's similarity to a target."""

    words: float
    """Raw score for the highest possible word score of the target."""
    genres: float
    """Raw score lost by a film that has none of the target's genres."""
    genre_match: GenreMatch
    year: float
    """Raw score lost by a film of a very different year."""
    year_scale: float
    """Difference in years at which the loss is 63% of `year`."""


SYNOPSIS_WEIGHTS = TargetWeights(words=6.0, genres=0.2, genre_match=GenreMatch.SHARE, year=0.1, year_scale=3.0)
"""For a plot. The film that it describes reaches about a tenth of the highest possible word score."""

REQUEST_TEXT_WEIGHTS = TargetWeights(words=8.0, genres=0.2, genre_match=GenreMatch.SHARE, year=0.1, year_scale=3.0)
"""For what remains of a request: it has few words, each chosen with care."""

FILM_WEIGHTS = TargetWeights(words=3.0, genres=0.3, genre_match=GenreMatch.JACCARD, year=0.1, year_scale=10.0)
"""For a film of the catalogue."""


@dataclass(frozen=True, slots=True)
class AnchorWeights:
    """Raw score that a film loses for each requested property that it does not have."""

    genre: float
    excluded_genre: float
    years: float
    year_scale: float
    """Distance from the range, in years, at which the loss is 63% of `years`."""
    languages: float
    people: float
    limits: float
    """For the runtime, and for the mean vote."""


REQUEST_WEIGHTS = AnchorWeights(
    genre=0.3, excluded_genre=0.5, years=0.6, year_scale=3.0, languages=0.5, people=0.7, limits=0.6
)

EXAMPLE_WEIGHTS = AnchorWeights(
    genre=0.8, excluded_genre=0.8, years=0.8, year_scale=3.0, languages=0.8, people=0.8, limits=0.8
)
"""For a request that names films as examples: with smaller losses, their sequels would come first in any case."""

MEMORY_WEIGHTS = AnchorWeights(
    genre=0.15, excluded_genre=0.15, years=0.15, year_scale=5.0, languages=0.15, people=0.15, limits=0.15
)
"""For a memory of one film: people remember films wrongly, so it counts less than a request."""

RUNTIME_SCALE = 3.0
"""Distance from the requested runtimes, in minutes, at which the loss is 63% of `limits`."""

VOTE_AVERAGE_SCALE = 0.15
"""Distance from the lowest requested mean vote at which the loss is 63% of `limits`."""

CHANGE_WEIGHT = 0.6
"""Weight of the similarity to a text that says how films should differ from those named as examples."""

DISLIKED_WEIGHT = 0.2
"""Weight of the similarity to disliked films, which is subtracted."""

SHARPNESS = 4.0
"""Sharpness of the soft maximum of several similarities: towards 0 it is their mean, at infinity their maximum."""

SCORE_DECIMALS = 4
"""Scores are rounded before they are compared with `min_score`, so that the scores in an answer agree with it."""

DIVERSITY_POOL = 5
"""With diversity, films are chosen from this many times `top_k`."""
