"""The client, with one method for each call of the API, and its retries."""

import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self, Unpack, cast
from urllib.parse import quote

import httpx

from app.client.types import (
    Answer,
    Context,
    Film,
    Filters,
    Genre,
    Language,
    Person,
    RatedFilm,
    RecommendRequest,
    SearchAnswer,
    Selection,
)

DEFAULT_URL = "http://localhost:8000"
RETRIED_STATUSES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
FIRST_BACKOFF_SECONDS = 0.5
MAX_WAIT_SECONDS = 30.0
"""If Retry-After is longer, the error is raised at once."""

_Content = Mapping[str, Any] | None


class RecommenderError(Exception):
    """An error response of the service, with its status and its `detail`."""

    def __init__(self, status: int, detail: object) -> None:
        self.status = status
        self.detail = detail
        super().__init__(f"{status}: {_readable(detail)}")


def _readable(detail: object) -> str:
    """Return a detail as one line; for 422 it is a list with an entry for each invalid field."""
    if not isinstance(detail, list):
        return str(detail)
    return "; ".join(f"{'.'.join(map(str, field['loc']))}: {field['msg']}" for field in detail)


class Recommender:
    """Calls a running service.

    Connection failures, 429 and 503 are retried up to `max_retries` times, after the time in Retry-After or, without
    it, with exponential backoff. Other errors raise RecommenderError at once. If the service cannot be reached,
    httpx.TransportError is raised.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_seconds: float = 30.0,
        max_retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout_seconds, transport=transport)
        self._max_retries = max_retries

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def search(self, query: str, **selection: Unpack[Selection]) -> SearchAnswer:
        """Return films for any text of up to 500 characters: a description, a title, a name or a mood."""
        return cast(SearchAnswer, self._call("GET", "/api/v1/search", params={"query": query, **_flat(selection)}))

    def recommend(self, synopsis: str, **context: Unpack[Context]) -> Answer:
        """Return the films most similar to a synopsis."""
        return cast(Answer, self._call("POST", "/api/v1/recommend", json={"synopsis": synopsis, **context}))

    def recommend_batch(self, requests: Sequence[RecommendRequest]) -> list[Answer]:
        """Return an answer to each of up to 32 requests, in order."""
        answer = self._call("POST", "/api/v1/recommend/batch", json={"requests": list(requests)})
        return cast(list[Answer], answer["results"])

    def taste(
        self,
        liked: Sequence[int] = (),
        disliked: Sequence[int] = (),
        rated: Sequence[RatedFilm] = (),
        **selection: Unpack[Selection],
    ) -> Answer:
        """Return films for a taste: films liked, disliked, or rated with stars."""
        request = {"liked": list(liked), "disliked": list(disliked), "rated": list(rated), **selection}
        return cast(Answer, self._call("POST", "/api/v1/recommend/taste", json=request))

    def similar(self, movie_id: int, **selection: Unpack[Selection]) -> Answer:
        """Return the films most similar to one of the catalogue."""
        return cast(Answer, self._call("GET", f"/api/v1/movies/{movie_id}/similar", params=_flat(selection)))

    def film(self, movie_id: int) -> Film:
        """Return one film."""
        return cast(Film, self._call("GET", f"/api/v1/movies/{movie_id}"))

    def find_titles(self, typed: str, limit: int = 10) -> list[Film]:
        """Return films by title, as typed so far."""
        return cast(list[Film], self._results("/api/v1/movies", {"query": typed, "limit": limit}))

    def films(self, movie_ids: Sequence[int]) -> list[Film]:
        """Return several films in the order of their ids, without those that the catalogue does not have."""
        return cast(list[Film], self._results("/api/v1/movies", {"ids": list(movie_ids)}))

    def random_films(self, limit: int = 10, filters: Filters | None = None) -> list[Film]:
        """Return films chosen at random."""
        return cast(list[Film], self._results("/api/v1/movies/random", {"limit": limit, **(filters or {})}))

    def find_people(self, typed: str, limit: int = 10) -> list[Person]:
        """Return directors and actors by name, as typed so far."""
        return cast(list[Person], self._results("/api/v1/people", {"query": typed, "limit": limit}))

    def films_of(self, name: str) -> list[Film]:
        """Return the films by or with a person, most votes first."""
        return cast(list[Film], self._results(f"/api/v1/people/{quote(name, safe='')}/movies"))

    def genres(self) -> list[Genre]:
        """Return the genres of the catalogue, most films first."""
        return cast(list[Genre], self._results("/api/v1/genres"))

    def languages(self) -> list[Language]:
        """Return the original languages of the catalogue, most films first."""
        return cast(list[Language], self._results("/api/v1/languages"))

    def info(self) -> dict[str, Any]:
        """Return the model, catalogue and index in use."""
        return self._call("GET", "/api/v1/info")

    def _results(self, path: str, params: _Content = None) -> object:
        return self._call("GET", path, params=params)["results"]

    def _call(self, method: str, path: str, *, params: _Content = None, json: _Content = None) -> dict[str, Any]:
        for attempt in range(self._max_retries):
            try:
                response = self._http.request(method, path, params=params, json=json)
            except httpx.ConnectError:
                time.sleep(_backoff(attempt))
                continue
            wait = _wait_before_retry(response, attempt)
            if wait is None:
                return _content(response)
            time.sleep(wait)
        return _content(self._http.request(method, path, params=params, json=json))


def _flat(selection: Mapping[str, Any]) -> dict[str, Any]:
    """Return a selection as query parameters, in which filters are not nested."""
    parameters = dict(selection)
    return {**parameters.pop("filters", {}), **parameters}


def _backoff(attempt: int) -> float:
    return FIRST_BACKOFF_SECONDS * 2.0**attempt


def _wait_before_retry(response: httpx.Response, attempt: int) -> float | None:
    """Return the seconds to wait before a retry, None if the response is final."""
    if response.status_code not in RETRIED_STATUSES:
        return None
    asked = response.headers.get("Retry-After", "")
    wait = float(asked) if asked.isdecimal() else _backoff(attempt)
    return wait if wait <= MAX_WAIT_SECONDS else None


def _content(response: httpx.Response) -> dict[str, Any]:
    """Return the body of a success; raises RecommenderError for anything else."""
    try:
        body = response.json()
    except ValueError:
        body = {"detail": response.text[:200]}
    if not response.is_success:
        raise RecommenderError(response.status_code, body.get("detail") if isinstance(body, dict) else body)
    return cast(dict[str, Any], body)
