"""The questions and answers of the service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.services.movie_record import MovieRecord, MovieType, read_record
from app.services.understanding.understood import Understood

GenreChoice = str | tuple[str, ...]
"""A genre, or several genres that a film must have together: a romantic comedy has two."""


Sort = Literal["score", "year", "votes"]


@dataclass(frozen=True, slots=True)
class MovieFilter:
    """Conditions that a film must all meet; an omitted condition is met by every film.

    A film whose year, language, votes or runtime is unknown does not meet a condition on that field.
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
    """Which films an answer contains, how many, and in which order."""

    top_k: int = 10
    movie_filter: MovieFilter | None = None
    exclude_ids: tuple[int, ...] = ()
    min_score: float | None = None
    diversity: float = 0.0
    """0 chooses the best films; 1 chooses films unlike those already chosen (maximal marginal relevance)."""
    offset: int = 0
    """How many of the best films to skip."""
    sort: Sort = "score"
    """Order of the chosen films; it has no influence on which films are chosen."""
    explain: bool = False
    """Whether the answer gives a reason for each film."""

    def without(self, movie_ids: Sequence[int]) -> "Selection":
        """Return the same selection with more films excluded."""
        return replace(self, exclude_ids=(*self.exclude_ids, *movie_ids))


@dataclass(frozen=True, slots=True)
class Query:
    """A synopsis or a request for films, with context, and a selection."""

    synopsis: str
    title: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    keywords: tuple[str, ...] = ()
    selection: Selection = Selection()
    interpret: bool = True
    """Whether titles, people, years, genres and the like are read from the text; if not, all of it is a plot."""
    understood: Understood | None = None
    """What the text asks for, if the caller states it; nothing is then read from the text."""


@dataclass(frozen=True, slots=True)
class SimilarQuery:
    """A film of the catalogue to find similar films for; the film itself is never in the answer."""

    movie_id: int
    selection: Selection = Selection()


@dataclass(frozen=True, slots=True)
class TasteQuery:
    """Films of the catalogue that a person likes and dislikes; none of these films is in the answer."""

    liked: tuple[int, ...]
    disliked: tuple[int, ...] = ()
    selection: Selection = Selection()
    weights: tuple[float, ...] = ()
    """Weight of each liked film; equal weights if empty."""
    neutral: tuple[int, ...] = ()
    """Films that the person knows and neither likes nor dislikes."""


@dataclass(frozen=True, slots=True)
class RandomQuery:
    """A request for random films of a selection; the same seed gives the same films."""

    selection: Selection
    seed: int


Question = Query | SimilarQuery | TasteQuery


@dataclass(frozen=True, slots=True)
class Why:
    """What a film has in common with the question."""

    words: tuple[str, ...]
    """Words of the question that the film's overview has, too, as the overview writes them."""
    sentence: str | None
    """The sentence of the overview with the most of these words."""
    genres_met: tuple[str, ...]
    genres_missed: tuple[str, ...]
    year_met: bool | None
    """Whether the film's year is in the requested range; None if no years were requested."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A film and its score, from 0 to 1."""

    movie_json: bytes
    """The film as the catalogue stores it: a JSON object with the fields of MovieRecord. Answers are assembled from
    this text, so that films need not be parsed."""
    similarity_score: float
    why: Why | None = None

    @property
    def movie(self) -> MovieRecord:
        """The film, parsed from `movie_json`."""
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
    """How many films pass the filter and the exclusions, regardless of `min_score`."""
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    """What the caller should know about the answer, in sentences."""
    understood: Understood | None = None
    """What the text of the query asks for; None if the query has no text."""
