"""Endpoints of the search for any text, and of people."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api.answers import search_response, to_movie
from app.api.caching import index_version_headers
from app.api.dependencies import Runner
from app.api.names import in_catalogue_names, with_warnings
from app.api.openapi.responses import INVALID, NOT_MODIFIED, UNAVAILABLE
from app.api.query_parameters import describe_query, read_query
from app.api.schemas.fields import PlainText
from app.api.schemas.responses import MovieList
from app.api.schemas.search import PeopleParameters, Person, PersonList, SearchParameters, SearchResponse
from app.services.model_service import ModelService
from app.services.search import search

router = APIRouter()

_BLANKS = " In a path, write a blank as %20: + is a plus sign there."

NameInPath = Annotated[
    str,
    Path(min_length=1, max_length=200, description="Full name.", examples=["Akira Kurosawa"]),
    PlainText,
]


@router.get(
    "/search",
    tags=["recommendations"],
    operation_id="search",
    summary="Films for anything that a person types",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
    response_model=SearchResponse,
    openapi_extra=describe_query(SearchParameters),
)
async def search_films(request: Request, runner: Runner) -> Response:
    """Find films by title, people by name, and films for a description, a name, a decade, a genre or a mood.

    Genres, years, languages, people and films named as examples are read from the text: see `understood`.
    """
    typed = read_query(SearchParameters, request)
    headers = index_version_headers(request, runner.slot)
    (query,), (warnings,) = await in_catalogue_names([typed.to_query()], runner, [("query",)])
    found = await runner.run(search, query)
    answer = await with_warnings(found.answer, query, warnings, runner)
    return search_response(request, typed.query, found, answer, headers)


@router.get(
    "/people",
    tags=["films"],
    operation_id="findPeople",
    summary="Directors and actors by name, as typed so far",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
    openapi_extra=describe_query(PeopleParameters),
)
async def find_people(request: Request, response: Response, runner: Runner) -> PersonList:
    """Find directors and leading actors; word order, accents and small typing errors do not matter."""
    typed = read_query(PeopleParameters, request)
    response.headers.update(index_version_headers(request, runner.slot))
    found = await runner.run(ModelService.find_people, typed.query, typed.limit)
    return PersonList(results=[Person(name=person.name, films=person.films) for person in found], count=len(found))


@router.get(
    "/people/{name:path}/movies",  # a name may contain a slash, which the server decodes from %2F
    tags=["films"],
    operation_id="getMoviesOfPerson",
    summary="Films of a director or actor",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
)
async def movies_of_person(name: NameInPath, request: Request, response: Response, runner: Runner) -> MovieList:
    """Return the films by or with a person of this full name, most votes first; none if the name is unknown."""
    films = list(map(to_movie, await runner.look_up(ModelService.movies_of, name)))
    response.headers.update(index_version_headers(request, runner.slot))
    warnings = [] if films else [f'No film in the catalogue is by or with "{name}".{_BLANKS * ("+" in name)}']
    return MovieList(results=films, count=len(films), warnings=warnings)
