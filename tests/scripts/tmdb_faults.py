"""A download of 30,000 films from a local server like TMDB's, with faults and kills, and a check of the result.

    python -m tests.scripts.tmdb_faults --films 60000 --count 30000 --kills 12

One response in twenty fails (429, 500, truncated, invalid, of another form), and the downloading process is killed
repeatedly. At the end no film may be missing or present twice.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from app.indexing.tmdb.access import Pace, read_key
from app.indexing.tmdb.download import download
from tests.tmdb_server import V3_KEY, TmdbServer, best_known, invented_films

FAULTS = ("500", "500", "cut", "broken", "other", "429")
PACE = Pace(requests_per_second=2000.0, connections=8, attempts=8, first_wait=0.02, max_wait=0.5, timeout=10.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=60_000, help="films that the server has")
    parser.add_argument("--count", type=int, default=30_000, help="films to download")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--faults", type=float, default=0.05, help="share of answers that fail")
    parser.add_argument("--download", nargs=2, metavar=("URL", "FILE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.download:
        url, output = args.download
        download(Path(output), count=args.count, key=read_key(), api_url=url, pace=PACE, today=date(2026, 11, 24))
        return 0
    return through_faults(args.films, args.count, args.kills, args.faults)


def through_faults(films: int, count: int, kills: int, faults: float) -> int:
    chance = random.Random(30_000)
    made: Counter[str] = Counter()

    def fault(path: str, times: int) -> str | None:
        if chance.random() >= faults or times > 4:
            return None
        kind = chance.choice(FAULTS)
        if kind == "429" and chance.random() < 0.9:  # each holds everything back for a second
            return None
        made[kind] += 1
        return kind

    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, TmdbServer(invented_films(films), fault).running() as server:
        output = Path(folder) / "tmdb.jsonl"
        command = [sys.executable, "-m", "tests.scripts.tmdb_faults", "--count", str(count)]
        command += ["--download", server.url, str(output)]
        ends: Counter[str] = Counter()
        steps = sorted(chance.randrange(50, int(count * 1.05)) for _ in range(kills))
        while not output.exists():
            process = subprocess.Popen(command, env=os.environ | {"TMDB_API_KEY": V3_KEY})
            target = steps.pop(0) if steps else None
            while process.poll() is None:
                time.sleep(0.01)
                if target is not None and len(server.times) >= target:
                    process.send_signal(signal.SIGKILL)
                    target = None
            ends["killed" if process.returncode < 0 else f"ended with {process.returncode}"] += 1
        got = [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()]
        left = sorted(path.name for path in Path(folder).iterdir())
        wanted = best_known(list(server.films.values()), count)
        repeated = sum(times > 1 for path, times in server.asked.items() if path.startswith("/3/movie/"))
    missing, twice = len(set(wanted) - set(got)), len(got) - len(set(got))
    print(f"{len(got):,} films in {time.monotonic() - started:.0f} s; processes: {dict(ends)}; faults: {dict(made)}")
    print(f"{len(server.times):,} requests, {repeated:,} films asked for more than once; files: {left}")
    print(f"missing: {missing}, twice: {twice}, in the order expected: {got == wanted}")
    return 0 if got == wanted and left == ["tmdb.jsonl"] else 1


if __name__ == "__main__":
    sys.exit(main())
