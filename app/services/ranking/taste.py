"""Conversion of a person's ratings into liked and disliked films."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIN_LIKED_RATING = 3.5
MAX_DISLIKED_RATING = 2.0
_NEUTRAL_RATING = 3.0
_BEST_RATING = 5.0

MAX_FILMS = 50
"""Maximum number of likes, and of dislikes, that count: each like costs a search."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A film and the stars that a person gives it, 0.5 to 5."""

    movie_id: int
    stars: float


@dataclass(frozen=True, slots=True)
class Taste:
    """Movie ids: liked ones with their weights (1 for five stars), disliked ones, and rated ones that do not count."""

    liked: tuple[int, ...]
    weights: tuple[float, ...]
    disliked: tuple[int, ...]
    neutral: tuple[int, ...]


def taste_of(ratings: Iterable[Rating]) -> Taste:
    """Return the taste that ratings express; of more than MAX_FILMS likes or dislikes, the strongest count."""
    given = list(ratings)
    likes = _strongest([rating for rating in given if rating.stars >= MIN_LIKED_RATING], -1)
    dislikes = _strongest([rating for rating in given if rating.stars <= MAX_DISLIKED_RATING], 1)
    counted = {rating.movie_id for rating in (*likes, *dislikes)}
    return Taste(
        liked=tuple(rating.movie_id for rating in likes),
        weights=tuple((rating.stars - _NEUTRAL_RATING) / (_BEST_RATING - _NEUTRAL_RATING) for rating in likes),
        disliked=tuple(rating.movie_id for rating in dislikes),
        neutral=tuple(rating.movie_id for rating in given if rating.movie_id not in counted),
    )


def _strongest(ratings: Sequence[Rating], sign: int) -> list[Rating]:
    """Return up to MAX_FILMS ratings, lowest stars times sign first; equal ones are sampled evenly over the list."""
    groups: dict[float, list[Rating]] = {}
    for rating in ratings:
        groups.setdefault(sign * rating.stars, []).append(rating)
    strongest: list[Rating] = []
    for _, group in sorted(groups.items()):
        places = min(MAX_FILMS - len(strongest), len(group))
        strongest += [group[place * len(group) // places] for place in range(places)]
    return strongest
