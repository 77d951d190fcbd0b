"""The constants of the ranking formula. docs/RELEVANCE.md has the measurements behind them.

A change of any of them changes scores: raise RANKING_VERSION with it, so that neighbours stored by an earlier build are
not served beside new scores.
"""

RANKING_VERSION = 1

WORDS_WEIGHT = 6.0
"""Raw score for everything that the query's words could reach; the film that a plot describes reaches about a tenth."""

GENRES_WEIGHT = 0.2
"""Raw score lost by a film that has none of the requested genres."""

YEAR_WEIGHT = 0.1
"""Raw score lost by a film of a very different year."""

YEAR_SCALE = 3.0
"""Years over which that loss grows to 63%."""

DISLIKED_WEIGHT = 0.2

TASTE_SHARPNESS = 8.0
"""How near the soft maximum of several similarities is to their maximum; 0 would be the mean."""

SCORE_DECIMALS = 4
"""Scores are rounded before anything is compared with them, so that the scores in an answer agree with `min_score`."""

DIVERSITY_POOL = 5
"""With diversity, films are chosen from this many times as many."""
