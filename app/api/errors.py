"""Errors of the layers below, as HTTP answers of the shape {"detail": ...}."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.core.limits import OverloadedError
from app.services.errors import ServiceClosedError, UnknownMovieError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 1


def add_error_handlers(app: FastAPI) -> None:
    """Register one handler for each family of errors."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnknownMovieError, _unknown)
    app.add_exception_handler(OverloadedError, _overloaded)
    app.add_exception_handler(TimeoutError, _timed_out)
    app.add_exception_handler(ServiceClosedError, _closed)
    app.add_exception_handler(Exception, _unexpected)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer 422 in FastAPI's shape, without sending the input back."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = [
        {"type": problem["type"], "loc": problem["loc"], "msg": problem["msg"].removeprefix("Value error, ")}
        for problem in error.errors()
    ]
    return JSONResponse({"detail": jsonable_encoder(problems)}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, HTTPStatus.NOT_FOUND)


async def _overloaded(_: Request, error: Exception) -> JSONResponse:
    return _try_again("Too many requests are waiting; try again in a moment.")


async def _timed_out(_: Request, error: Exception) -> JSONResponse:
    return _try_again("The request took too long; try again in a moment.")


async def _closed(_: Request, error: Exception) -> JSONResponse:
    return _try_again("Model not loaded")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse({"detail": "Internal server error"}, HTTPStatus.INTERNAL_SERVER_ERROR)


def _try_again(detail: str) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return JSONResponse({"detail": detail}, HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
