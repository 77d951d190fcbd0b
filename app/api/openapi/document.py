"""The OpenAPI document: FastAPI's document, adapted for client generators."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.middleware.api_keys import API_KEY_HEADER, is_guarded
from app.api.openapi.examples import REQUEST_EXAMPLES, RESPONSE_EXAMPLES
from app.api.openapi.responses import NO_KEY

SUMMARY = "A film synopsis in, the most similar films out."
DESCRIPTION = """\
Describe a film in a few sentences, or name films somebody likes, and get the most similar films of the catalogue.

* **A search box** as somebody types a title: `GET /api/v1/movies?query=`
* **A film page**: `GET /api/v1/movies/{movie_id}`, and "more like this": `GET /api/v1/movies/{movie_id}/similar`
* **A plot in one's own words**: `POST /api/v1/recommend`, several at once: `POST /api/v1/recommend/batch`
* **A taste** of likes and dislikes: `POST /api/v1/recommend/taste`
* **Filters** to choose from: `GET /api/v1/genres`, `GET /api/v1/languages`; every call that recommends accepts them

A film has the same fields everywhere. Its poster is at `https://image.tmdb.org/t/p/w342` + `poster_path`; if that is
null, there is none. Errors are `{"detail": ...}`: a sentence, or for 422 a list that names each invalid field. Every
response has an `X-Request-ID`, yours if you send one. GETs have an `ETag` that changes with the catalogue.

This product uses the TMDB API but is not endorsed or certified by TMDB.
"""
TAGS = [
    {"name": "recommendations", "description": "Films that resemble a text or match a taste."},
    {"name": "films", "description": "Films by id and by title, and films like them."},
    {"name": "catalogue", "description": "What can be chosen from, and what the service uses."},
    {"name": "system", "description": "What operators and monitors call."},
]
_HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The request's id: the one sent in this header (letters, digits and . _ -, at most 128), "
        "else a new one. The service's log contains it.",
        "schema": {"type": "string"},
        "example": "28b145d2ef544dddb9fa99a6352d2975",
    },
    "Server-Timing": {
        "description": "Milliseconds to embed the text and to search; a browser's developer tools show them.",
        "schema": {"type": "string"},
        "example": "encode;dur=6.12, search;dur=0.48",
    },
    "ETag": {
        "description": "Version of the index. Send it in If-None-Match, as browsers do, to skip an unchanged body.",
        "schema": {"type": "string"},
        "example": 'W/"0a1b2c3d4e5f"',
    },
    "Cache-Control": {
        "description": "How long the response may be reused without a new request.",
        "schema": {"type": "string"},
        "example": "public, max-age=60",
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer"},
        "example": 1,
    },
}
_TIMED_ANSWERS = ("RecommendResponse", "BatchResponse")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the application, which is made at the first call and then cached."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=SUMMARY,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
            license_info={"name": "MIT", "identifier": "MIT"},
        )
        _simplify(document)
        for schema in document["components"]["schemas"].values():
            _arrange_fields(schema)
        if app.state.settings.api_key_list:
            _require_keys(document)
        for operation in _operations(document):
            _add_examples(operation)
            _add_headers(operation)
        document["components"]["headers"] = _HEADERS
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _simplify(node: Any) -> None:  # noqa: ANN401
    """Simplify schemas: no titles derived from field names, `["string", "null"]` for optional values."""
    if isinstance(node, list):
        for item in node:
            _simplify(item)
    if not isinstance(node, dict):
        return
    for value in node.values():
        _simplify(value)
    if isinstance(node.get("title"), str) and ("type" in node or "anyOf" in node or "$ref" in node):
        del node["title"]  # a schema's; the properties of a film have fields of these names
    for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if node.get("type") in ("integer", ["integer", "null"]) and bound in node:
            node[bound] = int(node[bound])
    match node.get("anyOf"):
        case [{"type": str() as kind, **constraints}, {"type": "null"}]:
            del node["anyOf"]
            node |= {"type": [kind, "null"], **constraints}


def _arrange_fields(schema: dict[str, Any]) -> None:
    """Put required fields first and remove `default`, which client generators read as "always present".

    They would make such a field required in requests; its description names the default.
    """
    fields: dict[str, dict[str, Any]] = schema.get("properties", {})
    required = schema.get("required", [])
    if fields:  # an enumeration has none
        schema["properties"] = dict(sorted(fields.items(), key=lambda item: item[0] not in required))
    for field in fields.values():
        field.pop("default", None)


def _add_examples(operation: dict[str, Any]) -> None:
    """Add the examples of an operation, if it has any."""
    name = operation["operationId"]
    if name in REQUEST_EXAMPLES:
        operation["requestBody"]["content"]["application/json"]["examples"] = REQUEST_EXAMPLES[name]
    for parameter in operation.get("parameters", []):
        if parameter["required"] and "examples" in parameter["schema"]:
            parameter["example"] = parameter["schema"]["examples"][0]
    if name in RESPONSE_EXAMPLES:
        for content in operation["responses"]["200"]["content"].values():
            content["example"] = RESPONSE_EXAMPLES[name]


def _require_keys(document: dict[str, Any]) -> None:
    """Document the key on the operations that need one, so that /docs can send it and clients expect 401."""
    document["components"]["securitySchemes"] = {"ApiKey": {"type": "apiKey", "in": "header", "name": API_KEY_HEADER}}
    schema = {"$ref": "#/components/schemas/ErrorDetail"}
    refused = {
        "description": NO_KEY["description"],
        "content": {"application/json": {**NO_KEY["content"]["application/json"], "schema": schema}},
    }
    for path, operations in document["paths"].items():
        for operation in operations.values() if is_guarded(path) else ():
            operation["security"] = [{"ApiKey": []}]
            operation["responses"]["401"] = dict(refused)


def _add_headers(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        names = ["X-Request-ID"]
        if status in {"429", "503"}:
            names.append("Retry-After")
        if status in {"200", "304"} and "304" in responses:
            names += ["ETag", "Cache-Control"]
        if status == "200" and any(timed in str(response) for timed in _TIMED_ANSWERS):
            names.append("Server-Timing")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
