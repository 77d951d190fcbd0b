"""Questions that the service answers, and its answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.services.movie_record import MovieRecord, MovieType, read_record
from app.services.understanding.understood import Understood

GenreChoice = str | tuple[str, ...]
"""A genre, or several genres that one film must have together: a romantic comedy has two."""


Sort = Literal["score", "year", "votes"]


@dataclass(frozen=True, slots=True)
class MovieFilter:
    """Conditions that a film must all meet; a condition that is left out lets every film pass.

    A film whose year, language, votes or runtime is unknown does not meet a condition on it.
    """

    genres_any: tuple[GenreChoice, ...] = ()
    genres_none: tuple[GenreChoice, ...] = ()
    year_min: int | None = None
    year_max: int | None = None
    original_language: str | None = None
    min_vote_count: int | None = None
    min_vote_average: float | None = None
    runtime_min: int | None = None
    """Minutes."""
    runtime_max: int | None = None
    type: MovieType | None = None
    directors_any: tuple[str, ...] = ()
    keywords_any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """How many films an answer has, and which."""

    top_k: int = 10
    movie_filter: MovieFilter | None = None
    exclude_ids: tuple[int, ...] = ()
    min_score: float | None = None
    diversity: float = 0.0
    """0 takes the best films; towards 1, films unlike those already taken (maximal marginal relevance)."""
    offset: int = 0
    """How many of the best films to skip."""
    sort: Sort = "score"
    """Order of the films of an answer; it does not change which films they are."""
    explain: bool = False
    """Whether the answer says of each film why it is there."""

    def without(self, movie_ids: Sequence[int]) -> "Selection":
        """Return the same selection with more films excluded."""
        return replace(self, exclude_ids=(*self.exclude_ids, *movie_ids))


@dataclass(frozen=True, slots=True)
class Query:
    """A synopsis or a request for films, what else is known, and the films to choose from."""

    synopsis: str
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    keywords: tuple[str, ...] = ()
    selection: Selection = Selection()
    interpret: bool = True
    """Whether what the text asks for beside a plot is read from it."""
    understood: Understood | None = None
    """What the text asks for, if the caller knows better than the reader."""


@dataclass(frozen=True, slots=True)
class SimilarQuery:
    """A film of the catalogue to find similar films for; the film itself is never in the answer."""

    movie_id: int
    selection: Selection = Selection()


@dataclass(frozen=True, slots=True)
class TasteQuery:
    """Films of the catalogue that somebody likes and dislikes; none of them is in the answer."""

    liked: tuple[int, ...]
    disliked: tuple[int, ...] = ()
    selection: Selection = Selection()
    weights: tuple[float, ...] = ()
    """How much each liked film counts; all the same if empty."""
    neutral: tuple[int, ...] = ()
    """Films that are known to the person and neither liked nor disliked."""


@dataclass(frozen=True, slots=True)
class RandomQuery:
    """Films of a selection chosen at random; the seed decides which."""

    selection: Selection
    seed: int


Question = Query | SimilarQuery | TasteQuery


@dataclass(frozen=True, slots=True)
class Why:
    """What a film has in common with what was asked for."""

    words: tuple[str, ...]
    """Words of both texts, as the film's overview writes them."""
    sentence: str | None
    """The sentence of the overview with the most of these words."""
    genres_met: tuple[str, ...]
    genres_missed: tuple[str, ...]
    year_met: bool | None
    """Whether the film is of the years asked for; None if none were."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A film and how well it matches, 0 to 1."""

    movie_json: bytes
    """The film as the catalogue stores it: a JSON object with the fields of MovieRecord. Answers are assembled from
    these texts, so that no film is parsed."""
    similarity_score: float
    why: Why | None = None

    @property
    def movie(self) -> MovieRecord:
        """The film."""
        return read_record(self.movie_json)


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that the parts of an answer took; `encode` is None if no text was embedded."""

    search: float
    encode: float | None = None
    was_cached: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations, best first; `query` is the text that was embedded, None if none was."""

    query: str | None
    recommendations: tuple[Recommendation, ...]
    timings: Timings
    total: int = 0
    """How many films pass the filter and the exclusions, whatever their scores."""
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    """What the caller should know about the answer, in sentences."""
    understood: Understood | None = None
    """What the text of the query asks for; None if the query has no text."""
