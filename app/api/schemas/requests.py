"""Bodies of the POST requests."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from app.api.schemas.base import RequestBody
from app.api.schemas.fields import (
    MAX_GENRES,
    MAX_LIKED,
    MAX_REQUESTS_IN_BATCH,
    Genres,
    MovieId,
    Name,
    PlainText,
    Year,
    split_names,
)
from app.api.schemas.selection import SelectionRequest
from app.api.schemas.understood import UnderstoodRequest
from app.services.queries import Query

Synopsis = Annotated[str, StringConstraints(min_length=10, max_length=5000), PlainText]


class RecommendRequest(SelectionRequest):
    """A synopsis, and what else is known about the film it should resemble."""

    synopsis: Synopsis = Field(
        description="Plot, premise or mood of the film sought, 10 to 5000 characters without markup.",
        examples=["A grieving family is haunted by tragic and disturbing occurrences after the grandmother dies."],
    )
    title: Annotated[str, StringConstraints(max_length=200), PlainText] | None = Field(
        default=None, description="Title of the film described, if known.", examples=["Hereditary"]
    )
    genre: Genres | None = Field(
        default=None, description='Genres as a list or as one text, "Horror, Mystery".', examples=["Horror, Mystery"]
    )
    year: Year | None = Field(default=None, description="Year of release, if known.", examples=[2018])
    keywords: list[Name] | None = Field(
        default=None, max_length=30, description="Words for its themes.", examples=[["cult", "grief"]]
    )

    interpret: bool = Field(
        default=True,
        description="Whether genres, years, languages, people and examples are read from a short text.",
        examples=[True],
    )
    understood: UnderstoodRequest | None = Field(
        default=None, description="What the text asks for, as an answer said it or corrected; the text is not read."
    )

    @field_validator("genre")
    @classmethod
    def _not_too_many_genres(cls, value: str | list[str] | None) -> str | list[str] | None:
        if value is not None and len(split_names(value)) > MAX_GENRES:
            raise ValueError(f"at most {MAX_GENRES} genres")
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
            interpret=self.interpret,
            understood=self.understood.to_understood() if self.understood else None,
        )


class BatchRequest(RequestBody):
    """Several requests answered together."""

    requests: list[RecommendRequest] = Field(
        min_length=1,
        max_length=MAX_REQUESTS_IN_BATCH,
        description=f"1 to {MAX_REQUESTS_IN_BATCH} requests, each as /recommend takes it.",
    )


class TasteRequest(SelectionRequest):
    """Films that somebody likes and dislikes."""

    liked: list[MovieId] = Field(
        min_length=1, max_length=MAX_LIKED, description="Ids of films liked.", examples=[[9606]]
    )
    disliked: list[MovieId] = Field(
        default_factory=list, max_length=MAX_LIKED, description="Ids of films disliked.", examples=[[653]]
    )

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        both = sorted(set(self.liked) & set(self.disliked))
        if both:
            raise ValueError(f"both liked and disliked: {', '.join(map(str, both))}; keep each in one list")
        return self
