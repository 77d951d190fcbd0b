"""A soak test: all kinds of requests at once for minutes, with every answer checked by an independent path.

    python -m tests.scripts.soak [--minutes 10] [--clients 8] [--models-dir models]

Two indexes are built, one over every second film. A server over one of them gets recommendations with and without
filters, batches, tastes, similar films, films, titles, pages, bad input of every kind, clients that hang up, and more
requests at once than its short queue takes. Every few seconds the other index replaces its own, sometimes damaged. Each
answer to a valid request must have what ModelService returns in this process for one of the two indexes, to the last
digit. Each bad request must get its 4xx. Prints the figures; exit status 1 if anything failed.
"""

import argparse
import itertools
import json
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from app.api.answers import to_movie
from app.api.schemas.requests import TasteRequest
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.index.build import build_index
from app.services.local.files.model_files import MAP_FILE, STAGING_DIRECTORY, commit_staging
from app.services.local.files.pickle_reader import read_movie_records
from app.services.local.load import load_service
from app.services.model_service import ModelService
from app.services.queries import Selection, SimilarQuery, TasteQuery
from tests.running_server import ROOT, RunningServer, running_server
from tests.scripts.soak_answers import has, shown, to_query

SECONDS_BETWEEN_SWITCHES = 5.0
DAMAGED_EVERY = 4
FILMS = 600

Check = Callable[[httpx.Client, random.Random], str | None]


