"""Middleware that gives each request an id, logs it and counts it."""

import asyncio
import logging
import random
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.route_templates import RouteTemplates, path_in_app

if TYPE_CHECKING:
    from app.core.metrics import Metrics

logger = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_NOT_ANSWERED = 499
"""Status that proxies log when the client disconnects before the response starts."""

_NOT_COUNTED = frozenset({"/health", "/metrics"})

# uuid4 reads from the operating system and releases the GIL, which the event loop then waits for under load.
_new_ids = random.Random()  # noqa: S311  an id is not a secret


class RequestLogMiddleware:
    """Gives each request an id (the caller's if it is valid), logs it and counts it.

    The synopsis is never logged. Metrics use the route's template, so that ids create no new series. /health and
    /metrics are not counted, and are logged only at DEBUG.
    """

    def __init__(self, app: ASGIApp, templates: RouteTemplates, metrics: "Metrics | None") -> None:
        self._app = app
        self._templates = templates
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and record its outcome."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        started = time.perf_counter()
        status = _NOT_ANSWERED

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        metrics = None if path_in_app(scope) in _NOT_COUNTED else self._metrics
        if metrics is not None:
            metrics.requests_in_flight.inc()
        try:
            await self._app(scope, receive, send_with_id)
        except asyncio.CancelledError:  # the server stops and has waited for this request as long as it may
            if status != _NOT_ANSWERED:
                raise
            await _shutdown_refusal()(scope, receive, send_with_id)
        finally:
            if metrics is not None:
                metrics.requests_in_flight.dec()
            self._record(scope, request_id, status, time.perf_counter() - started)

    def _record(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = self._templates.of(scope)
        is_probe = route in _NOT_COUNTED
        if self._metrics is not None and not is_probe:
            self._metrics.requests.labels(scope["method"], route, status).inc()
            self._metrics.request_seconds.labels(route).observe(seconds)
        fields = {
            "request_id": request_id,
            "method": scope["method"],
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        logger.log(
            logging.DEBUG if is_probe else logging.INFO,
            "%(method)s %(route)s %(status)s %(milliseconds)s ms %(request_id)s",
            fields,
            extra={"fields": fields},
        )


def _shutdown_refusal() -> JSONResponse:
    return JSONResponse(
        {"detail": "The service is shutting down; try again in a moment."},
        HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": "10", "Connection": "close"},
    )


def _request_id(headers: Headers) -> str:
    given = headers.get(REQUEST_ID_HEADER, "")
    return given if _REQUEST_ID.fullmatch(given) else f"{_new_ids.getrandbits(128):032x}"
