"""Download of a catalogue of the best-known films from TMDB's API (https://developer.themoviedb.org/reference).

First the films are listed with /discover/movie, which returns at most 10,000 for one query: a query with more results
is split by year, then by shorter spans, then by vote count. Then the details of each film are fetched with its keywords
and credits. Every answer is appended at once to a partial file next to the output, so that a download can be stopped at
any moment and resumed. The output is written as a whole at the end.
"""

import asyncio
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock, Timeout

from app.indexing.catalogue.fields.people import cast_of, directors_of
from app.indexing.errors import IndexingError
from app.indexing.progress import progress, say
from app.indexing.tmdb.access import API_URL, Pace, TmdbKey
from app.indexing.tmdb.client import NotFoundError, TmdbClient, TransientError, unreachable
from app.indexing.tmdb.listing import Listing
from app.indexing.tmdb.partial import PartialDownload

ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."

_FAILURES_IN_A_ROW = 8
_KEPT = (
    *("title", "original_title", "overview", "release_date", "original_language", "vote_average", "vote_count"),
    *("popularity", "runtime", "imdb_id"),
)
"""Fields that are copied from the details of a film."""


def download(
    output: Path,
    *,
    count: int,
    key: TmdbKey,
    api_url: str = API_URL,
    pace: Pace | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    today: date | None = None,
) -> None:
    """Download the `count` best-known films with an overview to `output`, resuming from a partial file.

    Raises:
        IndexingError: TMDB refuses the key or does not answer, or the output cannot be written. The partial file
            keeps what has been downloaded.
    """
    pace = pace or Pace()
    today = today or datetime.now(UTC).date()
    try:
        with _exclusive_download(output), PartialDownload.opened(output, count, today) as partial:
            films = asyncio.run(_download(partial, count, key, api_url, pace, transport, today))
            _write_output(output, films)
            partial.remove()
    except OSError as error:
        raise IndexingError(f"Cannot write {error.filename or output}: {error.strerror or error}") from None
    say(f"{len(films):,} films in {output}. {ATTRIBUTION}")
    say(f"Next: python -m app.indexing build --catalogue {output}")


async def _download(
    partial: PartialDownload,
    count: int,
    key: TmdbKey,
    api_url: str,
    pace: Pace,
    transport: httpx.AsyncBaseTransport | None,
    today: date,
) -> list[dict[str, Any]]:
    async with TmdbClient.opened(key, api_url, pace, transport) as client:
        if partial.chosen is None:
            with progress(total=None, label="Listing", unit="films", done=partial.listed_count) as advance:
                candidates = await Listing(client, partial, today, advance).best_known(count)
            partial.choose(candidates)
        return await _Details(client, partial, count).fetch()


@contextmanager
def _exclusive_download(output: Path) -> Iterator[None]:
    if output.is_dir():
        raise IndexingError(f"--output {output} is a folder: name a file")
    if not output.parent.is_dir():
        raise IndexingError(f"There is no folder {output.parent}: make it first")
    lock_file = output.with_name(output.name + ".lock")
    try:
        with FileLock(lock_file, timeout=0):
            yield
            with suppress(OSError):  # Windows cannot remove an open file
                lock_file.unlink()
    except Timeout:
        raise IndexingError(f"Another download to {output} is running: wait until it ends") from None


def _write_output(output: Path, films: Iterable[dict[str, Any]]) -> None:
    content = "".join(json.dumps(film, ensure_ascii=False) + "\n" for film in films).encode("utf-8", "replace")
    if output.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    new = output.with_name(output.name + ".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(output)


# --- fetching details -------------------------------------------------------------------------------------------------


class _Details:
    """Fetches the chosen films, best known first, until there are enough."""

    def __init__(self, client: TmdbClient, partial: PartialDownload, count: int) -> None:
        self._client = client
        self._partial = partial
        self._count = count
        self._failures_in_a_row = 0
        self._failed: list[int] = []

    async def fetch(self) -> list[dict[str, Any]]:
        """Return the `count` best-known of the chosen films that TMDB still has, best known first."""
        partial = self._partial
        candidates = partial.chosen or []
        have = sum(movie_id in partial.films for movie_id in candidates)
        with progress(total=self._count, label="Fetching", unit="films", done=min(have, self._count)) as advance:
            while missing := self._missing(candidates):
                await self._fetch_all(missing, advance)
        if self._failed:
            say(f"TMDB failed to return {len(self._failed):,} films; the next best-known films replace them")
        found = [partial.films[movie_id] for movie_id in candidates if movie_id in partial.films][: self._count]
        if len(found) < self._count:
            say(f"TMDB has {len(found):,} films with an overview, fewer than the {self._count:,} requested")
        return found

    def _missing(self, candidates: Sequence[int]) -> list[int]:
        """Return which of the first `count` available candidates have not been fetched yet."""
        unavailable = self._partial.gone.union(self._failed)
        wanted = [movie_id for movie_id in candidates if movie_id not in unavailable][: self._count]
        return [movie_id for movie_id in wanted if movie_id not in self._partial.films]

    async def _fetch_all(self, movie_ids: Sequence[int], advance: Callable[[int], None]) -> None:
        waiting = iter(movie_ids)

        async def work() -> None:
            for movie_id in waiting:
                advance(await self._fetch_one(movie_id))

        await self._client.together(work() for _ in range(self._client.connections))

    async def _fetch_one(self, movie_id: int) -> int:
        try:
            details = await self._client.get(
                f"/movie/{movie_id}",
                {"append_to_response": "keywords,credits"},
                lambda content: content.get("id") == movie_id,
            )
        except NotFoundError:
            self._partial.add_gone(movie_id)
            return 0
        except TransientError as error:  # one film may fail; many in a row mean that TMDB fails
            self._failed.append(movie_id)
            self._failures_in_a_row += 1
            if self._failures_in_a_row >= _FAILURES_IN_A_ROW:
                raise unreachable(error) from None
            return 0
        self._failures_in_a_row = 0
        film = film_of_details(details)
        if film is None:
            self._partial.add_gone(movie_id)
            return 0
        self._partial.add_film(film)
        return 1


def film_of_details(details: dict[str, Any]) -> dict[str, Any] | None:
    """Return a line of the catalogue from an answer of /movie/{id} with keywords and credits.

    None if the film has no overview or title, or is for adults.
    """
    overview, title = details.get("overview"), details.get("title")
    if not isinstance(overview, str) or not overview.strip() or not title or details.get("adult"):
        return None
    return {
        "id": details["id"],
        **{name: details.get(name) for name in _KEPT},
        "genres": _names_in(details.get("genres")),
        "keywords": _names_in(_inside(details.get("keywords"), "keywords")),
        "directors": list(directors_of([], [details.get("credits")])),
        "cast": list(cast_of([], [details.get("credits")])),
        "poster_path": details.get("poster_path"),
        "adult": False,
    }


def _inside(value: object, name: str) -> list[Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else []


def _names_in(value: object) -> list[str]:
    items = value if isinstance(value, list) else []
    return [item["name"] for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)]
