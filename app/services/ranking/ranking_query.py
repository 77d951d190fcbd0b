"""The ranking query: what the films of an answer should and should not resemble, in the terms of every engine."""

from dataclasses import dataclass, field

from app.services.ranking.weights import REQUEST_WEIGHTS, SYNOPSIS_WEIGHTS, AnchorWeights, TargetWeights
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
class Anchors:
    """Properties that a film should or should not have. A film that differs loses raw score but is not excluded."""

    genres: tuple[tuple[str, ...], ...] = ()
    """Groups of genres; a film should have at least one genre of each group."""
    excluded_genres: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    languages: tuple[str, ...] = ()
    """Codes; a film's original language should be one of these."""
    people: tuple[str, ...] = ()
    """Full names; each person should have directed the film or act in it."""
    weights: AnchorWeights = REQUEST_WEIGHTS


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
