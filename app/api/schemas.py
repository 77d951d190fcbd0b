"""What the HTTP API takes and gives."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)

from app.services.local.masks import MovieFilter
from app.services.model_service import Query, Selection


def _whole(value: object) -> object:
    """Take 5.0 for 5, as JSON Schema does: JavaScript and others write either."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = BeforeValidator(_whole)
MovieId = Annotated[int, Field(strict=True, ge=0, lt=2**53), Whole]
QueryMovieId = Annotated[int, Field(ge=0, lt=2**53)]
QueryName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=100)]
Year = Annotated[int, Field(strict=True, ge=1888, le=2100), Whole]


def _form_of_genres(value: object) -> str | None:
    return "text" if isinstance(value, str) else "list" if isinstance(value, list) else None


# Told apart by a function, a wrong value gets one message, not one for each form that it could have had.
Genres = Annotated[
    Annotated[str, StringConstraints(strict=True, max_length=500), Tag("text")] | Annotated[list[Name], Tag("list")],
    Discriminator(
        _form_of_genres,
        custom_error_type="genres_type",
        custom_error_message='Input should be a text, such as "Horror, Mystery", or a list of names',
    ),
]

MOST_RESULTS = 50
DEFAULT_RESULTS = 10
MOST_EXCLUDED = 1000
MOST_GENRES = 20
MOST_LIKED = 50
MOST_REQUESTS_IN_BATCH = 32


class Filters(BaseModel):
    """Conditions that every recommended film meets; one left out lets every film pass."""

    model_config = ConfigDict(frozen=True)

    genres_any: list[Name] = Field(
        default_factory=list,
        max_length=50,
        description="At least one of these genres.",
        examples=[["Horror", "Thriller"]],
    )
    genres_none: list[Name] = Field(
        default_factory=list, max_length=50, description="None of these genres.", examples=[["Animation"]]
    )
    year_min: Year | None = Field(default=None, description="Released in this year or later.", examples=[1980])
    year_max: Year | None = Field(default=None, description="Released in this year or earlier.", examples=[2020])
    original_language: (
        Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=2, max_length=8)] | None
    ) = Field(default=None, description="ISO 639-1 code of the original language.", examples=["fr"])
    min_vote_count: Annotated[int, Field(strict=True, ge=0, lt=2**31), Whole] | None = Field(
        default=None, description="At least this many votes.", examples=[100]
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        _check_years(self.year_min, self.year_max)
        return self


class SelectionRequest(BaseModel):
    """How many films to return, and which."""

    top_k: Annotated[int, Field(strict=True, ge=1, le=MOST_RESULTS), Whole] = Field(
        default=DEFAULT_RESULTS,
        description=f"How many films to return at most; {DEFAULT_RESULTS} where left out.",
        examples=[5],
    )
    filters: Filters | None = Field(default=None, description="Conditions that every film returned meets.")
    exclude_ids: list[MovieId] = Field(
        default_factory=list, max_length=MOST_EXCLUDED, description="Ids of films not to return.", examples=[[19, 653]]
    )
    min_score: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="Leave out films with a lower similarity_score.", examples=[0.3]
    )
    diversity: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = Field(
        default=0.0,
        description="0, as where left out, takes the most similar films, 1 films that differ most among themselves.",
        examples=[0.3],
    )

    def to_selection(self) -> Selection:
        """Return the same choice as the services take it."""
        return Selection(
            top_k=self.top_k,
            movie_filter=_to_movie_filter(self.filters) if self.filters else None,
            exclude_ids=tuple(self.exclude_ids),
            min_score=self.min_score,
            diversity=self.diversity,
        )


class RecommendRequest(SelectionRequest):
    """A synopsis, and what else is known of the film that it should resemble."""

    synopsis: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=10, max_length=5000)] = (
        Field(
            description="Plot, premise or mood of the film sought, 10 to 5000 characters.",
            examples=["A grieving family is haunted by tragic and disturbing occurrences after the grandmother dies."],
        )
    )
    title: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=200)] | None = Field(
        default=None, description="Title of the film described, where known.", examples=["Hereditary"]
    )
    genre: Genres | None = Field(
        default=None, description='Genres as a list or as one text, "Horror, Mystery".', examples=["Horror, Mystery"]
    )
    year: Year | None = Field(default=None, description="Year of release, where known.", examples=[2018])
    keywords: list[Name] | None = Field(
        default=None, max_length=30, description="Words for its themes.", examples=[["cult", "grief"]]
    )

    @field_validator("genre")
    @classmethod
    def _not_too_many_genres(cls, value: str | list[str] | None) -> str | list[str] | None:
        if value is not None and len(split_names(value)) > MOST_GENRES:
            raise ValueError(f"at most {MOST_GENRES} genres")
        return value

    def to_query(self) -> Query:
        """Return the request as the services take it."""
        return Query(
            synopsis=self.synopsis,
            title=self.title or None,
            genres=split_names(self.genre),
            year=self.year,
            keywords=split_names(self.keywords),
            selection=self.to_selection(),
        )


