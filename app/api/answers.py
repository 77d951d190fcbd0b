"""The service's answers as the API shows them, with their times in the Server-Timing header and the metrics."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Response

from app.api.schemas import Movie, Recommendation, RecommendResponse
from app.services.model_service import Answer, Timings
from app.services.movie_map import MovieRecord

if TYPE_CHECKING:
    from app.core.metrics import Metrics

_MOVIE_FIELDS = tuple(Movie.model_fields)


def to_movie(record: MovieRecord) -> Movie:
    """Return a film as the API shows it."""
    return Movie(**{name: getattr(record, name) for name in _MOVIE_FIELDS})


class AnswerWriter:
    """Writes answers and tells how long their parts took."""

    def __init__(self, response: Response, metrics: "Metrics | None") -> None:
        self._response = response
        self._metrics = metrics

    def write(self, answer: Answer) -> RecommendResponse:
        """Return one answer; its times go into the Server-Timing header."""
        return self.write_each([answer])[0]

    def write_each(self, answers: Sequence[Answer]) -> list[RecommendResponse]:
        """Return several answers; the Server-Timing header has the sums of their times."""
        self._report([answer.timings for answer in answers])
        return [_to_response(answer) for answer in answers]

    def _report(self, timings: Sequence[Timings]) -> None:
        encoded = [timing for timing in timings if timing.encode is not None]
        parts = [f"search;dur={1000 * sum(timing.search for timing in timings):.2f}"]
        if encoded:
            parts.insert(0, f"encode;dur={1000 * sum(timing.encode or 0.0 for timing in encoded):.2f}")
        self._response.headers["Server-Timing"] = ", ".join(parts)
        if self._metrics is None:
            return
        for timing in timings:
            self._metrics.search_seconds.observe(timing.search)
        for timing in encoded:
            self._metrics.cached_queries.labels("hit" if timing.was_cached else "miss").inc()
            if not timing.was_cached:
                self._metrics.encode_seconds.observe(timing.encode or 0.0)


def _to_response(answer: Answer) -> RecommendResponse:
    films = [
        Recommendation(
            **{name: getattr(film.movie, name) for name in _MOVIE_FIELDS}, similarity_score=film.similarity_score
        )
        for film in answer.recommendations
    ]
    return RecommendResponse(query=answer.query, recommendations=films, count=len(films), truncated=answer.truncated)


async def get_writer(request: Request, response: Response) -> AnswerWriter:
    """Return a writer for the response that is being made."""
    return AnswerWriter(response, request.app.state.metrics)


Writer = Annotated[AnswerWriter, Depends(get_writer)]
