"""Endpoints that describe the catalogue and the service."""

from typing import get_args

from fastapi import APIRouter, Request, Response

from app import __version__
from app.api.caching import index_version_headers
from app.api.dependencies import Runner
from app.api.openapi.responses import INVALID, NOT_MODIFIED, UNAVAILABLE
from app.api.schemas.responses import Genre, GenreList, Info, Language, LanguageList
from app.services.catalogue_age import age_in_days, catalogue_warnings
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.model_service import ModelService
from app.services.movie_record import MovieType
from app.services.names.language_names import language_name

router = APIRouter(tags=["catalogue"])


@router.get(
    "/genres",
    operation_id="getGenres",
    summary="Genres",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
)
async def genres(request: Request, response: Response, runner: Runner) -> GenreList:
    """Return every genre of the catalogue with its number of films, most films first."""
    response.headers.update(index_version_headers(request, runner.slot))
    counts = await runner.look_up(ModelService.genres)
    named = [Genre(name=name, films=films) for name, films in counts.items()]
    return GenreList(results=named, count=len(named))


@router.get(
    "/languages",
    operation_id="getLanguages",
    summary="Original languages",
    responses={**NOT_MODIFIED, **INVALID, **UNAVAILABLE},
)
async def languages(request: Request, response: Response, runner: Runner) -> LanguageList:
    """Return every original language of the catalogue with its number of films, most films first."""
    response.headers.update(index_version_headers(request, runner.slot))
    counts = await runner.look_up(ModelService.languages)
    named = [Language(code=code, name=language_name(code), films=films) for code, films in counts.items()]
    return LanguageList(results=named, count=len(named))


def _types(service: ModelService) -> list[MovieType]:
    has_type = service.names().has_type
    return [name for name in get_args(MovieType) if has_type(name)]


@router.get("/info", operation_id="getInfo", summary="What is in use", responses={**INVALID, **UNAVAILABLE})
async def info(runner: Runner) -> Info:
    """Return which model, catalogue, index and search engine are in use."""
    with runner.slot.acquire() as service:
        facts, model = service.info, service.model
    types = await runner.look_up(_types)
    return Info(
        version=__version__,
        model_id=model.model_id,
        dimension=model.dimension,
        reads_tokens=model.max_tokens,
        reads_best=", ".join(model.languages),
        films=facts.films,
        types=types,
        search_engine=facts.search_engine,
        template_version=TEMPLATE_VERSION,
        index_version=facts.index_version,
        built_at=facts.built_at,
        age_days=age_in_days(facts.built_at),
        warnings=[model.languages_warning, *catalogue_warnings(facts.built_at)],
    )
