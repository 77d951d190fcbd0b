"""Stubbed answers of the API to the page, for states that cannot be produced with the starter catalogue."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, Route

SEARCH = "**/api/v1/search?*"
RECOMMEND = "**/api/v1/recommend"
TASTE = "**/api/v1/recommend/taste"
SIMILAR = "**/api/v1/movies/*/similar*"
FILM = "**/api/v1/movies/*"

LONG_OVERVIEW = "The town is quiet. " + "A clockmaker hides a stranger from the police. " * 8
READING = {
    "kind": "request",
    "genres": ["Comedy"],
    "excluded_genres": ["Horror"],
    "years": [1980, 1989],
    "languages": ["fr"],
    "people": ["Jacques Tati"],
    "like": [{"movie_id": 19, "title": "Metropolis"}],
    "unlike": [{"movie_id": 20, "title": "Playtime"}],
    "excluded_languages": ["en"],
    "runtime_min": None,
    "runtime_max": 90,
    "min_vote_average": 7.5,
    "text": "a clockmaker",
}

WHY = {
    "words": ["clockmaker", "stranger"],
    "sentence": "A clockmaker hides a stranger from the police.",
    "genres_met": ["Comedy"],
    "genres_missed": ["Musical"],
    "year_met": True,
}


def film(number: int, **fields: object) -> dict[str, Any]:
    """A film with everything that a card can show."""
    return {
        "movie_id": number,
        "title": f"Film {number}",
        "original_title": f"Le film {number}",
        "overview": LONG_OVERVIEW,
        "year": 1980 + number % 40,
        "genres": ["Comedy", "Drama"],
        "original_language": "fr",
        "vote_average": 7.4,
        "vote_count": 1234,
        "poster_path": None,
        "directors": ["Agnès Varda"],
        "cast": ["Michel Piccoli", "Catherine Deneuve"],
        "keywords": ["clock", "hiding"],
        "runtime": 125,
        "links": {
            "tmdb": f"https://www.themoviedb.org/movie/{number}",
            "imdb": "https://www.imdb.com/title/tt0000001/",
        },
        **fields,
    }


def answer(count: int, first: int = 1, **fields: object) -> dict[str, Any]:
    """An answer with this many films, numbered from `first`."""
    found = {"similarity_score": 0.7, "match": "close", "why": WHY}
    films = [film(number, **found) for number in range(first, first + count)]
    return {"query": "x", "recommendations": films, "count": count, "titles": [], "has_close_match": True, **fields}


def give(page: Page, path: str, given: dict[str, Any], status: int = 200) -> None:
    """Answer every request to the path with this."""
    page.route(path, lambda route: route.fulfill(json=given, status=status))


def give_pages(page: Page, total: int, **fields: object) -> None:
    """Answer searches with the films from `offset` on, out of `total`."""

    def fulfill(route: Route) -> None:
        offset, size = (int(parameters_of(route.request).get(name, ["0"])[0]) for name in ("offset", "top_k"))
        count = max(0, min(size, total - offset))
        route.fulfill(json=answer(count, first=offset + 1, total=total, **fields))

    page.route(SEARCH, fulfill)


def parameters_of(request: Request) -> dict[str, list[str]]:
    """The query parameters of a request."""
    return parse_qs(urlsplit(request.url).query)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON body of a request."""
    body: dict[str, Any] = json.loads(request.post_data or "")
    return body
