"""Query parameters of the lists of films."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from app.api.schemas.base import KnownFields, invalid_field
from app.api.schemas.fields import DEFAULT_RESULTS, MAX_EXCLUDED, MAX_IDS, MAX_RESULTS, MovieId
from app.api.schemas.selection import FilterFields
from app.core.plain_text import plain_text
from app.services.queries import Selection

Limit = Annotated[int, Field(ge=1, le=MAX_RESULTS)]


class MovieListParameters(KnownFields):
    """A title as typed so far, or the ids of films."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(plain_text)] | None = Field(
        default=None, description="Title as typed so far.", examples=["metrop"]
    )
    limit: Limit = Field(default=DEFAULT_RESULTS, description="How many films to return at most; 10 by default.")
    ids: list[MovieId] = Field(
        default_factory=list,
        max_length=MAX_IDS,
        description=f"Ids of up to {MAX_IDS} films, with commas between them or as repeated parameters.",
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.query is None) == (not self.ids):
            raise ValueError("Send either query (a title as typed so far) or ids")
        if self.ids and "limit" in self.model_fields_set:
            raise invalid_field("limit", "limit belongs to query: all films of ids are returned")
        return self


class RandomParameters(FilterFields):
    """Which films to choose from at random, and how many."""

    limit: Limit = Field(default=DEFAULT_RESULTS, description="How many films to return at most; 10 by default.")
    exclude_ids: list[MovieId] = Field(
        default_factory=list, max_length=MAX_EXCLUDED, description="Ids of films not to return."
    )

    def to_selection(self) -> Selection:
        """Return the choice as the services take it."""
        return Selection(self.limit, self.to_movie_filter(), tuple(self.exclude_ids))
