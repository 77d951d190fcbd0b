"""What the HTTP API takes and gives."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from app.services.movie_filter import MovieFilter

MovieId = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Name = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=100)]
Year = Annotated[int, Field(strict=True, ge=1888, le=2100)]

MOST_RESULTS = 50
DEFAULT_RESULTS = 10
MOST_EXCLUDED = 1000


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
    original_language: Annotated[str, StringConstraints(strict=True, min_length=2, max_length=8)] | None = Field(
        default=None, description="ISO 639-1 code of the original language.", examples=["fr"]
    )
    min_vote_count: Annotated[int, Field(strict=True, ge=0, lt=2**31)] | None = Field(
        default=None, description="At least this many votes.", examples=[100]
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if self.year_min is not None and self.year_max is not None and self.year_min > self.year_max:
            raise ValueError("year_min is later than year_max: no film can meet both")
        return self

    def to_movie_filter(self) -> MovieFilter:
        """Return the same conditions as the services take them."""
        return MovieFilter(
            genres_any=tuple(self.genres_any),
            genres_none=tuple(self.genres_none),
            year_min=self.year_min,
            year_max=self.year_max,
            original_language=self.original_language,
            min_vote_count=self.min_vote_count,
        )


class RecommendRequest(BaseModel):
    """A synopsis, and what else is known of the film that it should resemble."""

    synopsis: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=10, max_length=5000)] = (
        Field(
            description="Plot, premise or mood of the film sought, 10 to 5000 characters.",
            examples=["A grieving family is haunted by tragic and disturbing occurrences after the grandmother dies."],
        )
    )
    top_k: Annotated[int, Field(strict=True, ge=1, le=MOST_RESULTS)] = Field(
        default=DEFAULT_RESULTS, description="How many films to return at most."
    )
    title: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=200)] | None = Field(
        default=None, description="Title of the film described, where known.", examples=["Hereditary"]
    )
    genre: Annotated[str, StringConstraints(strict=True, max_length=500)] | list[Name] | None = Field(
        default=None, description='Genres as a list or as one text, "Horror, Mystery".', examples=["Horror, Mystery"]
    )
    year: Year | None = Field(default=None, description="Year of release, where known.", examples=[2018])
    keywords: list[Name] | None = Field(
        default=None, max_length=30, description="Words for its themes.", examples=[["cult", "grief"]]
    )
    filters: Filters | None = Field(default=None, description="Conditions that every film returned meets.")
    exclude_ids: list[MovieId] = Field(
        default_factory=list, max_length=MOST_EXCLUDED, description="Films not to return.", examples=[[493922]]
    )
    min_score: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="Leave out films with a lower similarity_score.", examples=[0.3]
    )
    diversity: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = Field(
        default=0.0, description="0 takes the most similar films, 1 films that differ most among themselves."
    )

    @field_validator("genre")
    @classmethod
    def _not_too_many_genres(cls, value: str | list[str] | None) -> str | list[str] | None:
        if value is not None and len(split_names(value)) > 20:
            raise ValueError("at most 20 genres")
        return value


def split_names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return names from a list or from one text with commas, each once, without blanks."""
    items = value.split(",") if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(name for item in items if (name := item.strip())))


class Movie(BaseModel):
    """One film of the catalogue."""

    movie_id: int = Field(description="TMDB id.", examples=[278])
    title: str = Field(examples=["The Shawshank Redemption"])
    overview: str | None = Field(description="What the film is about.", examples=["A banker is sent to prison ..."])
    year: int | None = Field(description="Year of release.", examples=[1994])
    genres: tuple[str, ...] = Field(examples=[["Drama", "Crime"]])
    original_language: str | None = Field(description="ISO 639-1 code.", examples=["en"])
    vote_average: float | None = Field(description="Mean vote, 0 to 10.", examples=[8.7])
    vote_count: int | None = Field(examples=[21862])
    poster_path: str | None = Field(
        description="Append to https://image.tmdb.org/t/p/w342 for the picture.", examples=["/9cqNxx0GxF0.jpg"]
    )


class Recommendation(Movie):
    """A film with how well it matches."""

    similarity_score: float = Field(ge=0, le=1, description="0 is unrelated, 1 the same.", examples=[0.73])


class RecommendResponse(BaseModel):
    """The most similar films, best first."""

    query: str | None = Field(description="The text that was embedded; null where none was.")
    recommendations: list[Recommendation]
    count: int = Field(description="How many films are returned.", examples=[10])
    truncated: bool = Field(default=False, description="True where the synopsis was longer than the model reads.")


class ServiceStatus(BaseModel):
    """What answers at /."""

    message: str
    version: str
    status: str
    docs: str | None
    films: int


class Health(BaseModel):
    """The service can answer."""

    status: str = Field(examples=["healthy"])
    model_loaded: bool = Field(examples=[True])


class ErrorDetail(BaseModel):
    """What was wrong, and what to change."""

    detail: str
