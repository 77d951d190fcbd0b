"""Helpers that download from a local server."""

import json
from datetime import date
from pathlib import Path

from app.indexing.tmdb.access import Pace, TmdbKey
from app.indexing.tmdb.download import download
from tests.tmdb_server import V3_KEY, TmdbServer, best_known

KEY = TmdbKey(V3_KEY)
QUICK = Pace(requests_per_second=5000.0, connections=4, attempts=5, first_wait=0.01, max_wait=0.05, timeout=0.5)
TODAY = date(2026, 11, 24)


def fetch(server: TmdbServer, output: Path, count: int, pace: Pace = QUICK, key: TmdbKey = KEY) -> list[int]:
    download(output, count=count, key=key, api_url=server.url, pace=pace, today=TODAY)
    return [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()]


def expected(server: TmdbServer, count: int) -> list[int]:
    return best_known([film for film in server.films.values() if film["id"] not in server.gone], count)
