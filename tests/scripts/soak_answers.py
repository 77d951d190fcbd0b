"""What the soak test expects of answers: what ModelService returns, as JSON."""

from typing import Any

from app.api.answers import to_movie
from app.api.schemas.requests import RecommendRequest
from app.services.queries import Answer


def has(answer: Any, expected: Any) -> bool:  # noqa: ANN401
    """Return whether an answer has everything that is expected; its objects may have further fields."""
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(key in answer and has(answer[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return (
            isinstance(answer, list)
            and len(answer) == len(expected)
            and all(has(*pair) for pair in zip(answer, expected, strict=True))
        )
    return bool(answer == expected)


def to_query(body: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the query of the body of a request."""
    return RecommendRequest.model_validate(body).to_query()


def shown(answer: Answer) -> dict[str, Any]:
    """Return what the API must show of an answer."""
    films = [
        {**to_movie(film.movie).model_dump(mode="json"), "similarity_score": film.similarity_score}
        for film in answer.recommendations
    ]
    return {
        "query": answer.query,
        "recommendations": films,
        "count": len(films),
        "truncated": answer.truncated,
    }
