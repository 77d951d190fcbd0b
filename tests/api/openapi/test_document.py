"""The OpenAPI document, which must be valid, complete and true of the running server."""

import json
from enum import StrEnum
from typing import Any

import httpx
import pytest
from fastapi import Response
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from app.core.config import Settings
from app.main import create_app
from tests.scripts.write_openapi import OPENAPI_FILE

DOCUMENT: dict[str, Any] = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def validator(schema: Any) -> Draft202012Validator:  # noqa: ANN401
    """A validator of one of the document's schemas."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


ANSWERS = [
    pytest.param(response["content"]["application/json"], id=f"{name} {status}")
    for name, operation in OPERATIONS
    for status, response in operation["responses"].items()
    if "application/json" in response.get("content", {})
]
REQUESTS = [
    pytest.param(path, example["value"], id=f"{path} {example['summary']}")
    for path, methods in DOCUMENT["paths"].items()
    if "post" in methods
    for example in methods["post"]["requestBody"]["content"]["application/json"]["examples"].values()
]


def test_the_document_is_the_committed_one(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json() == DOCUMENT, (
        "the API is not what tests/api/openapi.json says; if that is meant, run: python -m tests.scripts.write_openapi"
    )


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_has_a_name_of_its_own_a_tag_and_texts() -> None:
    tags = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    for name, operation in OPERATIONS:
        assert set(operation["tags"]) <= tags, name
        assert operation["summary"] and operation["description"], name
        refuses_unknown_parameters = "/api/" in name
        assert ("422" in operation["responses"]) == refuses_unknown_parameters, name
    assert len({operation["operationId"] for _, operation in OPERATIONS}) == len(OPERATIONS)


class Shelf(StrEnum):
    """An enumeration, whose schema has no properties."""

    TOP = "top"


def test_a_route_without_examples_is_documented_too() -> None:
    app = create_app(Settings.model_construct())

    @app.post("/shelves/{shelf}", tags=["films"])
    async def put(shelf: Shelf, query: str, body: dict[str, int]) -> Shelf:
        return shelf

    @app.delete("/shelves", status_code=204, response_class=Response)
    async def clear() -> None: ...

    document = app.openapi()
    OpenAPIV31SpecValidator(document).validate()
    assert "example" not in document["paths"]["/shelves/{shelf}"]["post"]["responses"]["200"]["content"]
    assert "204" in document["paths"]["/shelves"]["delete"]["responses"]


def test_every_field_is_described_with_an_example() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, content in schema["properties"].items():
            is_of_fields = "$ref" in str(content)  # whose own examples stand there
            assert is_of_fields or content.get("examples"), (name, field)
            assert content.get("description"), (name, field)


def test_every_parameter_is_described() -> None:
    for name, operation in OPERATIONS:
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])
            assert not parameter["required"] or "example" in parameter, (name, parameter["name"])


@pytest.mark.parametrize("content", ANSWERS)
def test_every_answer_has_an_example_that_fits_its_schema(content: dict[str, Any]) -> None:
    validator(content["schema"]).validate(content["example"])


@pytest.mark.parametrize(("path", "example"), REQUESTS)
def test_every_request_example_can_be_sent_as_it_stands(client: httpx.Client, path: str, example: object) -> None:
    operation = DOCUMENT["paths"][path]["post"]
    validator(operation["requestBody"]["content"]["application/json"]["schema"]).validate(example)
    response = client.post(path, json=example)
    assert response.status_code == 200, response.text
    validator(operation["responses"]["200"]["content"]["application/json"]["schema"]).validate(response.json())


def test_client_generators_leave_fields_with_defaults_optional() -> None:
    schema = DOCUMENT["components"]["schemas"]["RecommendRequest"]
    assert schema["required"] == ["synopsis"]
    assert not any("default" in field for field in schema["properties"].values())


@pytest.mark.parametrize(
    ("method", "path", "template", "body"),
    [
        ("GET", "/api/v1/movies/19", "/api/v1/movies/{movie_id}", None),
        ("GET", "/api/v1/movies/abc", "/api/v1/movies/{movie_id}", None),
        ("GET", "/api/v1/movies/999999999", "/api/v1/movies/{movie_id}", None),
        ("GET", "/api/v1/movies/19/similar?top_k=3", "/api/v1/movies/{movie_id}/similar", None),
        ("GET", "/api/v1/movies/19/similar?year_min=2000&year_max=1990", "/api/v1/movies/{movie_id}/similar", None),
        ("GET", "/api/v1/movies?query=metro", "/api/v1/movies", None),
        ("GET", "/api/v1/movies", "/api/v1/movies", None),
        ("GET", "/api/v1/genres", "/api/v1/genres", None),
        ("GET", "/api/v1/info", "/api/v1/info", None),
        ("GET", "/", "/", None),
        ("GET", "/health", "/health", None),
        ("POST", "/api/v1/recommend", "/api/v1/recommend", {"synopsis": "short"}),
        ("POST", "/api/v1/recommend", "/api/v1/recommend", {"synopsis": 5, "filters": {"year_min": "x"}}),
        ("POST", "/api/v1/recommend/taste", "/api/v1/recommend/taste", {"liked": [19], "disliked": [19]}),
        ("POST", "/api/v1/recommend/taste", "/api/v1/recommend/taste", {"liked": [999999999]}),
    ],
)
def test_real_answers_are_as_documented(
    client: httpx.Client, method: str, path: str, template: str, body: object
) -> None:
    """Status, schema and headers of the server's responses."""
    response = client.request(method, path, json=body)
    documented = DOCUMENT["paths"][template][method.lower()]["responses"][str(response.status_code)]
    validator(documented["content"]["application/json"]["schema"]).validate(response.json())
    assert {name.lower() for name in documented["headers"]} <= {name.lower() for name in response.headers}


def test_a_key_is_told_of_where_one_is_needed() -> None:
    app = create_app(Settings.model_construct(api_keys=SecretStr("a-key-of-twenty-four-letters")))
    document = app.openapi()
    OpenAPIV31SpecValidator(document).validate()
    assert document["paths"]["/api/v1/recommend"]["post"]["security"] == [{"ApiKey": []}]
    refused = document["paths"]["/api/v1/genres"]["get"]["responses"]["401"]
    assert refused["content"]["application/json"]["example"]["detail"]
    assert "X-Request-ID" in refused["headers"]
    assert "security" not in document["paths"]["/health"]["get"]
