"""Endpoints under /api/v1."""

from fastapi import APIRouter, Depends, Request, Response

from app.api import facts, movies, search
from app.api.answers import answer_response, batch_response
from app.api.dependencies import Runner
from app.api.names import answer_in_catalogue_names, in_catalogue_names, with_warnings
from app.api.openapi.responses import INVALID, TOO_LARGE, TOO_MANY, UNAVAILABLE, UNKNOWN_FILM
from app.api.query_parameters import refuse_unread_parts
from app.api.schemas.requests import BatchRequest, RecommendRequest, TasteRequest
from app.api.schemas.responses import (
    BatchResponse,
    RecommendResponse,
)

router = APIRouter(prefix="/api/v1", responses=TOO_MANY, dependencies=[Depends(refuse_unread_parts)])

router.include_router(movies.router)
router.include_router(search.router)
router.include_router(facts.router)


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
    answered = zip(await runner.answer_each(queries), queries, warnings, strict=True)
    return batch_response(request, [await with_warnings(*each, runner) for each in answered])


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
    return answer_response(request, await answer_in_catalogue_names(body.to_query(), runner, ("body", "filters")))
