"""The list of TMDB's best-known films, beyond the 10,000 that one query returns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.indexing.errors import IndexingError
from app.indexing.progress import say
from app.indexing.tmdb.client import NotFoundError, TmdbClient, TransientError, unreachable
from app.indexing.tmdb.partial import Listed, PartialDownload, Span

_MAX_PAGES = 500
_FIRST_DAY = date(1870, 1, 1)
_MAX_VOTES = (1 << 24) - 1


class Listing:
    """Lists the films with at least a number of votes, which is chosen so that there are enough films."""

    def __init__(
        self, client: TmdbClient, partial: PartialDownload, today: date, advance: Callable[[int], None]
    ) -> None:
        self._client = client
        self._partial = partial
        self._last_day = date(today.year + 1, 12, 31)
        self._advance = advance

    async def best_known(self, count: int) -> list[int]:
        """Return ids, best known first: `count`, and a few more because TMDB may no longer have some."""
        wanted = count + count // 100 + 10
        films: set[Listed] = set()
        bands = iter(self._partial.bands)
        most, target = _MAX_VOTES, wanted
        while True:
            fewest = next(bands, None)
            if fewest is None:
                fewest = min(await self._votes_reached_by(target), most)
                self._partial.add_band(fewest)
            films |= await self._listed(Span(_FIRST_DAY, self._last_day, fewest, most))
            found = len({film.movie_id for film in films})
            if found >= wanted or fewest == 0:
                break
            most, target = fewest - 1, target + (wanted - found) + wanted // 50
        ranks: dict[int, Listed] = {}
        for film in sorted(films):
            ranks.setdefault(film.movie_id, film)
        return list(ranks)[:wanted]

    async def _votes_reached_by(self, wanted: int) -> int:
        """Return the greatest number of votes that at least `wanted` films have; 0 if there are too few films."""
        low, high = 0, _MAX_VOTES
        while low < high:
            middle = (low + high + 1) // 2
            page = await self._page(Span(_FIRST_DAY, self._last_day, middle, _MAX_VOTES), 1)
            low, high = (middle, high) if page.total_results >= wanted else (low, middle - 1)
        return low

    async def _listed(self, span: Span) -> set[Listed]:
        """Return the films of a span, which is split until TMDB returns all of its films."""
        known = self._partial.listed(span)
        if known is not None:
            return known
        first = await self._page(span, 1)
        parts = span.parts() if first.total_pages >= _MAX_PAGES else []
        if not parts:
            if first.total_pages > _MAX_PAGES:
                say(f"TMDB shows {_MAX_PAGES * 20:,} of {first.total_results:,} films released on {span.first}")
            films = await self._all_pages(span, first)
            self._partial.add_listed(span, films)
            self._advance(len(films))
            return films
        together: set[Listed] = set()
        for part in parts:
            together |= await self._listed(part)
        return together

    async def _all_pages(self, span: Span, first: "_Page") -> set[Listed]:
        """Return the films of all pages; read all pages again if films moved between pages in the meantime."""
        results = dict(first.results)
        pages = range(2, min(first.total_pages, _MAX_PAGES) + 1)
        for _ in range(2):
            for page in await self._client.together(self._page(span, number) for number in pages):
                results |= page.results
            if len(results) >= first.total_results:
                break
            pages = range(1, min(first.total_pages, _MAX_PAGES) + 1)
        return {film for film in results.values() if film}

    async def _page(self, span: Span, number: int) -> "_Page":
        parameters: dict[str, str | int] = {"include_adult": "false", "sort_by": "vote_count.desc", "page": number}
        try:
            content = await self._client.get("/discover/movie", parameters | span.parameters(), _is_page)
        except TransientError as error:
            raise unreachable(error) from None
        except NotFoundError:
            raise IndexingError("TMDB does not know /discover/movie: is this TMDB's API?") from None
        return _Page.of_content(content)


def _is_page(content: dict[str, Any]) -> bool:
    totals = (content.get("total_pages"), content.get("total_results"))
    return isinstance(content.get("results"), list) and all(isinstance(total, int) for total in totals)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a listing: its results by id (None for unusable films), and the numbers of pages and results."""

    results: dict[int, Listed | None]
    total_pages: int
    total_results: int

    @classmethod
    def of_content(cls, content: dict[str, Any]) -> "_Page":
        by_id = {
            result["id"]: Listed.of_result(result)
            for result in content["results"]
            if isinstance(result, dict) and isinstance(result.get("id"), int)
        }
        return cls(by_id, content["total_pages"], content["total_results"])
