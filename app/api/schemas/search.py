"""Query parameters and responses of the search by anything, and of people."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.api.schemas.base import KnownFields
from app.api.schemas.fields import DEFAULT_RESULTS, MAX_RESULTS, PlainText
from app.api.schemas.responses import Movie, RecommendResponse
from app.api.schemas.selection import SelectionParameters
from app.services.queries import Query


class SearchParameters(SelectionParameters):
    """Anything that a person types, and which films to return."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=500), PlainText] = Field(
        description="A description, a title, a name or a mood, 1 to 500 characters.",
        examples=["French comedies of the 1960s"],
    )

    def to_query(self) -> Query:
        """Return the request as the services take it."""
        return Query(self.query, selection=self.to_selection())


class PeopleParameters(KnownFields):
    """A name as typed so far."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=200), PlainText] = Field(
        description="Name as typed so far.", examples=["kuros"]
    )
    limit: int = Field(
        default=DEFAULT_RESULTS, ge=1, le=MAX_RESULTS, description="How many people to return at most; 10 by default."
    )


class Person(BaseModel):
    """A director or actor of the catalogue."""

    name: str = Field(description="Full name, as films and filters have it.", examples=["Akira Kurosawa"])
    films: int = Field(description="How many films of the catalogue are by or with them.", examples=[15])


class PersonList(BaseModel):
    """People found by name, best match first."""

    results: list[Person] = Field(description="The people, best match first.")
    count: int = Field(description="How many people are returned.", examples=[1])


class SearchResponse(RecommendResponse):
    """Films by title, people by name, and recommendations for the text."""

    query: str = Field(description="The text as it was typed.", examples=["French comedies of the 1960s"])
    titles: list[Movie] = Field(description="Films whose titles match, best match first.")
    people: list[Person] = Field(description="Directors and actors whose names match.")
