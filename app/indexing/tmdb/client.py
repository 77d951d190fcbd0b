"""A client for TMDB's API that limits the rate of requests and retries transient errors."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from app.indexing.errors import IndexingError
from app.indexing.progress import say
from app.indexing.tmdb.access import KEY_PAGE, KEY_VARIABLE, Pace, TmdbKey

Result = TypeVar("Result")

_MAX_RETRY_AFTER = 300.0
"""Seconds; a longer wait that TMDB asks for is cut to this."""


class NotFoundError(Exception):
    """TMDB does not have the film, or no longer has it."""


class TransientError(Exception):
    """A failure that a retry may resolve; `retry_after` is the wait that TMDB asks for, in seconds."""

    def __init__(self, what: str, retry_after: float = 0.0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class UnreachableError(TransientError):
    """TMDB sent no response."""


class _KeyTransport(httpx.AsyncBaseTransport):
    """Adds the key to each request after httpx has logged it, so that no log and no message contains the key."""

    def __init__(self, key: TmdbKey, inner: httpx.AsyncBaseTransport) -> None:
        self._key = key
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(self._signed(request))

    def _signed(self, request: httpx.Request) -> httpx.Request:
        url, headers = request.url, request.headers.copy()
        if self._key.is_token:
            headers["Authorization"] = f"Bearer {self._key.value}"
        else:
            url = url.copy_add_param("api_key", self._key.value)
        return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)

    async def aclose(self) -> None:
        await self._inner.aclose()


class TmdbClient:
    """Sends requests at a bounded rate over a bounded number of connections, and retries transient errors."""

    def __init__(self, http: httpx.AsyncClient, pace: Pace) -> None:
        self._http = http
        self._pace = pace
        self._free = asyncio.Semaphore(pace.connections)
        self._next_turn = self._paused_until = 0.0
        self._outage_reported = False
        backoff = wait_exponential_jitter(multiplier=pace.first_wait, max=pace.max_wait, jitter=pace.first_wait)
        self._retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(pace.attempts),
            wait=lambda state: max(backoff(state), _requested_wait(state)),
            before_sleep=self._report_outage,
            reraise=True,
        )

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, key: TmdbKey, api_url: str, pace: Pace, transport: httpx.AsyncBaseTransport | None
    ) -> AsyncIterator["TmdbClient"]:
        """Yield a client with its own connections, or over `transport`."""
        limits = httpx.Limits(max_connections=pace.connections, max_keepalive_connections=pace.connections)
        signed = _KeyTransport(key, transport or httpx.AsyncHTTPTransport(limits=limits, proxy=_proxy(api_url)))
        timeout = httpx.Timeout(pace.timeout, connect=min(pace.timeout, 10.0))
        async with httpx.AsyncClient(base_url=api_url, transport=signed, timeout=timeout) as http:
            yield cls(http, pace)

    @property
    def connections(self) -> int:
        """Maximum number of concurrent requests."""
        return self._pace.connections

    async def together(self, work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
        """Run coroutines concurrently and return their results in order; the first error cancels the others."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(piece) for piece in work]
        except* IndexingError as errors:
            raise _first(errors) from None
        return [task.result() for task in tasks]

    async def get(
        self, path: str, parameters: Mapping[str, str | int], is_valid: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Return the JSON object at `path`; request it again if it is not valid.

        Raises:
            NotFoundError: TMDB has nothing at this path.
            TransientError: Every attempt failed.
            IndexingError: TMDB refuses the key or the request.
        """
        async with self._free:
            return await self._retrying.copy()(self._get_once, path, parameters, is_valid)

    async def _get_once(
        self, path: str, parameters: Mapping[str, str | int], is_valid: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        await self._wait_for_turn()
        try:
            async with asyncio.timeout(2 * self._pace.timeout):  # httpx bounds each read, this the whole answer
                response = await self._http.get(path, params=parameters)
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            raise UnreachableError(f"no answer ({type(error).__name__})") from None
        self._outage_reported = False
        content = self._content(path, response)
        if not is_valid(content):
            raise TransientError("an answer not in the documented form")
        return content

    def _report_outage(self, state: RetryCallState) -> None:
        """Report once per outage, before the first retry, that TMDB does not answer: the retries may take minutes."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, UnreachableError) and not self._outage_reported:
            self._outage_reported = True
            wait = state.next_action.sleep if state.next_action else 0.0
            left = self._pace.attempts - state.attempt_number
            say(f"TMDB does not answer ({error}): trying again in {wait:.1f} s, up to {left} times")

    def _content(self, path: str, response: httpx.Response) -> dict[str, Any]:
        status = response.status_code
        if status in {401, 403}:
            raise IndexingError(
                f"TMDB refuses the key (status {status}): check {KEY_VARIABLE} or the key file against {KEY_PAGE}"
            )
        if status == 404:
            raise NotFoundError(path)
        if status == 429:
            seconds = _retry_after(response.headers.get("Retry-After", ""))
            self._pause(seconds)
            raise TransientError("too many requests (status 429)", seconds)
        if status >= 500 or status == 408:
            raise TransientError(f"status {status}", _retry_after(response.headers.get("Retry-After", "")))
        if status != 200:
            raise IndexingError(f"TMDB refuses the request for {path} (status {status})")
        try:
            content = response.json()
        except (ValueError, RecursionError):
            raise TransientError("an answer that is not JSON") from None
        if not isinstance(content, dict):
            raise TransientError("an answer that is not a JSON object")
        return content

    async def _wait_for_turn(self) -> None:
        now = time.monotonic()
        turn = max(now, self._next_turn)
        self._next_turn = turn + 1.0 / self._pace.requests_per_second
        await asyncio.sleep(turn - now)
        while (left := self._paused_until - time.monotonic()) > 0:  # noqa: ASYNC110 (a clock ends the wait, no task)
            await asyncio.sleep(left)

    def _pause(self, seconds: float) -> None:
        """Delay all requests for a number of seconds."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)


def _first(errors: BaseExceptionGroup[IndexingError]) -> IndexingError:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _proxy(url: str) -> str | None:
    """Return the environment's proxy for this address; httpx looks it up only for its default transport."""
    parsed = httpx.URL(url)
    return None if proxy_bypass(parsed.host) else getproxies().get(parsed.scheme)


def _requested_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, TransientError) else 0.0


def _retry_after(text: str) -> float:
    """Return the seconds of a Retry-After header, a number or a date, up to _MAX_RETRY_AFTER; 0 if malformed."""
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text, re.ASCII):
        return min(float(text), _MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER)


def unreachable(error: TransientError) -> IndexingError:
    """Return the error to report after the last attempt."""
    return IndexingError(
        f"TMDB does not answer ({error}): check the network, then run the same command again; it resumes"
    )
