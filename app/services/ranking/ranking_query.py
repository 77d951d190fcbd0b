"""What the films of an answer should resemble, in the terms that every engine ranks by."""

from dataclasses import dataclass, field

from app.services.ranking.weights import REQUEST_WEIGHTS, SYNOPSIS_WEIGHTS, AnchorWeights, TargetWeights
from app.services.vectors import Vector


@dataclass(frozen=True, slots=True)
class Target:
    """A text or a film that the films of an answer should resemble."""

    vector: Vector
    """Unit vector [dimension]."""
    words: str = ""
    """Text whose words count; none if empty."""
    genres: tuple[str, ...] = ()
    year: int | None = None
    weights: TargetWeights = SYNOPSIS_WEIGHTS


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the films of an answer should have or not have; a film that differs loses raw score and is not excluded."""

    genres: tuple[tuple[str, ...], ...] = ()
    """Of each group a film should have one."""
    excluded_genres: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    languages: tuple[str, ...] = ()
    """A film should be in one of them."""
    people: tuple[str, ...] = ()
    """A film should be by or with each of them."""
    weights: AnchorWeights = REQUEST_WEIGHTS


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """What an answer should and should not resemble.

    A film's raw score is its nearness to any of `likes` (the soft maximum), plus a part of its nearness to `change`,
    minus a part of its nearness to any of `dislikes`, minus what it loses by the anchors.
    """

    likes: tuple[Target, ...]
    like_weights: tuple[float, ...] = field(default=(), kw_only=True)
    """How much each of the likes counts in the soft maximum; all the same if empty."""
    dislikes: tuple[Target, ...] = ()
    change: Target | None = None
    """A text that says how the films should differ from `likes`."""
    anchors: Anchors = Anchors()
