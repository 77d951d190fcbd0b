"""Endpoints for operators and monitors: /, /health, /metrics."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from app import __version__
from app.api.dependencies import CurrentSettings, Runner
from app.api.openapi.responses import OPENMETRICS, UNHEALTHY
from app.api.schemas.responses import Health, ServiceStatus

router = APIRouter(tags=["system"])
metrics_router = APIRouter(tags=["system"])


@router.get("/", operation_id="getStatus", summary="What this is")
async def status(request: Request, runner: Runner, settings: CurrentSettings) -> ServiceStatus:
    """Return what this service is and where its documentation is."""
    path = request.scope.get("root_path", "").strip("/")
    prefix = f"/{path}" if path else ""
    return ServiceStatus(
        message="TMDB Semantic Recommender API",
        version=__version__,
        status="running",
        docs=f"{prefix}/docs" if settings.docs_enabled else None,
        demo=f"{prefix}/demo",
        films=runner.slot.films,
    )


@router.get("/health", operation_id="getHealth", summary="Whether recommendations can be made", responses=UNHEALTHY)
async def health(runner: Runner) -> Health:
    """Answer 200 while recommendations can be made, 503 otherwise."""
    if not runner.slot.is_healthy:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "Model not loaded")
    return Health(status="healthy", model_loaded=True)


@metrics_router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Counters and histograms",
    response_class=PlainTextResponse,
    responses=OPENMETRICS,
)
async def metrics(request: Request) -> Response:
    """Return counters and histograms as OpenMetrics if the Accept header prefers it, else as Prometheus text."""
    content, media_type = request.app.state.metrics.exposition(request.headers.get("Accept", ""))
    return Response(content, media_type=media_type)
