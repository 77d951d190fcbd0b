"""Typed dictionaries of the requests and responses, with the fields of the OpenAPI document."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

Filters = Mapping[str, str | float | Sequence[str]]
"""Conditions by their names in the API, such as {"genres_any": ["Crime"], "year_min": 1990}. The service refuses
unknown names and suggests the nearest known one."""


class Links(TypedDict):
    """Addresses of a film's pages on other sites."""

    tmdb: str | None
    imdb: str | None


class Film(TypedDict):
    """A film, as in every answer."""

    movie_id: int
    title: str
    overview: str | None
    year: int | None
    genres: list[str]
    original_language: str | None
    vote_average: float | None
    vote_count: int | None
    poster_path: str | None
    original_title: str | None
    directors: list[str]
    cast: list[str]
    keywords: list[str]
    runtime: int | None
    type: Literal["movie", "tv"]
    imdb_id: str | None
    links: Links


class Why(TypedDict):
    """Why a film is in an answer, if `explain` was set."""

    words: list[str]
    sentence: str | None
    genres_met: list[str]
    genres_missed: list[str]
    year_met: bool | None


class Recommendation(Film):
    """A film with its score and match."""

    similarity_score: float
    match: Literal["close", "related", "loose"]
    why: NotRequired[Why | None]


class Example(TypedDict):
    """A film that a text names as an example."""

    movie_id: int
    title: str


class Understood(TypedDict, total=False):
    """What was read from a text. Sent back with a request, corrected or not, it counts instead of reading again."""

    kind: Literal["plot", "request", "memory"]
    genres: Sequence[str]
    excluded_genres: Sequence[str]
    years: Sequence[int | None] | None
    languages: Sequence[str]
    people: Sequence[str]
    like: Sequence[Example]
    unlike: Sequence[Example]
    excluded_languages: Sequence[str]
    runtime_min: int | None
    runtime_max: int | None
    min_vote_average: float | None
    text: str


class Answer(TypedDict):
    """Recommended films, best first. `query` is the text that was embedded, None if there was none."""

    query: str | None
    recommendations: list[Recommendation]
    count: int
    total: int
    has_close_match: bool
    truncated: NotRequired[bool]
    warnings: NotRequired[list[str]]
    understood: NotRequired[Understood | None]


class Person(TypedDict):
    """A director or actor and their number of films."""

    name: str
    films: int


class SearchAnswer(Answer):
    """The result of a search: recommendations, films by title, and people by name."""

    titles: list[Film]
    people: list[Person]


class Genre(TypedDict):
    """A genre and its number of films."""

    name: str
    films: int


class Language(TypedDict):
    """A language and its number of films."""

    code: str
    name: str
    films: int


class Selection(TypedDict, total=False):
    """Which films an answer has, and how many."""

    top_k: int
    offset: int
    sort: Literal["score", "year", "votes"]
    explain: bool
    exclude_ids: Sequence[int]
    min_score: float
    diversity: float
    filters: Filters


class RatedFilm(TypedDict):
    """A film and the stars that a person gives it, 0.5 to 5."""

    movie_id: int
    rating: float


class Context(Selection, total=False):
    """Context: what is known about the described film besides its synopsis."""

    title: str
    genre: str | Sequence[str]
    year: int
    keywords: Sequence[str]
    interpret: bool
    understood: Understood


class RecommendRequest(Context):
    """One request of a batch."""

    synopsis: str
