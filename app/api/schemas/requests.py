"""Bodies of the POST requests."""

from collections import Counter
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from app.api.schemas.base import RequestBody, invalid_field
from app.api.schemas.fields import (
    MAX_GENRES,
    MAX_LIKED,
    MAX_RATED,
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
from app.services.queries import Query, TasteQuery
from app.services.ranking.taste import MAX_DISLIKED_RATING, MAX_FILMS, MIN_LIKED_RATING, Rating, taste_of

Synopsis = Annotated[str, StringConstraints(min_length=10, max_length=5000), PlainText]


class RecommendRequest(SelectionRequest):
    """A synopsis, and what else is known about the film it should resemble."""

    synopsis: Synopsis = Field(
        description="Plot, premise or mood of the wanted film, 10 to 5000 characters without markup.",
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


class RatedFilm(RequestBody):
    """A film and the stars that a person gives it."""

    movie_id: MovieId = Field(description="TMDB id.", examples=[9606])
    rating: Annotated[float, Field(ge=0.5, le=5, allow_inf_nan=False)] = Field(
        description="Stars, 0.5 to 5.", examples=[4.5]
    )


class TasteRequest(SelectionRequest):
    """Films that a person likes, dislikes or has rated."""

    liked: list[MovieId] = Field(
        default_factory=list,
        max_length=MAX_LIKED,
        description="Ids of films liked; each counts as much as one with five stars.",
        examples=[[9606]],
    )
    disliked: list[MovieId] = Field(
        default_factory=list, max_length=MAX_LIKED, description="Ids of films disliked.", examples=[[653]]
    )

    rated: list[RatedFilm] = Field(
        default_factory=list,
        max_length=MAX_RATED,
        description=f"Ratings of up to {MAX_RATED} films. From {MIN_LIKED_RATING} stars a film is liked, more "
        f"stars count more; up to {MAX_DISLIKED_RATING} it is disliked. The {MAX_FILMS} highest rated likes count. "
        "None of these films is recommended.",
        examples=[[{"movie_id": 9606, "rating": 4.5}, {"movie_id": 653, "rating": 2}]],
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _refuse_both("liked", set(self.liked), "disliked", set(self.disliked))
        rated = {film.movie_id for film in self.rated}
        _refuse_both("liked", set(self.liked), "rated", rated)
        _refuse_both("disliked", set(self.disliked), "rated", rated)
        counts = Counter(film.movie_id for film in self.rated)
        if len(counts) < len(self.rated):
            twice = ", ".join(str(movie_id) for movie_id, count in counts.items() if count > 1)
            raise ValueError(f"rated more than once: {twice}; send the last rating of each film")
        if not self.liked and not any(film.rating >= MIN_LIKED_RATING for film in self.rated):
            raise invalid_field("liked", f"send a film here, or in rated with {MIN_LIKED_RATING} stars or more")
        return self

    def to_query(self) -> TasteQuery:
        """Return the request as the services take it."""
        taste = taste_of(Rating(film.movie_id, film.rating) for film in self.rated)
        liked = tuple(dict.fromkeys(self.liked))
        return TasteQuery(
            liked=(*liked, *taste.liked),
            disliked=(*self.disliked, *taste.disliked),
            selection=self.to_selection(),
            weights=(*[1.0] * len(liked), *taste.weights),
            neutral=taste.neutral,
        )


def _refuse_both(name: str, ids: set[int], other: str, other_ids: set[int]) -> None:
    both = ", ".join(map(str, sorted(ids & other_ids)))
    if both:
        raise ValueError(f"both {name} and {other}: {both}; keep each in one list")
