"""Endpoints of single films and lists of films."""

import random
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api.answers import answer_response, to_movie
from app.api.caching import index_version_headers
from app.api.dependencies import Runner
from app.api.names import answer_in_catalogue_names, in_catalogue_names, missing_facts
from app.api.openapi.responses import INVALID, NOT_MODIFIED, UNAVAILABLE, UNKNOWN_FILM
from app.api.query_parameters import describe_query, read_query
from app.api.schemas.movies import MovieListParameters, RandomParameters
from app.api.schemas.responses import Movie, MovieList, RecommendResponse
from app.api.schemas.selection import SelectionParameters
from app.services.model_service import ModelService
from app.services.movie_record import MovieRecord
from app.services.queries import RandomQuery, SimilarQuery

router = APIRouter(tags=["films"])

MovieIdInPath = Annotated[int, Path(ge=0, lt=2**53, description="TMDB id.", examples=[9606])]

_seeds = random.Random()  # noqa: S311  which films are shown is no secret


@router.get(
    "/movies/random",
    operation_id="getRandomMovies",
    summary="Films at random",
    responses={**INVALID, **UNAVAILABLE},
    openapi_extra=describe_query(RandomParameters),
)
async def random_movies(request: Request, response: Response, runner: Runner) -> MovieList:
    """Return films chosen at random among those that pass the filters."""
    selection = read_query(RandomParameters, request).to_selection()
    (query,), (warnings,) = await in_catalogue_names(
        [RandomQuery(selection, _seeds.getrandbits(63))], runner, [("query",)]
    )
    response.headers["Cache-Control"] = "no-store"
    films = await runner.look_up(ModelService.random_movies, query)
    return _movie_list(films, warnings=warnings if films else [*warnings, *await missing_facts(query, runner)])


@router.get(
    "/movies/{movie_id}/similar",
    operation_id="getSimilarMovies",
    summary="Films like a film",
    responses={**NOT_MODIFIED, **UNKNOWN_FILM, **INVALID, **UNAVAILABLE},
    response_model=RecommendResponse,
    openapi_extra=describe_query(SelectionParameters),
)
async def similar(movie_id: MovieIdInPath, request: Request, runner: Runner) -> Response:
    """Return the films most similar to one of the catalogue, never that film itself."""
    question = SimilarQuery(movie_id, read_query(SelectionParameters, request).to_selection())
    answer = await answer_in_catalogue_names(question, runner, ("query",))
    return answer_response(request, answer, index_version_headers(request, runner.slot))


@router.get(
    "/movies/{movie_id}",
    operation_id="getMovie",
    summary="A film",
    responses={**NOT_MODIFIED, **UNKNOWN_FILM, **INVALID, **UNAVAILABLE},
)
async def movie(movie_id: MovieIdInPath, request: Request, response: Response, runner: Runner) -> Movie:
    """Return a film's record."""
    found = to_movie(await runner.look_up(ModelService.movie, movie_id))
    response.headers.update(index_version_headers(request, runner.slot))
    return found


@router.get(
    "/movies",
    operation_id="findMovies",
    summary="Films by title, as typed so far, or by id",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
    openapi_extra=describe_query(MovieListParameters),
)
async def find_movies(request: Request, response: Response, runner: Runner) -> MovieList:
    """Find films by title for a search box, or return those with given ids in the order of the ids.

    Word order, accents, small typing errors and other spellings in a title do not matter ("2" for "II", "and" for "&",
    "starwars"), and original titles in any script are found too. A year after a title chooses among films of that
    title. Films with only some of the words follow.
    """
    asked = read_query(MovieListParameters, request)
    response.headers.update(index_version_headers(request, runner.slot))
    if asked.query is not None:
        return _movie_list(await runner.run(ModelService.find_titles, asked.query, asked.limit))
    records, unknown = await runner.look_up(ModelService.movies, asked.ids)
    return _movie_list(records, unknown_ids=unknown)


def _movie_list(
    records: Sequence[MovieRecord], unknown_ids: Sequence[int] = (), warnings: Sequence[str] = ()
) -> MovieList:
    films = list(map(to_movie, records))
    return MovieList(results=films, count=len(films), unknown_ids=list(unknown_ids), warnings=list(warnings))
