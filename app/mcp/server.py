"""The MCP server: the recommender as tools for language models, with the official SDK."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from app import __version__, client
from app.api.schemas.responses import Movie, RecommendResponse
from app.api.schemas.selection import Filters
from app.client import Recommender, RecommenderError

INSTRUCTIONS = (
    "Finds films by what happens in them. Start with `search`, which takes a description and returns films with their "
    "movie_id. Pass a movie_id to `similar`, several to `taste`, or one to `film` for its record. Scores lie between 0 "
    "and 1."
)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

Count = Annotated[int, Field(ge=1, le=50, description="Number of films.")]
MovieId = Annotated[int, Field(description="movie_id of a film in an earlier answer.")]
MovieIds = Annotated[tuple[int, ...], Field(max_length=50, description="movie_ids of films in earlier answers.")]


def make_server(recommender: Recommender) -> MCPServer:
    """Return an MCP server that answers from a recommender."""
    server = MCPServer("tmdb-semantic-recommender", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")

    def search(
        description: Annotated[str, Field(min_length=10, max_length=5000, description="What happens in the film.")],
        genres: Annotated[tuple[str, ...], Field(description="Genres that the film probably has.")] = (),
        year: Annotated[int | None, Field(description="Year in which the film probably appeared.")] = None,
        top_k: Count = 10,
        filters: Filters | None = None,
    ) -> RecommendResponse:
        """Find the films most similar to a description. Genres and year shift the ranking; filters exclude films."""
        context: client.Context = {"genre": list(genres), "top_k": top_k, "filters": _given(filters)}
        if year is not None:
            context["year"] = year
        return RecommendResponse.model_validate(recommender.recommend(description, **context))

    def similar(movie_id: MovieId, top_k: Count = 10, filters: Filters | None = None) -> RecommendResponse:
        """Find the films most similar to a film."""
        return RecommendResponse.model_validate(recommender.similar(movie_id, top_k=top_k, filters=_given(filters)))

    def taste(
        liked: MovieIds,
        disliked: MovieIds = (),
        top_k: Count = 10,
        filters: Filters | None = None,
    ) -> RecommendResponse:
        """Find films for somebody who likes some films and dislikes others."""
        answer = recommender.taste(liked, disliked, top_k=top_k, filters=_given(filters))
        return RecommendResponse.model_validate(answer)

    def film(movie_id: MovieId) -> Movie:
        """Return the record of a film."""
        return Movie.model_validate(recommender.film(movie_id))

    for tool in (search, similar, taste, film):
        server.add_tool(_telling_errors(tool), annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))
    return server


def _given(filters: Filters | None) -> client.Filters:
    return filters.model_dump(exclude_unset=True) if filters else {}


def _telling_errors(tool: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a tool whose errors reach the language model in the words of the API, which say what to change."""

    @wraps(tool)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return tool(*args, **kwargs)
        except RecommenderError as error:
            raise ToolError(str(error)) from error

    return call
