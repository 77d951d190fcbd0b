"""Conversion of the service's answers into responses, with their times in the Server-Timing header and the metrics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import Request, Response
from pydantic_core import to_json

from app.api.schemas.responses import Movie
from app.api.schemas.understood import understood_fields
from app.services.movie_record import MovieRecord
from app.services.queries import Answer, Recommendation, Timings
from app.services.ranking.match import Match, match_of, scale_of
from app.services.search import Found

if TYPE_CHECKING:
    from app.core.metrics import Metrics

_MOVIE_FIELDS = tuple(Movie.model_fields)


def to_movie(record: MovieRecord) -> Movie:
    """Return a film in the form of the API."""
    return Movie(**{name: getattr(record, name) for name in _MOVIE_FIELDS})


def answer_response(request: Request, answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """Return a RecommendResponse; the answer's times are in the Server-Timing header."""
    return _timed_response(request, _answer_json(answer), [answer.timings], headers)


def batch_response(request: Request, answers: Iterable[Answer]) -> Response:
    """Return a BatchResponse; the Server-Timing header has the sums of the answers' times."""
    answers = list(answers)
    content = b'{"results":[%b]}' % b",".join(map(_answer_json, answers))
    return _timed_response(request, content, [answer.timings for answer in answers])


def search_response(
    request: Request, typed: str, found: Found, answer: Answer, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a SearchResponse; `answer` is that of the search, possibly with more warnings."""
    content = b'{"query":%b,%b,"titles":%b,"people":%b}' % (
        to_json(typed),
        _answer_fields(answer),
        to_json(list(map(to_movie, found.titles))),
        to_json([{"name": person.name, "films": person.films} for person in found.people]),
    )
    return _timed_response(request, content, [answer.timings], headers)


def _answer_json(answer: Answer) -> bytes:
    """Return a RecommendResponse that is joined from the films' stored JSON.

    Building, validating and serializing models would take more CPU time; tests compare the result with the schema.
    """
    return b'{"query":%b,%b}' % (to_json(answer.query), _answer_fields(answer))


def _answer_fields(answer: Answer) -> bytes:
    """Return the fields that a RecommendResponse and a SearchResponse share."""
    understood = None if answer.understood is None else understood_fields(answer.understood)
    scale = scale_of(answer.understood)
    matches = [match_of(film.similarity_score, scale) for film in answer.recommendations]
    return (
        b'"recommendations":[%b],"count":%d,"total":%d,"has_close_match":%b,"truncated":%b,"understood":%b,"warnings":%b'
    ) % (
        b",".join(map(_recommendation_json, answer.recommendations, matches)),
        len(answer.recommendations),
        answer.total,
        to_json("close" in matches),
        to_json(answer.truncated),
        to_json(understood),
        to_json(answer.warnings),
    )


def _recommendation_json(recommendation: Recommendation, match: Match) -> bytes:
    fields = recommendation.movie_json.removesuffix(b"}")
    why = b"" if recommendation.why is None else b',"why":%b' % to_json(asdict(recommendation.why))
    score = to_json(recommendation.similarity_score)
    return b'%b,"similarity_score":%b,"match":"%b"%b}' % (fields, score, match.encode(), why)


def _timed_response(
    request: Request, content: bytes, timings: Sequence[Timings], headers: Mapping[str, str] | None = None
) -> Response:
    _observe(request.app.state.metrics, timings)
    response = Response(content, media_type="application/json", headers=headers)
    response.headers["Server-Timing"] = _server_timing(timings)
    return response


def _server_timing(timings: Sequence[Timings]) -> str:
    parts = [f"search;dur={1000 * sum(timing.search for timing in timings):.2f}"]
    encoded = [timing.encode for timing in timings if timing.encode is not None]
    if encoded:
        parts.insert(0, f"encode;dur={1000 * sum(encoded):.2f}")
    return ", ".join(parts)


def _observe(metrics: "Metrics | None", timings: Sequence[Timings]) -> None:
    if metrics is None:
        return
    for timing in timings:
        metrics.search_seconds.observe(timing.search)
        if timing.encode is None:
            continue
        if timing.was_cached:
            metrics.cached_hits.inc()
        else:
            metrics.cached_misses.inc()
            metrics.encode_seconds.observe(timing.encode)
