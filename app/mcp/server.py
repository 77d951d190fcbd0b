"""The MCP server: the recommender as tools for language models, with the official SDK."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from mcp_types import ToolAnnotations
from pydantic import Field, create_model

from app import __version__
from app.api.schemas.base import KnownFields
from app.api.schemas.fields import MAX_RATED
from app.api.schemas.requests import RatedFilm
from app.api.schemas.responses import Movie, RecommendResponse
from app.api.schemas.search import SearchResponse
from app.api.schemas.selection import Filters
from app.client import Recommender, RecommenderError
from app.client.types import Filters as FilterValues
from app.client.types import RatedFilm as RatedFilmValues

INSTRUCTIONS = (
    "Finds films by what happens in them. Start with `search`, which takes any text and returns films with their "
    "movie_id. Pass a movie_id to `similar`, several to `taste`, or one to `film` for its record. Scores lie between 0 "
    "and 1."
)

MAX_SEARCH_CHARACTERS = 500
"""A longer text is a synopsis."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

Count = Annotated[int, Field(ge=1, le=50, description="Number of films.")]
MovieId = Annotated[int, Field(description="movie_id of a film in an earlier answer.")]
MovieIds = Annotated[tuple[int, ...], Field(max_length=50, description="movie_ids of films in earlier answers.")]
Ratings = Annotated[
    tuple[RatedFilm, ...],
    Field(max_length=MAX_RATED, description="Films with their stars: liked from 3.5, disliked up to 2."),
]


class _Tools:
    """The tools of a server, which call a recommender."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender

    def search(
        self,
        query: Annotated[str, Field(min_length=1, max_length=5000, description="A description, title, name or mood.")],
        top_k: Count = 10,
        filters: Filters | None = None,
    ) -> SearchResponse:
        """Find films for any text: "two thieves in Paris", "1980s comedies", "like Alien but funny", a title, a name.

        Genres, years, languages, people and example films in the text shift the ranking: `understood` lists what was
        read. `filters` excludes films. `titles` has the films whose titles match, `people` the directors and actors.
        """
        if len(query) > MAX_SEARCH_CHARACTERS:
            answer = self._recommender.recommend(query, top_k=top_k, filters=_given(filters))
            return SearchResponse.model_validate({**answer, "query": query, "titles": [], "people": []})
        return SearchResponse.model_validate(self._recommender.search(query, top_k=top_k, filters=_given(filters)))

    def similar(self, movie_id: MovieId, top_k: Count = 10, filters: Filters | None = None) -> RecommendResponse:
        """Find the films most similar to a film."""
        answer = self._recommender.similar(movie_id, top_k=top_k, filters=_given(filters))
        return RecommendResponse.model_validate(answer)

    def taste(
        self,
        liked: MovieIds = (),
        disliked: MovieIds = (),
        rated: Ratings = (),
        top_k: Count = 10,
        filters: Filters | None = None,
    ) -> RecommendResponse:
        """Find films for somebody who likes some films and dislikes others, or has rated films with 0.5 to 5 stars.

        Name each film once, and at least one that is liked.
        """
        ratings = [RatedFilmValues(movie_id=film.movie_id, rating=film.rating) for film in rated]
        answer = self._recommender.taste(liked, disliked, ratings, top_k=top_k, filters=_given(filters))
        return RecommendResponse.model_validate(answer)

    def film(self, movie_id: MovieId) -> Movie:
        """Return the record of a film."""
        return Movie.model_validate(self._recommender.film(movie_id))


def make_server(recommender: Recommender) -> MCPServer:
    """Return an MCP server whose tools call a recommender."""
    tools = _Tools(recommender)
    functions: list[Callable[..., object]] = [tools.search, tools.similar, tools.taste, tools.film]
    return MCPServer(
        "tmdb-semantic-recommender",
        instructions=INSTRUCTIONS,
        version=__version__,
        tools=[_strict_tool(_telling_errors(function)) for function in functions],
        log_level="WARNING",
    )


def _given(filters: Filters | None) -> FilterValues:
    return filters.model_dump(exclude_unset=True) if filters else {}


def _strict_tool(function: Callable[..., object]) -> Tool:
    """Return a tool that refuses unknown arguments, which the SDK's own tools ignore."""
    tool = Tool.from_function(function, annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))
    arguments = tool.fn_metadata.arg_model
    strict = cast(type[ArgModelBase], create_model(arguments.__name__, __base__=(KnownFields, arguments)))
    tool.fn_metadata.arg_model = strict
    tool.parameters = strict.model_json_schema()
    return tool


def _telling_errors(tool: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a tool that passes the API's error messages, which say what to change, to the language model."""

    @wraps(tool)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return tool(*args, **kwargs)
        except RecommenderError as error:
            raise ToolError(str(error)) from error

    return call
