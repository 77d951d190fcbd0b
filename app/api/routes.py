"""Endpoints under /api/v1."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app import __version__
from app.api.answers import answer_response, batch_response, to_movie
from app.api.caching import index_version_headers
from app.api.dependencies import Runner
from app.api.names import answer_in_catalogue_names, in_catalogue_names, with_warnings
from app.api.openapi.responses import INVALID, NOT_MODIFIED, TOO_LARGE, TOO_MANY, UNAVAILABLE, UNKNOWN_FILM
from app.api.query_parameters import describe_query, read_query, refuse_unknown_parameters
from app.api.schemas.requests import BatchRequest, RecommendRequest, TasteRequest
from app.api.schemas.responses import (
    BatchResponse,
    Genre,
    GenreList,
    Info,
    Language,
    LanguageList,
    Movie,
    MovieList,
    RecommendResponse,
)
from app.api.schemas.selection import SelectionParameters
from app.api.schemas.titles import TitleParameters
from app.services.catalogue_age import age_in_days, catalogue_warnings
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.model_service import ModelService
from app.services.names.language_names import language_name
from app.services.queries import SimilarQuery, TasteQuery

router = APIRouter(prefix="/api/v1", responses=TOO_MANY, dependencies=[Depends(refuse_unknown_parameters)])

MovieIdInPath = Annotated[int, Path(ge=0, lt=2**53, description="TMDB id.", examples=[9606])]


@router.post(
    "/recommend",
    tags=["recommendations"],
    operation_id="recommend",
    summary="Films like a synopsis",
    responses={**TOO_LARGE, **INVALID, **UNAVAILABLE},
    response_model=RecommendResponse,
)
async def recommend(body: RecommendRequest, request: Request, runner: Runner) -> Response:
    """Return the films most similar to a synopsis."""
    return answer_response(request, await answer_in_catalogue_names(body.to_query(), runner, ("body", "filters")))


@router.post(
    "/recommend/batch",
    tags=["recommendations"],
    operation_id="recommendBatch",
    summary="Films like each of several synopses",
    responses={**TOO_LARGE, **INVALID, **UNAVAILABLE},
    response_model=BatchResponse,
)
async def recommend_batch(body: BatchRequest, request: Request, runner: Runner) -> Response:
    """Answer up to 32 requests, in order."""
    places = [("body", "requests", index, "filters") for index in range(len(body.requests))]
    queries, warnings = await in_catalogue_names([each.to_query() for each in body.requests], runner, places)
    return batch_response(request, map(with_warnings, await runner.answer_each(queries), warnings))


@router.post(
    "/recommend/taste",
    tags=["recommendations"],
    operation_id="recommendForTaste",
    summary="Films for a taste",
    responses={**UNKNOWN_FILM, **TOO_LARGE, **INVALID, **UNAVAILABLE},
    response_model=RecommendResponse,
)
async def recommend_for_taste(body: TasteRequest, request: Request, runner: Runner) -> Response:
    """Return films like those liked and unlike those disliked."""
    question = TasteQuery(tuple(body.liked), tuple(body.disliked), body.to_selection())
    return answer_response(request, await answer_in_catalogue_names(question, runner, ("body", "filters")))


@router.get(
    "/movies/{movie_id}/similar",
    tags=["films"],
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
    tags=["films"],
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
    tags=["films"],
    operation_id="findMovies",
    summary="Films by title, as typed so far",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
    openapi_extra=describe_query(TitleParameters),
)
async def find_movies(request: Request, response: Response, runner: Runner) -> MovieList:
    """Find films by title for a search box; word order, accents and small typing errors do not matter."""
    typed = read_query(TitleParameters, request)
    response.headers.update(index_version_headers(request, runner.slot))
    films = [to_movie(record) for record in await runner.run(ModelService.find_titles, typed.query, typed.limit)]
    return MovieList(results=films, count=len(films))


@router.get(
    "/genres",
    tags=["catalogue"],
    operation_id="getGenres",
    summary="Genres",
    responses={**NOT_MODIFIED, **UNAVAILABLE},
)
async def genres(request: Request, response: Response, runner: Runner) -> GenreList:
    """Return every genre of the catalogue with its number of films, largest first."""
    response.headers.update(index_version_headers(request, runner.slot))
    counts = await runner.look_up(ModelService.genres)
    named = [Genre(name=name, films=films) for name, films in counts.items()]
    return GenreList(results=named, count=len(named))


@router.get(
    "/languages",
    tags=["catalogue"],
    operation_id="getLanguages",
    summary="Original languages",
    responses={**NOT_MODIFIED, **UNAVAILABLE},
)
async def languages(request: Request, response: Response, runner: Runner) -> LanguageList:
    """Return every original language of the catalogue with its number of films, largest first."""
    response.headers.update(index_version_headers(request, runner.slot))
    counts = await runner.look_up(ModelService.languages)
    named = [Language(code=code, name=language_name(code), films=films) for code, films in counts.items()]
    return LanguageList(results=named, count=len(named))


@router.get("/info", tags=["catalogue"], operation_id="getInfo", summary="What is in use", responses=UNAVAILABLE)
async def info(runner: Runner) -> Info:
    """Return which model, catalogue, index and search engine are in use."""
    with runner.slot.acquire() as service:
        facts, model = service.info, service.model
    return Info(
        version=__version__,
        model_id=model.model_id,
        dimension=model.dimension,
        reads_tokens=model.max_tokens,
        reads_best=", ".join(model.languages),
        films=facts.films,
        search_engine=facts.search_engine,
        template_version=TEMPLATE_VERSION,
        index_version=facts.index_version,
        built_at=facts.built_at,
        age_days=age_in_days(facts.built_at),
        warnings=[model.languages_warning, *catalogue_warnings(facts.built_at)],
    )
