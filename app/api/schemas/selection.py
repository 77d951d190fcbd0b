"""Filters, and the selection among the films that pass them."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.api.schemas.base import KnownFields, RequestBody
from app.api.schemas.fields import (
    DEFAULT_RESULTS,
    MAX_EXCLUDED,
    MAX_OFFSET,
    MAX_RESULTS,
    FilterNames,
    Minutes,
    MovieId,
    PlainText,
    Share,
    VoteAverage,
    Whole,
    Year,
)
from app.services.movie_record import MovieType
from app.services.queries import MovieFilter, Selection, Sort


class FilterFields(KnownFields):
    """The conditions, as JSON and query parameters share them."""

    genres_any: FilterNames = Field(
        default_factory=list,
        description="At least one of these genres.",
        examples=[["Horror", "Thriller"]],
    )
    genres_none: FilterNames = Field(
        default_factory=list,
        description="None of these genres.",
        examples=[["Animation"]],
    )
    year_min: Year | None = Field(default=None, description="Released in this year or later.", examples=[1980])
    year_max: Year | None = Field(default=None, description="Released in this year or earlier.", examples=[2020])
    original_language: Annotated[str, StringConstraints(max_length=50), PlainText] | None = Field(
        default=None, description="Original language, by ISO 639-1 code.", examples=["fr"]
    )
    min_vote_count: Annotated[int, Field(ge=0, lt=2**31), Whole] | None = Field(
        default=None, description="At least this many votes.", examples=[100]
    )
    min_vote_average: VoteAverage | None = Field(
        default=None, description="At least this mean vote, 0 to 10.", examples=[7.5]
    )
    runtime_min: Minutes | None = Field(default=None, description="At least this many minutes long.", examples=[80])
    runtime_max: Minutes | None = Field(default=None, description="At most this many minutes long.", examples=[120])
    type: MovieType | None = Field(default=None, description="Films or TV shows only.", examples=["movie"])
    directors_any: FilterNames = Field(
        default_factory=list, description="By at least one of these directors.", examples=[["Agnès Varda"]]
    )
    keywords_any: FilterNames = Field(
        default_factory=list, description="At least one of these keywords.", examples=[["robot"]]
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.year_min is not None and self.year_max is not None and self.year_min > self.year_max:
            raise ValueError("year_min is later than year_max: no film can meet both")
        if self.runtime_min is not None and self.runtime_max is not None and self.runtime_min > self.runtime_max:
            raise ValueError("runtime_min is longer than runtime_max: no film can meet both")
        return self

    def to_movie_filter(self) -> MovieFilter:
        """Return the conditions as the services take them."""
        return MovieFilter(
            genres_any=tuple(self.genres_any),
            genres_none=tuple(self.genres_none),
            year_min=self.year_min,
            year_max=self.year_max,
            original_language=self.original_language or None,
            min_vote_count=self.min_vote_count,
            min_vote_average=self.min_vote_average,
            runtime_min=self.runtime_min,
            runtime_max=self.runtime_max,
            type=self.type,
            directors_any=tuple(self.directors_any),
            keywords_any=tuple(self.keywords_any),
        )


class SelectionFields(KnownFields):
    """The choice among the films that pass, as JSON and query parameters share it."""

    top_k: Annotated[int, Field(ge=1, le=MAX_RESULTS), Whole] = Field(
        default=DEFAULT_RESULTS,
        description=f"How many films to return at most; {DEFAULT_RESULTS} by default.",
        examples=[5],
    )
    exclude_ids: list[MovieId] = Field(
        default_factory=list, max_length=MAX_EXCLUDED, description="Ids of films not to return.", examples=[[19, 653]]
    )
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET), Whole] = Field(
        default=0, description="How many of the best films to skip, to show more; 0 by default.", examples=[10]
    )
    sort: Sort = Field(
        default="score",
        description="Order of the returned films: score (the default), year or votes, highest first. "
        "It does not change which films are returned.",
        examples=["year"],
    )
    explain: bool = Field(
        default=False, description="Whether to say of each film why it is there; false by default.", examples=[True]
    )
    min_score: Share | None = Field(
        default=None, description="Leave out films with a lower similarity_score.", examples=[0.3]
    )
    diversity: Share = Field(
        default=0.0,
        description="0, the default, takes the most similar films, 1 the films that differ most from each other.",
        examples=[0.3],
    )

    def _selection(self, movie_filter: MovieFilter | None) -> Selection:
        return Selection(
            top_k=self.top_k,
            movie_filter=movie_filter,
            exclude_ids=tuple(self.exclude_ids),
            min_score=self.min_score,
            diversity=self.diversity,
            offset=self.offset,
            sort=self.sort,
            explain=self.explain,
        )


class Filters(FilterFields, RequestBody):
    """Conditions that every recommended film meets; an omitted one lets every film pass."""

    model_config = ConfigDict(frozen=True)


class SelectionRequest(SelectionFields, RequestBody):
    """How many films to return, and which."""

    filters: Filters | None = Field(default=None, description="Conditions that every returned film meets.")

    def to_selection(self) -> Selection:
        """Return the choice as the services take it."""
        return self._selection(self.filters.to_movie_filter() if self.filters else None)


class SelectionParameters(FilterFields, SelectionFields):
    """The same choice as query parameters of a GET."""

    def to_selection(self) -> Selection:
        """Return the choice as the services take it."""
        return self._selection(self.to_movie_filter())
