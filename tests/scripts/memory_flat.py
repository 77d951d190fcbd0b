"""Memory after 2,000 to 20,000 requests of all kinds, which should stay flat. Linux only.

    python -m tests.scripts.memory_flat [--models-dir models] [--requests 2000 20000]

Requests are synopses of 10 to 5000 characters (one in ten of them new, so that the query cache fills too), films like a
film, films by title and single films, from 16 clients.
"""

import argparse
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from app.indexing.measure.benchmark import own_service
from app.indexing.measure.load_generator import get_request, measure_load, post_request
from app.indexing.measure.processes import memory_megabytes, start_service
from app.services.local.files.model_files import MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records

CLIENTS = 16
NEW_SYNOPSES = 10
"""One request in this many has a new synopsis to encode; more would only make the run longer."""


def requests_of_all_kinds(models_dir: Path) -> Iterator[bytes]:
    """Yield requests of all kinds indefinitely."""
    films = list(read_movie_records(models_dir / MAP_FILE).values())
    text = " ".join(film["overview"] for film in films[:2000] if film.get("overview"))
    chance = random.Random(1895)
    for number in itertools.count():
        film = chance.choice(films)
        if number % NEW_SYNOPSES == 0:
            start = chance.randrange(len(text) - 5000)
            synopsis = text[start : start + int(10 ** chance.uniform(1.3, 3.69))]
            yield post_request("/api/v1/recommend", json.dumps({"synopsis": synopsis, "top_k": 50}).encode())
        elif number % 3 == 0:
            yield get_request(f"/api/v1/movies?query={quote(film['title'][: chance.randint(1, 12)])}")
        elif number % 3 == 1:
            yield get_request(f"/api/v1/movies/{film['tmdb_id']}")
        else:
            yield get_request(f"/api/v1/movies/{film['tmdb_id']}/similar?top_k={chance.randint(1, 50)}")


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument(
        "--requests",
        type=int,
        nargs="+",
        default=[2000, 5000, 10_000, 20_000],
        help="when memory is read",
    )
    args = parser.parse_args()
    requests = requests_of_all_kinds(args.models_dir)
    with start_service(own_service(args.models_dir)) as started:
        process = started.process
        print(f"at rest: {memory_megabytes(process.pid, 'VmRSS'):.0f} MB")
        sent = failures = 0
        for count in args.requests:
            load = measure_load(started.port, itertools.islice(requests, count - sent), clients=CLIENTS, seconds=3600)
            sent, failures = count, failures + load.failures
            now, peak = (memory_megabytes(process.pid, name) for name in ("VmRSS", "VmHWM"))
            print(f"after {sent:,} requests: {now:.0f} MB, peak {peak:.0f} MB, {failures} failures", flush=True)


if __name__ == "__main__":
    main()
