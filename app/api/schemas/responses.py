"""Bodies of the responses."""

from pydantic import BaseModel, Field

from app.api.schemas.understood import UnderstoodResponse
from app.services.movie_record import MovieType
from app.services.ranking.match import Match


class Links(BaseModel):
    """Pages about a film on other sites."""

    tmdb: str | None = Field(
        description="Page on The Movie Database; null if the film's id is the catalogue's own.",
        examples=["https://www.themoviedb.org/movie/9606"],
    )
    imdb: str | None = Field(
        description="Page on IMDb; null if its id is unknown.", examples=["https://www.imdb.com/title/tt0293416/"]
    )


class Movie(BaseModel):
    """One film of the catalogue."""

    movie_id: int = Field(description="TMDB id, or the catalogue's own.", examples=[9606])
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
    original_title: str | None = Field(description="Title in the film's own language.", examples=["メトロポリス"])
    directors: tuple[str, ...] = Field(description="Directors.", examples=[["Rintaro"]])
    cast: tuple[str, ...] = Field(description="Leading actors, at most five.", examples=[["Yuka Imoto"]])
    keywords: tuple[str, ...] = Field(description="What the film is about, in a few words.", examples=[["robot"]])
    runtime: int | None = Field(description="Minutes.", examples=[108])
    type: MovieType = Field(description="A film or a TV show.", examples=["movie"])
    imdb_id: str | None = Field(description="IMDb id.", examples=["tt0293416"])
    links: Links = Field(description="Pages about the film on other sites.")


class Why(BaseModel):
    """What a film has in common with the question."""

    words: list[str] = Field(
        description="Words of both texts, as the film's overview writes them.", examples=[["city", "workers"]]
    )
    sentence: str | None = Field(
        description="The sentence of the overview with the most of these words; null if there are none.",
        examples=["Below, shifts of workers serve the machines that light the city."],
    )
    genres_met: list[str] = Field(description="Requested genres that the film has.", examples=[["Drama"]])
    genres_missed: list[str] = Field(description="Requested genres that the film does not have.", examples=[["Comedy"]])
    year_met: bool | None = Field(
        description="Whether the film is of the requested years; null if no years were requested.", examples=[True]
    )


class Recommendation(Movie):
    """A film with how well it matches."""

    similarity_score: float = Field(ge=0, le=1, description="0 is unrelated, 1 the same.", examples=[0.73])
    match: Match = Field(
        description="The score in words. What is close depends on what films are compared with: a plot, a request or "
        "films.",
        examples=["close"],
    )
    why: Why | None = Field(default=None, description="Why the film is there; only with `explain`.")


class RecommendResponse(BaseModel):
    """The most similar films, best first."""

    query: str | None = Field(
        description="The text that was embedded: the synopsis, with its context if that was given; null if none was.",
        examples=["A robot double stirs up the workers of a city whose rulers live in towers above it."],
    )
    recommendations: list[Recommendation] = Field(description="The films, in the order of `sort`.")
    count: int = Field(description="How many films are returned; filters may leave fewer than top_k.", examples=[10])
    total: int = Field(
        description="How many films pass the filters. The most similar 500 can be reached with offset.", examples=[5296]
    )
    has_close_match: bool = Field(
        description="Whether the match of any of these films is close. If not, the film sought is probably not here.",
        examples=[True],
    )
    truncated: bool = Field(
        default=False, description="True if the synopsis was longer than the model reads.", examples=[False]
    )
    understood: UnderstoodResponse | None = Field(
        default=None, description="What was read from the text; null if there was no text to read."
    )
    warnings: list[str] = Field(
        default_factory=list,
        description="What to know about this answer, such as a genre that no film has.",
        examples=[['No film in the catalogue has the genre "Western".']],
    )


class BatchResponse(BaseModel):
    """One answer for each request, in order."""

    results: list[RecommendResponse] = Field(description="One answer for each request, in order.")


class MovieList(BaseModel):
    """Films by title, best match first; by id, in the order of the ids; or chosen at random."""

    results: list[Movie] = Field(description="The films.")
    count: int = Field(description="How many films are returned.", examples=[10])
    unknown_ids: list[int] = Field(
        default_factory=list, description="Requested ids that the catalogue does not have.", examples=[[999999999]]
    )
    warnings: list[str] = Field(
        default_factory=list,
        description="What to know about this answer, such as a genre that no film has.",
        examples=[['No film in the catalogue has the genre "Western".']],
    )


class Genre(BaseModel):
    """A genre and how many films have it."""

    name: str = Field(description="As films and filters name it.", examples=["Drama"])
    films: int = Field(description="How many films have it.", examples=[5296])


class GenreList(BaseModel):
    """Every genre of the catalogue, most films first."""

    results: list[Genre] = Field(description="The genres, most films first.")
    count: int = Field(description="How many genres there are.", examples=[19])


class Language(BaseModel):
    """An original language and how many films have it."""

    code: str = Field(description="As films and filters name it: ISO 639-1, and TMDB's cn and xx.", examples=["fr"])
    name: str | None = Field(description="English name; null for a code that is not ISO 639-1.", examples=["French"])
    films: int = Field(description="How many films have it.", examples=[2417])


class LanguageList(BaseModel):
    """Every original language of the catalogue, most films first."""

    results: list[Language] = Field(description="The languages, most films first.")
    count: int = Field(description="How many languages there are.", examples=[57])


class Info(BaseModel):
    """What is in use."""

    version: str = Field(description="Version of the service.", examples=["1.0.0"])
    model_id: str = Field(
        description="The model that embeds texts.", examples=["sentence-transformers/all-MiniLM-L6-v2"]
    )
    dimension: int = Field(description="Components of an embedding.", examples=[384])
    reads_tokens: int = Field(description="Tokens of a text that the model reads.", examples=[256])
    reads_best: str = Field(
        description="Languages that the model reads best, by code; empty if its config.json does not say.",
        examples=["en"],
    )
    films: int = Field(description="How many films can be recommended.", examples=[34517])
    types: list[MovieType] = Field(description="Types of the films: movie, tv or both.", examples=[["movie"]])
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
    """What the service is and where its documentation is."""

    message: str = Field(description="Name of the service.", examples=["TMDB Semantic Recommender API"])
    version: str = Field(description="Version of the service.", examples=["1.0.0"])
    status: str = Field(description="running", examples=["running"])
    docs: str | None = Field(description="Path of this documentation; null if it is off.", examples=["/docs"])
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
    """An invalid field."""

    type: str = Field(description="Kind of error, for programs.", examples=["string_too_short"])
    loc: list[str | int] = Field(
        description="Where it is: body, query or path, then names and positions.", examples=[["body", "synopsis"]]
    )
    msg: str = Field(description="What is wrong, for people.", examples=["String should have at least 10 characters"])


class InvalidRequest(BaseModel):
    """Every invalid field."""

    detail: list[InvalidField] = Field(description="The invalid fields.")
