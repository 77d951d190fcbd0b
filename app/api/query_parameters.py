"""Reading of query parameters into a model with one validation.

FastAPI reads the fields of such a model one by one and inspects their types again in every request. For the eleven
parameters of similar films, this is a large part of the event loop's time.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar, get_origin
from urllib.parse import unquote_to_bytes

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.api.schemas.fields import parts_of

Model = TypeVar("Model", bound=BaseModel)

_LIST_SUFFIX = re.compile(r"\[\d*\]$")


def read_query(model: type[Model], request: Request) -> Model:
    """Return the request's query parameters as the model; raises RequestValidationError, as FastAPI does."""
    try:
        return model.model_validate(_values(model, request.query_params.multi_items()))
    except ValidationError as error:
        problems = [{**problem, "loc": ("query", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(problems) from None


def _values(model: type[BaseModel], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the values by field: empty parameters count as omitted, and lists may be written in any usual way.

    `genre=a&genre=b`, `genre[]=a&genre[]=b`, `genre[0]=a&genre[1]=b` and `genre=a,b` are the same list.
    """
    lists = _list_fields(model)
    values: dict[str, Any] = {}
    for written, text in given:
        if not text.strip():
            continue
        name = parameter_name(written)
        if name in lists:
            values.setdefault(name, []).extend(parts_of(text))
        elif values.setdefault(name, text) != text:
            problem = {"type": "repeated_parameter", "loc": ("query", name), "msg": f"Send {name} once", "input": text}
            raise RequestValidationError([problem])
    return values


def parameter_name(written: str) -> str:
    """Return a parameter's name without the brackets that some clients add to lists."""
    return _LIST_SUFFIX.sub("", written)


async def refuse_unread_parts(request: Request) -> None:
    """Raise RequestValidationError if a request has a part that would not be read, or only in part.

    This is a parameter that the operation does not have, bytes that are not UTF-8, or the body of a GET.
    """
    _refuse_other_encodings(request)
    _refuse_body_of_get(request)
    if not request.scope["query_string"]:
        return
    described = getattr(request.scope["route"], "openapi_extra", None) or {}
    known = [parameter["name"] for parameter in described.get("parameters", ())]
    unknown = [name for name in request.query_params if parameter_name(name) not in known]
    if unknown:
        from app.api.unknown_names import printable, unknown_parameter_message

        raise RequestValidationError(
            [
                {
                    "type": "unknown_parameter",
                    "loc": ("query", printable(name)),
                    "msg": unknown_parameter_message(name, known),
                }
                for name in unknown
            ]
        )


def _refuse_body_of_get(request: Request) -> None:
    if request.method != "GET":
        return
    for name, value in request.scope["headers"]:
        if name == b"content-length" and value != b"0":
            message = "A GET has no body: send its fields as query parameters"
            raise RequestValidationError([{"type": "unexpected_body", "loc": ("body",), "msg": message}])


def _refuse_other_encodings(request: Request) -> None:
    """Refuse percent-encoded bytes that are not UTF-8, such as caf%E9: they would become replacement characters."""
    path, query = request.scope.get("raw_path") or b"", request.scope["query_string"]
    if b"%" not in path and b"%" not in query:
        return
    places = [("path",), *(("query", part.partition(b"=")[0].decode("latin-1")) for part in query.split(b"&"))]
    problems = [
        {"type": "not_utf8", "loc": place, "msg": "Percent-encode the bytes of UTF-8, such as caf%C3%A9 for café"}
        for place, written in zip(places, [path, *query.split(b"&")], strict=True)
        if not _is_utf8(unquote_to_bytes(written))
    ]
    if problems:
        raise RequestValidationError(problems)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def describe_query(model: type[BaseModel]) -> dict[str, Any]:
    """Return the model's fields as part of an OpenAPI operation, as FastAPI describes query parameters."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    parameters = []
    for name, field in schema["properties"].items():
        if name not in required:
            field.pop("examples", None)  # /docs fills examples in, and an optional parameter would be sent along
        described = {"description": field["description"]} if "description" in field else {}
        parameters.append({"name": name, "in": "query", "required": name in required, "schema": field, **described})
    return {"parameters": parameters}


@cache
def _list_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)
