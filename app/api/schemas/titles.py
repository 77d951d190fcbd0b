"""Query parameters of the search by title."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from app.api.schemas.base import KnownFields
from app.api.schemas.fields import DEFAULT_RESULTS, MAX_RESULTS
from app.core.plain_text import plain_text


class TitleParameters(KnownFields):
    """A title as typed so far."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(plain_text)] = Field(
        description="Title as typed so far.", examples=["metrop"]
    )
    limit: int = Field(
        default=DEFAULT_RESULTS, ge=1, le=MAX_RESULTS, description="How many films to return at most; 10 by default."
    )
