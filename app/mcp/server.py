"""The MCP server: the recommender as tools for language models, with the official SDK."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from app import __version__
from app.api.schemas.responses import Movie, RecommendResponse
from app.api.schemas.search import SearchResponse
from app.api.schemas.selection import Filters
from app.client import Recommender, RecommenderError
from app.client.types import Filters as FilterValues

INSTRUCTIONS = (
    "Finds films by what happens in them. Start with `search`, which takes any text and returns films with their "
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
        query: Annotated[str, Field(min_length=1, max_length=500, description="A description, title, name or mood.")],
        top_k: Count = 10,
        filters: Filters | None = None,
    ) -> SearchResponse:
        """Find films for any text: "two thieves in Paris", "1980s comedies", "like Alien but funny", a title, a name.

        Genres, years, languages, people and example films in the text shift the ranking: `understood` lists what was
        read. `filters` excludes films. `titles` has the films whose titles match, `people` the directors and actors.
        """
        return SearchResponse.model_validate(recommender.search(query, top_k=top_k, filters=_given(filters)))

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


def _given(filters: Filters | None) -> FilterValues:
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