class Soak:
    """One run: the two expected services, the server, and the outcomes so far."""

    def __init__(self, services: list[ModelService], films: list[dict[str, Any]], server: RunningServer) -> None:
        """`films` are those that both services have."""
        self.services = services
        self.server = server
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self._lock = threading.Lock()
        self._overviews = [film["overview"] for film in films if len(film["overview"] or "") > 40]
        self._ids = [film["tmdb_id"] for film in films]

    def count(self, name: str, failure: str | None) -> None:
        """Count one request and record what was wrong with its answer."""
        with self._lock:
            self.counts[name] += 1
            if failure is not None:
                self.failures.append(f"{name}: {failure}")
                print(self.failures[-1][:500], flush=True)

    def recommend(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request recommendations."""
        body = self._request(chance)
        response = client.post("/api/v1/recommend", json=body)
        return self._compare(response, lambda service: shown(service.answer(to_query(body))))

    def batch(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request a batch."""
        bodies = [self._request(chance) for _ in range(chance.randint(1, 6))]
        response = client.post("/api/v1/recommend/batch", json={"requests": bodies})
        return self._compare(
            response, lambda service: {"results": [shown(service.answer(to_query(body))) for body in bodies]}
        )

    def taste(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request recommendations for liked and disliked films."""
        picked = chance.sample(self._ids, 5)
        body = {"liked": picked[:3], "disliked": picked[3:], "top_k": chance.randint(1, 50)}
        selection = TasteRequest.model_validate(body).to_selection()
        return self._compare(
            client.post("/api/v1/recommend/taste", json=body),
            lambda service: shown(service.answer(TasteQuery(tuple(picked[:3]), tuple(picked[3:]), selection))),
        )

    def similar(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request films similar to one."""
        movie_id, top_k = chance.choice(self._ids), chance.randint(1, 50)
        return self._compare(
            client.get(f"/api/v1/movies/{movie_id}/similar", params={"top_k": top_k}),
            lambda service: shown(service.answer(SimilarQuery(movie_id, Selection(top_k=top_k)))),
        )

    def movie(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request one film."""
        movie_id = chance.choice(self._ids)
        response = client.get(f"/api/v1/movies/{movie_id}")
        return self._compare(response, lambda service: to_movie(service.movie(movie_id)).model_dump(mode="json"))

    def titles(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request titles for a search box."""
        typed = self.services[1].movie(chance.choice(self._ids)).title[: chance.randint(1, 8)]
        response = client.get("/api/v1/movies", params={"query": typed, "limit": 5})

        def expected(service: ModelService) -> Any:  # noqa: ANN401
            films = [to_movie(film).model_dump(mode="json") for film in service.find_titles(typed, 5)]
            return {"results": films, "count": len(films)}

        return self._compare(response, expected)

    def pages(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Request pages and documents."""
        path = chance.choice(("/", "/health", "/docs", "/openapi.json", "/metrics", "/api/v1/genres", "/api/v1/info"))
        response = client.get(path)
        return None if response.status_code == 200 else f"{path} {response.status_code}"

    def bad(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Send an invalid request."""
        expected, send = chance.choice(BAD_REQUESTS)
        response = send(client)
        good = response.status_code == expected and "detail" in response.json()
        return None if good or response.status_code == 503 else f"{response.status_code} {response.text[:200]}"

    def leave(self, client: httpx.Client, chance: random.Random) -> str | None:
        """Send a request and disconnect at a random moment."""
        body = json.dumps(self._request(chance)).encode()
        request = b"POST /api/v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        request += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=30) as connection:
            connection.sendall(request[: chance.randrange(len(request))] if chance.random() < 0.5 else request)
            time.sleep(chance.random() * 0.02)
        return None

    def _request(self, chance: random.Random) -> dict[str, Any]:
        body: dict[str, Any] = {"synopsis": chance.choice(self._overviews)[:5000], "top_k": chance.randint(1, 50)}
        if chance.random() < 0.3:
            body |= {"genre": chance.choice(("Horror", "Drama, Crime")), "year": chance.randint(1950, 2020)}
        if chance.random() < 0.3:
            body["filters"] = {"year_min": chance.randint(1930, 2000), "genres_none": ["Animation"]}
        if chance.random() < 0.2:
            body["exclude_ids"] = chance.sample(self._ids, 3)
        return body

    def _compare(self, response: httpx.Response, expected: Callable[[ModelService], Any]) -> str | None:
        if response.status_code == 503 and int(response.headers["Retry-After"]) >= 1:
            self.count("refused with 503 and Retry-After", None)
            return None
        if response.status_code != 200:
            return f"{response.status_code} {response.text[:200]}"
        answer = response.json()
        if any(has(answer, expected(service)) for service in self.services):
            return None
        return f"another answer than either index gives: {response.text[:300]}"


def _raw(body: bytes, media_type: str = "application/json") -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.post("/api/v1/recommend", content=body, headers={"Content-Type": media_type})


BAD_REQUESTS: list[tuple[int, Callable[[httpx.Client], httpx.Response]]] = [
    (422, _raw(b"{}")),
    (422, _raw(b'{"synopsis": "short"}')),
    (422, _raw(b'{"synopsis": "long enough, but odd", "top_k": NaN}')),
    (422, _raw(b'{"synopsis": "long enough, \\ud800 but odd"}')),
    (422, _raw(b'{"synopsis": "long enough, but plain"}', "text/plain")),
    (400, _raw(b"[" * 100_000)),
    (400, _raw(b'{"synopsis": "\xff\xfe and more"}')),
    (413, _raw(b" " * 2_100_000)),
    (404, lambda client: client.get("/api/v1/movies/9007199254740991")),
    (404, lambda client: client.get("/api/v1/nothing")),
    (405, lambda client: client.put("/api/v1/recommend")),
    (422, lambda client: client.get("/api/v1/movies/abc")),
]


def main() -> int:
    """Run the soak test and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    films = read_catalogue(ROOT / "models" / "starter_catalogue.jsonl").movies[:FILMS]
    with tempfile.TemporaryDirectory() as scratch:
        sets = [Path(scratch) / "all", Path(scratch) / "half"]
        for directory, some in zip(sets, (films, films[::2]), strict=True):
            directory.mkdir()
            build_index(some, directory, fallback_model_dir=arguments.models_dir)
            if not (directory / "model_quantized").exists():
                shutil.copytree(arguments.models_dir / "model_quantized", directory / "model_quantized")
        served = Path(shutil.copytree(sets[0], Path(scratch) / "models"))
        services = [load_service(directory, query_cache_size=5000) for directory in sets]
        records = list(read_movie_records(sets[1] / MAP_FILE).values())
        with running_server(served, Path(scratch) / "log", MAX_WAITING_REQUESTS="3") as server:
            return _run(Soak(services, records, server), sets, served, arguments)


def _run(soak: Soak, sets: list[Path], served: Path, arguments: argparse.Namespace) -> int:
    end = time.monotonic() + 60 * arguments.minutes
    checks: list[tuple[int, str, Check]] = [
        (6, "recommendations", soak.recommend),
        (1, "batches", soak.batch),
        (2, "tastes", soak.taste),
        (3, "similar films", soak.similar),
        (2, "films", soak.movie),
        (3, "titles", soak.titles),
        (2, "pages and lists", soak.pages),
        (3, "bad requests", soak.bad),
        (2, "clients that hung up", soak.leave),
    ]
    threads = [threading.Thread(target=_ask, args=(soak, checks, end, number)) for number in range(arguments.clients)]
    memory = [_memory_of(soak.server)]
    for thread in threads:
        thread.start()
    for turn in itertools.count(1):
        time.sleep(min(SECONDS_BETWEEN_SWITCHES, max(end - time.monotonic(), 0)))
        memory.append(_memory_of(soak.server))
        if time.monotonic() >= end:
            break
        damaged = turn % DAMAGED_EVERY == 0
        _switch(sets[turn % 2], served, damaged)
        soak.count("damaged indexes published" if damaged else "indexes replaced", None)
        if turn % 12 == 0:
            print(f"{sum(soak.counts.values())} done, {len(soak.failures)} failures, {memory[-1]:.0f} MB", flush=True)
    for thread in threads:
        thread.join()
    return _report(soak, memory)


def _report(soak: Soak, memory: list[float]) -> int:
    """Stop the server and print the figures; return the exit status of the script."""
    health = httpx.get(f"{soak.server.url}/health").status_code
    log = soak.server.log
    status = soak.server.stop()
    warmed = memory[min(12, len(memory) - 1)]
    for name, count in soak.counts.most_common():
        print(f"{name:40} {count}")
    print(
        f"memory: {memory[0]:.0f} MB at start, {warmed:.0f} MB after a minute, {max(memory):.0f} MB at most, ", end=""
    )
    print(f"{memory[-1]:.0f} MB at the end")
    print(f"tracebacks in the log: {log.count('Traceback')}; /health at the end: {health}; exit status: {status}")
    print(f"failures: {len(soak.failures)}")
    return 0 if not soak.failures and "Traceback" not in log and (health, status) == (200, 0) else 1


def _ask(soak: Soak, checks: list[tuple[int, str, Check]], end: float, number: int) -> None:
    chance = random.Random(number)
    weights = [weight for weight, _, _ in checks]
    with httpx.Client(base_url=soak.server.url, timeout=60) as client:
        while time.monotonic() < end:
            ((_, name, check),) = chance.choices(checks, weights)
            try:
                failure = check(client, chance)
            except httpx.HTTPError as error:
                failure = repr(error)
            soak.count(name, failure)


def _switch(new_set: Path, served: Path, damaged: bool) -> None:
    staging = served / STAGING_DIRECTORY
    shutil.copytree(new_set, staging)
    if damaged:
        content = bytearray((staging / "movies.ann").read_bytes())
        content[len(content) // 2] ^= 0xFF
        (staging / "movies.ann").write_bytes(content)
    commit_staging(served, staging)


def _memory_of(server: RunningServer) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
