"""The API under /api/v1."""

from typing import Any

from fastapi import APIRouter

from app.api.dependencies import Runner
from app.api.schemas import ErrorDetail, Movie, Recommendation, RecommendRequest, RecommendResponse, split_names
from app.services.model_service import Answer, ModelService, Query

router = APIRouter(prefix="/api/v1")

UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorDetail, "description": "Too much to do, or the model is not loaded; try again."}
}


@router.post("/recommend", tags=["recommendations"], operation_id="recommend", responses=UNAVAILABLE)
async def recommend(body: RecommendRequest, runner: Runner) -> RecommendResponse:
    """Return the films most similar to a synopsis."""
    return to_response(await runner.run(ModelService.recommend, to_query(body)))


def to_query(body: RecommendRequest) -> Query:
    """Return the request as the service takes it."""
    return Query(
        synopsis=body.synopsis,
        top_k=body.top_k,
        title=body.title or None,
        genres=split_names(body.genre),
        year=body.year,
        keywords=split_names(body.keywords),
        movie_filter=body.filters.to_movie_filter() if body.filters else None,
        exclude_ids=tuple(body.exclude_ids),
        min_score=body.min_score,
        diversity=body.diversity,
    )


def to_response(answer: Answer) -> RecommendResponse:
    """Return the service's answer as the API shows it."""
    films = [
        Recommendation(
            **{name: getattr(film.movie, name) for name in Movie.model_fields}, similarity_score=film.similarity_score
        )
        for film in answer.recommendations
    ]
    return RecommendResponse(query=answer.query, recommendations=films, count=len(films), truncated=answer.truncated)