class BatchRequest(BaseModel):
    """Several requests answered in one go."""

    requests: list[RecommendRequest] = Field(
        min_length=1,
        max_length=MOST_REQUESTS_IN_BATCH,
        description=f"1 to {MOST_REQUESTS_IN_BATCH} requests, each as /recommend takes it.",
    )


class SimilarParameters(BaseModel):
    """The same choice as query parameters of a GET."""

    top_k: int = Field(default=DEFAULT_RESULTS, ge=1, le=MOST_RESULTS, description="How many films to return at most.")
    genres_any: list[QueryName] = Field(
        default_factory=list,
        max_length=50,
        description="At least one of these genres; repeat the parameter for several.",
    )
    genres_none: list[QueryName] = Field(
        default_factory=list, max_length=50, description="None of these genres; repeat the parameter for several."
    )
    year_min: int | None = Field(default=None, ge=1888, le=2100, description="Released in this year or later.")
    year_max: int | None = Field(default=None, ge=1888, le=2100, description="Released in this year or earlier.")
    original_language: str | None = Field(
        default=None, min_length=2, max_length=8, description="ISO 639-1 code of the original language."
    )
    min_vote_count: int | None = Field(default=None, ge=0, lt=2**31, description="At least this many votes.")
    exclude_ids: list[QueryMovieId] = Field(
        default_factory=list,
        max_length=MOST_EXCLUDED,
        description="Ids of films not to return; repeat the parameter for several.",
    )
    min_score: float | None = Field(
        default=None, ge=0, le=1, allow_inf_nan=False, description="Leave out films with a lower similarity_score."
    )
    diversity: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False, description="0 most similar, 1 most varied.")

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        _check_years(self.year_min, self.year_max)
        return self

    def to_selection(self) -> Selection:
        """Return the same choice as the services take it."""
        return Selection(
            top_k=self.top_k,
            movie_filter=_to_movie_filter(self),
            exclude_ids=tuple(self.exclude_ids),
            min_score=self.min_score,
            diversity=self.diversity,
        )


class TasteRequest(SelectionRequest):
    """Films that somebody likes and dislikes."""

    liked: list[MovieId] = Field(
        min_length=1, max_length=MOST_LIKED, description="Ids of films liked.", examples=[[9606]]
    )
    disliked: list[MovieId] = Field(
        default_factory=list, max_length=MOST_LIKED, description="Ids of films disliked.", examples=[[653]]
    )

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        both = sorted(set(self.liked) & set(self.disliked))
        if both:
            raise ValueError(f"both liked and disliked: {', '.join(map(str, both))}; leave each in one list")
        return self


def _check_years(year_min: int | None, year_max: int | None) -> None:
    if year_min is not None and year_max is not None and year_min > year_max:
        raise ValueError("year_min is later than year_max: no film can meet both")


def _to_movie_filter(conditions: "Filters | SimilarParameters") -> MovieFilter:
    """Return the same conditions as the services take them."""
    return MovieFilter(
        genres_any=tuple(conditions.genres_any),
        genres_none=tuple(conditions.genres_none),
        year_min=conditions.year_min,
        year_max=conditions.year_max,
        original_language=conditions.original_language,
        min_vote_count=conditions.min_vote_count,
    )


