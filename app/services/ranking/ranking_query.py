"""The ranking query: what the films of an answer should and should not resemble, in the terms of every engine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from app.services.ranking.weights import (
    REQUEST_WEIGHTS,
    RUNTIME_SCALE,
    SYNOPSIS_WEIGHTS,
    VOTE_AVERAGE_SCALE,
    AnchorWeights,
    TargetWeights,
)
from app.services.vectors import Vector


@dataclass(frozen=True, slots=True)
class Target:
    """A text or a film that the films of an answer should resemble."""

    vector: Vector
    """Unit vector [dimension]."""
    words: str = ""
    """Text whose words are compared with those of films; may be empty."""
    genres: tuple[str, ...] = ()
    year: int | None = None
    weights: TargetWeights = SYNOPSIS_WEIGHTS


@dataclass(frozen=True, slots=True)
class RangeAnchor:
    """Values that a film should have; None if that side is open."""

    column: Literal["year", "runtime", "vote_average"]
    first: int | None
    last: int | None
    weight: float
    scale: float
    """Distance from the range at which the loss is 63% of `weight`."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Properties that a film should or should not have. A film that differs loses raw score but is not excluded."""

    genres: tuple[tuple[str, ...], ...] = ()
    """Groups of genres; a film should have at least one genre of each group."""
    excluded_genres: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    languages: tuple[str, ...] = ()
    """Codes; a film's original language should be one of these."""
    excluded_languages: tuple[str, ...] = ()
    runtime_min: int | None = None
    """Minutes."""
    runtime_max: int | None = None
    min_vote_average: float | None = None
    people: tuple[str, ...] = ()
    """Full names; each person should have directed the film or act in it."""
    weights: AnchorWeights = REQUEST_WEIGHTS

    def ranges(self) -> Iterator[RangeAnchor]:
        """Yield the ranges of numbers that a film should be in; votes are in thousandths, as they are stored."""
        limits = self.weights.limits
        if self.first_year is not None or self.last_year is not None:
            yield RangeAnchor("year", self.first_year, self.last_year, self.weights.years, self.weights.year_scale)
        if self.runtime_min is not None or self.runtime_max is not None:
            yield RangeAnchor("runtime", self.runtime_min, self.runtime_max, limits, RUNTIME_SCALE)
        if self.min_vote_average is not None:
            first = round(1000 * self.min_vote_average)
            yield RangeAnchor("vote_average", first, None, limits, 1000 * VOTE_AVERAGE_SCALE)


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """What the films of an answer should and should not resemble.

    A film's raw score is the soft maximum of its similarities to `likes`, plus CHANGE_WEIGHT times its similarity to
    `change`, minus DISLIKED_WEIGHT times the soft maximum of its similarities to `dislikes`, minus the losses by the
    anchors.
    """

    likes: tuple[Target, ...]
    like_weights: tuple[float, ...] = field(default=(), kw_only=True)
    """Weight of each of the likes in the soft maximum; equal weights if empty."""
    dislikes: tuple[Target, ...] = ()
    change: Target | None = None
    """A text that says how the films should differ from `likes`."""
    anchors: Anchors = Anchors()
