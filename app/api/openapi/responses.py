"""Responses other than 200, as the OpenAPI document describes them."""

from typing import Any

from app.api.schemas.responses import ErrorDetail, InvalidRequest

Responses = dict[int | str, dict[str, Any]]


def _error(description: str, detail: str) -> dict[str, Any]:
    return {
        "model": ErrorDetail,
        "description": description,
        "content": {"application/json": {"example": {"detail": detail}}},
    }


NOT_MODIFIED: Responses = {304: {"description": "Unchanged since the ETag in If-None-Match; no body."}}
UNKNOWN_FILM: Responses = {
    404: _error("The catalogue has no such film; each unknown id is named.", "Not in the catalogue: 999999999")
}
INVALID: Responses = {
    400: _error("The body is not JSON that can be read.", "The body cannot be read: send JSON in UTF-8."),
    422: {
        "model": InvalidRequest,
        "description": "A field is missing or invalid; each is named.",
        "content": {
            "application/json": {
                "example": {
                    "detail": [
                        {
                            "type": "string_too_short",
                            "loc": ["body", "synopsis"],
                            "msg": "String should have at least 10 characters",
                        }
                    ]
                }
            }
        },
    },
}
UNAVAILABLE: Responses = {
    503: _error(
        "The service is overloaded or the model is not loaded; try again.",
        "Too many requests are waiting; try again in a moment.",
    )
}
UNHEALTHY: Responses = {503: _error("The service cannot recommend at present.", "Model not loaded")}
OPENMETRICS: Responses = {200: {"content": {"application/openmetrics-text": {"schema": {"type": "string"}}}}}
NO_KEY = _error(
    "The API key is missing or unknown.", "An API key is needed: send it as X-API-Key, or as Authorization: Bearer."
)
TOO_LARGE: Responses = {
    413: _error("The body is larger than any valid request.", "The request's body is larger than 2 MB; send less.")
}
TOO_MANY: Responses = {
    429: _error(
        "Too many requests from this address, if the service has a limit; wait as Retry-After says.",
        "Too many requests from this address: at most 60 per minute; try again in 1 s.",
    )
}
