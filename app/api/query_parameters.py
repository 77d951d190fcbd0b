"""Query parameters read into a model with one validation.

FastAPI reads the fields of such a model one by one and inspects each one's type again in every request: for the eleven
of "films like a film" that is a large part of the event loop's time.
"""

from functools import cache
from typing import Any, TypeVar, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def read_query(model: type[Model], request: Request) -> Model:
    """Return the request's query parameters as the model; raises RequestValidationError, as FastAPI does."""
    given = request.query_params
    lists = _list_fields(model)
    values = {name: given.getlist(name) if name in lists else given[name] for name in given}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [{**problem, "loc": ("query", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(problems) from None


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