def split_names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return names from a list or from one text, split at commas, each once, without blanks."""
    texts = [value] if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(name for text in texts for item in text.split(",") if (name := item.strip())))


class Movie(BaseModel):
    """One film of the catalogue."""

    movie_id: int = Field(description="TMDB id.", examples=[9606])
    title: str = Field(description="Title in the catalogue's language.", examples=["Metropolis"])
    overview: str | None = Field(
        description="What the film is about.", examples=["Duke Red crowns his stacked city with the Ziggurat."]
    )
    year: int | None = Field(description="Year of release.", examples=[2001])
    genres: tuple[str, ...] = Field(
        description="Genres, as /genres lists them.", examples=[["Animation", "Science Fiction", "Drama"]]
    )
    original_language: str | None = Field(description="ISO 639-1 code.", examples=["ja"])
    vote_average: float | None = Field(description="Mean vote, 0 to 10.", examples=[7.1])
    vote_count: int | None = Field(description="Number of votes.", examples=[574])
    poster_path: str | None = Field(
        description="Append to https://image.tmdb.org/t/p/w342 for the picture.",
        examples=["/41WtqvaObaYE3RuqgBfQFPV3aV1.jpg"],
    )


class Recommendation(Movie):
    """A film with how well it matches."""

    similarity_score: float = Field(ge=0, le=1, description="0 is unrelated, 1 the same.", examples=[0.73])


class RecommendResponse(BaseModel):
    """The most similar films, best first."""

    query: str | None = Field(
        description="The text that was embedded: the synopsis, with its context where that was given; "
        "null where none was.",
        examples=["A robot double stirs up the workers of a city whose rulers live in towers above it."],
    )
    recommendations: list[Recommendation] = Field(description="The films, highest similarity_score first.")
    count: int = Field(description="How many films are returned; filters may leave fewer than top_k.", examples=[10])
    truncated: bool = Field(
        default=False, description="True where the synopsis was longer than the model reads.", examples=[False]
    )


class BatchResponse(BaseModel):
    """One answer for each request, in order."""

    results: list[RecommendResponse] = Field(description="One answer for each request, in order.")


class MovieList(BaseModel):
    """Films found by title, best match first."""

    results: list[Movie] = Field(description="The films, best match first.")
    count: int = Field(description="How many films are returned.", examples=[10])


class Genre(BaseModel):
    """A genre and how many films have it."""

    name: str = Field(description="As films and filters name it.", examples=["Drama"])
    films: int = Field(description="How many films have it.", examples=[5296])


class GenreList(BaseModel):
    """Every genre of the catalogue, most films first."""

    results: list[Genre] = Field(description="The genres, most films first.")
    count: int = Field(description="How many genres there are.", examples=[19])


class Info(BaseModel):
    """What is in use."""

    version: str = Field(description="Version of the service.", examples=["1.0.0"])
    model_id: str = Field(
        description="The model that embeds texts.", examples=["sentence-transformers/all-MiniLM-L6-v2"]
    )
    dimension: int = Field(description="Components of an embedding.", examples=[384])
    reads_tokens: int = Field(description="Tokens of a text that the model reads.", examples=[256])
    reads_best: str = Field(description="Language that the model reads best.", examples=["en"])
    films: int = Field(description="How many films can be recommended.", examples=[34517])
    search_engine: str = Field(description="What searches the vectors: exact or annoy.", examples=["exact"])
    template_version: int = Field(description="Version of the text that context is filled into.", examples=[1])
    index_version: str | None = Field(description="Changes with the index; also the ETag.", examples=["0a1b2c3d4e5f"])
    built_at: str | None = Field(
        description="When the index was built (ISO 8601).", examples=["2026-11-24T04:01:48+00:00"]
    )
    age_days: int | None = Field(description="Days since the index was built.", examples=[12])
    warnings: list[str] = Field(
        description="What an operator should know.",
        examples=[["The model reads English best; synopses in other languages match less well."]],
    )


class ServiceStatus(BaseModel):
    """What answers at /."""

    message: str = Field(description="Name of the service.", examples=["TMDB Semantic Recommender API"])
    version: str = Field(description="Version of the service.", examples=["1.0.0"])
    status: str = Field(description="running", examples=["running"])
    docs: str | None = Field(description="Path of this documentation; null where it is off.", examples=["/docs"])
    demo: str = Field(description="Path of a page to try it in a browser.", examples=["/demo"])
    films: int = Field(description="How many films can be recommended.", examples=[34517])


class Health(BaseModel):
    """The service can answer."""

    status: str = Field(description="healthy", examples=["healthy"])
    model_loaded: bool = Field(description="True: the model has answered.", examples=[True])


class ErrorDetail(BaseModel):
    """What was wrong, and what to change."""

    detail: str = Field(description="One sentence.", examples=["Not in the catalogue: 999999999"])


class InvalidField(BaseModel):
    """A field at fault."""

    type: str = Field(description="Kind of fault, for programs.", examples=["string_too_short"])
    loc: list[str | int] = Field(
        description="Where it is: body, query or path, then names and positions.", examples=[["body", "synopsis"]]
    )
    msg: str = Field(description="What is wrong, for people.", examples=["String should have at least 10 characters"])


class InvalidRequest(BaseModel):
    """Every field at fault."""

    detail: list[InvalidField] = Field(description="The fields at fault.")
