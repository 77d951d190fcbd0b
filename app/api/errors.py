"""Exception handlers, which convert errors of the layers below into responses of the form {"detail": ...}."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.core.work_queue import ClientDisconnectedError, OverloadedError
from app.services.errors import CatalogueUnavailableError, ServiceClosedError, UnknownMovieError

RETRY_AFTER_SECONDS = 1
UNREADABLE_BODY = "The body cannot be read: send JSON in UTF-8, without deep nesting or very long numbers."
COMPRESSED_BODY = "The body cannot be read: send it uncompressed, without Content-Encoding."
_NOT_AN_OBJECT = frozenset({"missing", "model_attributes_type", "model_type", "dict_type"})
_JSON_TYPES = frozenset({"int_type", "float_type", "bool_type"})
CLIENT_CLOSED_REQUEST = 499
"""Non-standard status that proxies log when the client has disconnected."""


def add_error_handlers(app: FastAPI) -> None:
    """Register one handler for each family of errors."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPStatus.BAD_REQUEST, _unreadable)
    app.add_exception_handler(HTTPStatus.NOT_FOUND, _no_path)
    app.add_exception_handler(HTTPStatus.METHOD_NOT_ALLOWED, _wrong_method)
    app.add_exception_handler(UnknownMovieError, _unknown)
    app.add_exception_handler(OverloadedError, _overloaded)
    app.add_exception_handler(TimeoutError, _timed_out)
    app.add_exception_handler(ServiceClosedError, _closed)
    app.add_exception_handler(CatalogueUnavailableError, _unavailable)
    app.add_exception_handler(ClientDisconnectedError, _gone)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer 422 in FastAPI's form, without the input."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = [
        {"type": problem["type"], "loc": problem["loc"], "msg": _message(problem)} for problem in error.errors()
    ]
    for problem in problems:
        if problem["loc"] == ("body",) and problem["type"] in _NOT_AN_OBJECT:
            problem["msg"] = "Send a JSON object, with the header Content-Type: application/json"
        elif problem["type"] == "model_attributes_type":
            problem["msg"] = "Input should be a JSON object"
    return JSONResponse({"detail": jsonable_encoder(problems)}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _message(problem: Mapping[str, Any]) -> str:
    message: str = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "json_invalid":  # FastAPI puts the position and the reason into separate fields
        return f"The body is not JSON: {problem['ctx']['error'].removesuffix(' at')} at character {problem['loc'][-1]}"
    if problem["type"] in _JSON_TYPES and isinstance(problem.get("input"), str):
        return f"{message}, without quotes"
    return message


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    """Replace FastAPI's short message for a body that cannot be parsed at all."""
    is_compressed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    return JSONResponse({"detail": COMPRESSED_BODY if is_compressed else UNREADABLE_BODY}, HTTPStatus.BAD_REQUEST)


async def _no_path(request: Request, error: Exception) -> JSONResponse:
    detail = f"Nothing is at {_path(request)}: the calls are under /api/v1, and / names their documentation."
    return JSONResponse({"detail": detail}, HTTPStatus.NOT_FOUND)


async def _wrong_method(request: Request, error: Exception) -> JSONResponse:
    """Name the methods of the path, in a fixed order; HeadRequestsMiddleware answers HEAD wherever GET is answered."""
    headers = dict((error.headers if isinstance(error, HTTPException) else None) or {})
    methods = set(headers.get("Allow", "").split(", ")) - {""}
    headers["Allow"] = ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
    detail = f"{_path(request)} takes {headers['Allow'] or 'another method'}, not {request.method}."
    return JSONResponse({"detail": detail}, HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path[:200]


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, HTTPStatus.NOT_FOUND)


async def _overloaded(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OverloadedError)  # noqa: S101
    return _try_again("Too many requests are waiting; try again in a moment.", error.retry_after_seconds)


async def _timed_out(_: Request, error: Exception) -> JSONResponse:
    return _try_again("The request took too long; try again in a moment.")


async def _closed(_: Request, error: Exception) -> JSONResponse:
    return _try_again("Model not loaded")


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return _try_again("The catalogue cannot be reached at the moment; try again shortly.")


async def _gone(_: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED_REQUEST)


def _try_again(detail: str, seconds: int = RETRY_AFTER_SECONDS) -> JSONResponse:
    return JSONResponse({"detail": detail}, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(seconds)})
