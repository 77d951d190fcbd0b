"""What the films of an answer should resemble, in the terms that every engine ranks by."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """What an answer should and should not resemble.

    A film's raw score is its nearness to any of `likes`, minus a part of its nearness to any of `dislikes`.
    """

    likes: tuple[Target, ...]
    dislikes: tuple[Target, ...] = ()
