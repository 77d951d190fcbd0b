"""What a text asks for besides a plot, in answers and in requests of clients that correct it."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.api.schemas.base import RequestBody
from app.api.schemas.fields import Minutes, MovieId, Name, PlainText, VoteAverage, Year
from app.services.understanding.understood import NamedFilm, Understood, Years

MAX_PARTS = 20

YearRange = Annotated[list[Year | None], Field(min_length=2, max_length=2)]


class Example(BaseModel):
    """A film that the text names as an example."""

    movie_id: int = Field(description="TMDB id.", examples=[348])
    title: str = Field(description="Title in the catalogue.", examples=["Alien"])


class UnderstoodResponse(BaseModel):
    """What was read from the text. Sent back as `understood`, corrected or not, it counts instead of reading again."""

    kind: Literal["plot", "request", "memory"] = Field(
        description="A synopsis, a request for films, or a memory of a film seen long ago.", examples=["request"]
    )
    genres: list[str] = Field(description="Genres asked for.", examples=[["Comedy"]])
    excluded_genres: list[str] = Field(description="Genres not wanted.", examples=[["Horror"]])
    years: YearRange | None = Field(
        description="First and last year of release; null for an open end.", examples=[[1980, 1989]]
    )
    languages: list[str] = Field(
        description="Codes of original languages, one of which is asked for.", examples=[["fr"]]
    )
    people: list[str] = Field(description="Directors and actors asked for.", examples=[["Agnès Varda"]])
    like: list[Example] = Field(description="Films named as examples; they are never returned.")
    unlike: list[Example] = Field(description="Films that are not wanted; they are never returned.")
    excluded_languages: list[str] = Field(description="Codes of original languages not wanted.", examples=[["en"]])
    runtime_min: int | None = Field(description="At least this many minutes long.", examples=[80])
    runtime_max: int | None = Field(description="At most this many minutes long.", examples=[120])
    min_vote_average: float | None = Field(description="Mean vote of at least this.", examples=[7.5])
    text: str = Field(description="What remains of the text, to be compared with films.", examples=["trains"])


class ExampleRequest(RequestBody):
    """A film to find similar films for."""

    movie_id: MovieId = Field(description="TMDB id.", examples=[348])
    title: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="Title; not used.", examples=["Alien"]
    )


class UnderstoodRequest(RequestBody):
    """What the text asks for, as corrected by a caller; every part may be omitted."""

    kind: Literal["plot", "request", "memory"] = Field(
        default="request",
        description="A synopsis, a request for films, or a memory of a film seen long ago.",
        examples=["request"],
    )
    genres: list[Name] = Field(
        default_factory=list, max_length=MAX_PARTS, description="Genres asked for.", examples=[["Comedy"]]
    )
    excluded_genres: list[Name] = Field(
        default_factory=list, max_length=MAX_PARTS, description="Genres not wanted.", examples=[["Horror"]]
    )
    years: YearRange | None = Field(
        default=None, description="First and last year of release; null for an open end.", examples=[[1980, 1989]]
    )
    languages: list[Name] = Field(
        default_factory=list,
        max_length=MAX_PARTS,
        description="Codes of original languages, one of which is asked for.",
        examples=[["fr"]],
    )
    people: list[Name] = Field(
        default_factory=list, max_length=MAX_PARTS, description="Directors and actors.", examples=[["Agnès Varda"]]
    )
    like: list[ExampleRequest] = Field(
        default_factory=list,
        max_length=MAX_PARTS,
        description="Films as examples.",
    )
    unlike: list[ExampleRequest] = Field(
        default_factory=list, max_length=MAX_PARTS, description="Films that are not wanted."
    )
    excluded_languages: list[Name] = Field(
        default_factory=list,
        max_length=MAX_PARTS,
        description="Codes of original languages not wanted.",
        examples=[["en"]],
    )
    runtime_min: Minutes | None = Field(default=None, description="At least this many minutes long.", examples=[80])
    runtime_max: Minutes | None = Field(default=None, description="At most this many minutes long.", examples=[120])
    min_vote_average: VoteAverage | None = Field(
        default=None, description="Mean vote of at least this.", examples=[7.5]
    )
    text: Annotated[str, StringConstraints(max_length=5000), PlainText] = Field(
        default="", description="What is compared with films.", examples=["trains"]
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "UnderstoodRequest":
        first, last = self.years or (None, None)
        if first is not None and last is not None and first > last:
            raise ValueError("the first of the years is later than the last")
        if self.runtime_min is not None and self.runtime_max is not None and self.runtime_min > self.runtime_max:
            raise ValueError("runtime_min is longer than runtime_max: no film can meet both")
        return self

    def to_understood(self) -> Understood:
        """Return it as the services take it."""
        first, last = self.years or (None, None)
        return Understood(
            kind=self.kind,
            text=self.text,
            genres=tuple(self.genres),
            excluded_genres=tuple(self.excluded_genres),
            years=None if first is None and last is None else Years(first, last),
            languages=tuple(self.languages),
            people=tuple(self.people),
            like=tuple(NamedFilm(film.movie_id, film.title) for film in self.like),
            unlike=tuple(NamedFilm(film.movie_id, film.title) for film in self.unlike),
            excluded_languages=tuple(self.excluded_languages),
            runtime_min=self.runtime_min,
            runtime_max=self.runtime_max,
            min_vote_average=self.min_vote_average,
        )


def understood_fields(understood: Understood) -> dict[str, object]:
    """Return what was understood with the fields of UnderstoodResponse."""
    years = understood.years
    return {
        "kind": understood.kind,
        "genres": understood.genres,
        "excluded_genres": understood.excluded_genres,
        "years": None if years is None else (years.first, years.last),
        "languages": understood.languages,
        "people": understood.people,
        "like": [{"movie_id": film.movie_id, "title": film.title} for film in understood.like],
        "unlike": [{"movie_id": film.movie_id, "title": film.title} for film in understood.unlike],
        "excluded_languages": understood.excluded_languages,
        "runtime_min": understood.runtime_min,
        "runtime_max": understood.runtime_max,
        "min_vote_average": understood.min_vote_average,
        "text": understood.text,
    }
