"""Answers other than 200, as the OpenAPI document tells of them."""

from typing import Any

from app.api.schemas import ErrorDetail, InvalidRequest

Responses = dict[int | str, dict[str, Any]]


def _error(description: str, detail: str) -> dict[str, Any]:
    return {
        "model": ErrorDetail,
        "description": description,
        "content": {"application/json": {"example": {"detail": detail}}},
    }


NOT_MODIFIED: Responses = {304: {"description": "Still as it was when the ETag in If-None-Match was given; no body."}}
UNKNOWN_FILM: Responses = {
    404: _error("The catalogue does not have such a film; each unknown id is named.", "Not in the catalogue: 999999999")
}
INVALID: Responses = {
    422: {
        "model": InvalidRequest,
        "description": "A field is missing or out of bounds; each is named.",
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
    }
}
UNAVAILABLE: Responses = {
    503: _error(
        "Too much to do, or the model is not loaded; try again.",
        "Too many requests are waiting; try again in a moment.",
    )
}
UNHEALTHY: Responses = {503: _error("Recommendations cannot be made at present.", "Model not loaded")}
