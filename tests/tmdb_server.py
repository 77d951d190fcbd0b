"""A local server that answers like TMDB's API, with its limits and, on request, with faults."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.threaded_server import serving

V3_KEY = "0123456789abcdef0123456789abcdef"
V4_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ0ZXN0In0.c2lnbmF0dXJl"
PER_PAGE = 20
MAX_PAGES = 500

Faults = Callable[[str, int], str | None]
"""Given a path and how often it was asked for, name a fault, or None.

A fault is 429, 500, slow, broken, cut, other, or hold: the answer waits until it is released.
"""


def invented_films(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return films of all years, a few without overview, many with the same number of votes."""
    chance = random.Random(seed)
    films = []
    for number in range(1, count + 1):
        year = min(2026, 1900 + int(126 * chance.random() ** 0.4))
        films.append(
            {
                "id": number * 3,
                "title": f"Film {number * 3}",
                "original_title": f"Película {number * 3}",
                "overview": f"What happens in film {number * 3}." if chance.random() > 0.03 else "",
                "vote_count": int(chance.paretovariate(0.8)),
                "popularity": round(chance.uniform(0, 100), 3),
                "release_date": f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                "original_language": "en",
                "vote_average": round(chance.uniform(1, 10), 1),
                "poster_path": f"/poster{number}.jpg",
                "adult": False,
            }
        )
    return films


def best_known(films: list[dict[str, Any]], count: int) -> list[int]:
    """Return the ids that a download of `count` films must have, in its order."""
    usable = [film for film in films if film["overview"]]
    usable.sort(key=lambda film: (-film["vote_count"], -film["popularity"], film["id"]))
    return [film["id"] for film in usable[:count]]


class TmdbServer:
    """The films to serve, the faults to cause, and counts of the requests."""

    def __init__(self, films: list[dict[str, Any]], faults: Faults | None = None) -> None:
        self.films = {film["id"]: film for film in films}
        self.sorted = sorted(films, key=lambda film: (-film["vote_count"], film["id"]))
        self.faults = faults or (lambda path, times: None)
        self.gone: set[int] = set()
        self.asked: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.max_at_once = 0
        self.times: list[float] = []
        self.clock: Callable[[], float] = time.monotonic
        self.held = threading.Event()
        self.released = threading.Event()
        self._at_once = 0
        self._lock = threading.Lock()
        self._selections: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["TmdbServer"]:
        with serving(_handler(self), _Server) as port:
            self.url = f"http://127.0.0.1:{port}/3"
            yield self

    def fault(self, path: str) -> str | None:
        with self._lock:
            self.asked[path] += 1
            self.times.append(self.clock())
            return self.faults(path, self.asked[path])

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.max_at_once = max(self.max_at_once, self._at_once)
        yield
        with self._lock:
            self._at_once -= 1

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/3/discover/movie":
            return self.discover(query)
        movie_id = int(path.rsplit("/", 1)[1])
        film = self.films.get(movie_id)
        if film is None or movie_id in self.gone:
            return 404, {"success": False, "status_code": 34, "status_message": "The resource could not be found."}
        return 200, details(film)

    def discover(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        page = int(query["page"])
        if page > MAX_PAGES:
            return 400, {"success": False, "status_code": 22, "status_message": "Invalid page: <= 500"}
        selection = self.selection(
            query["primary_release_date.gte"],
            query["primary_release_date.lte"],
            query["vote_count.gte"],
            query["vote_count.lte"],
        )
        shown = selection[(page - 1) * PER_PAGE : page * PER_PAGE]
        return 200, {
            "page": page,
            "results": [film | {"genre_ids": [18], "video": False} for film in shown],
            "total_pages": -(-len(selection) // PER_PAGE),
            "total_results": len(selection),
        }

    def selection(self, first: str, last: str, fewest: str, most: str) -> list[dict[str, Any]]:
        key = (first, last, fewest, most)
        if key not in self._selections:
            self._selections[key] = [
                film
                for film in self.sorted
                if first <= film["release_date"] <= last and int(fewest) <= film["vote_count"] <= int(most)
            ]
        return self._selections[key]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Do not report the errors of killed clients."""


def details(film: dict[str, Any]) -> dict[str, Any]:
    return film | {
        "genres": [{"id": 18, "name": "Drama"}],
        "keywords": {"keywords": [{"id": 1, "name": "lighthouse"}]},
        "credits": {
            "cast": [{"name": f"Actor {place}", "order": place} for place in (1, 0, 2, 3, 4, 5)],
            "crew": [{"job": "Editor", "name": "Bo"}, {"job": "Director", "name": "Ida Holm"}],
        },
        "runtime": 101,
        "imdb_id": f"tt{film['id']:07}",
    }


def _handler(tmdb: TmdbServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            with tmdb.counted():
                self._answer()

        def _answer(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if query.get("api_key") != V3_KEY and self.headers.get("Authorization") != f"Bearer {V4_TOKEN}":
                self._send(401, {"status_code": 7, "status_message": "Invalid API key."})
                return
            fault = tmdb.fault(url.path)
            if fault == "hold":
                tmdb.held.set()
                tmdb.released.wait(60)
            if fault == "429":
                self._send(429, {"status_code": 25}, {"Retry-After": "1"})
            elif fault == "500":
                self._send(500, {"status_code": 11, "status_message": "Internal error."})
            elif fault == "other":
                self._send(200, {"success": False})
            else:
                if fault == "slow":
                    time.sleep(1.0)
                status, content = tmdb.answer(url.path, query)
                self._send(status, content, cut=fault == "cut", broken=fault == "broken")

        def _send(
            self,
            status: int,
            content: dict[str, Any],
            headers: dict[str, str] | None = None,
            cut: bool = False,
            broken: bool = False,
        ) -> None:
            tmdb.statuses[status] += 1
            body = json.dumps(content).encode()
            if broken:
                body = body[: len(body) // 2]
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if cut else body)
                self.wfile.flush()
                self.close_connection = self.close_connection or cut
            except OSError:  # the client was killed, or has waited long enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler
