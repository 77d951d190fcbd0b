"""Reads per second of a catalogue in PostgreSQL with one streaming replica and with two. Linux only.

    python -m tests.scripts.postgres_replicas [--models-dir models] [--clients 16] [--seconds 20]

One primary and two replicas made by pg_basebackup run on this machine, from the wheel that the tests use. The catalogue
is published to the primary, and reaches the replicas by streaming. Then clients rank films by texts and vectors of the
catalogue itself, so that no encoder takes part, through the host list of the URL with load_balance_hosts=random.

All servers and clients share the CPUs of one machine. The figures therefore show that reads spread over replicas and
what that costs; what a second machine brings, only a second machine shows.
"""

import argparse
import os
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg

from app.indexing.publish.postgres.publish import publish
from app.services.catalogue import Catalogue, CatalogueInfo, Narrowing
from app.services.postgres.catalogue import PostgresCatalogue
from app.services.postgres.database import Database
from app.services.postgres.layout import schema_of
from app.services.postgres.vocabulary import load_vocabulary
from app.services.ranking.ranking_query import RankingQuery, Target
from app.services.ranking.weights import SYNOPSIS_WEIGHTS
from tests.postgres_server import PostgresServer, postgres_server, replica_of

QUERIES = 200


def open_catalogue(database: Database) -> PostgresCatalogue:
    """Return the current catalogue."""
    ((version, films),) = database.fetch(
        "SELECT version, films FROM recommender.current JOIN recommender.catalogues USING (version)"
    )
    schema = schema_of(version)
    return PostgresCatalogue(
        database, schema, CatalogueInfo(films, "postgres", None, None), load_vocabulary(database, schema)
    )


def queries_of(catalogue: Catalogue) -> list[RankingQuery]:
    """Return texts and vectors of films chosen at random, as queries by synopsis."""
    targets = catalogue.targets(catalogue.sample(Narrowing(), QUERIES, seed=1895))
    return [RankingQuery((Target(film.vector, film.words, weights=SYNOPSIS_WEIGHTS),)) for film in targets]


def reads(catalogue: Catalogue, queries: Sequence[RankingQuery], clients: int, seconds: float) -> list[float]:
    """Return how long each read took, of so many clients at once."""
    taken: list[float] = []
    give_up = time.monotonic() + seconds

    def ask(first: int) -> None:
        number = first
        while time.monotonic() < give_up:
            start = time.perf_counter()
            catalogue.best(queries[number % len(queries)], Narrowing(), 10)
            taken.append(time.perf_counter() - start)
            number += clients

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def wait_for_catalogue(primary: PostgresServer, replica: PostgresServer) -> float:
    """Return the seconds until a replica has what the primary has."""
    start = time.monotonic()
    with psycopg.connect(primary.url) as asked:
        (written,) = asked.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
    with psycopg.connect(replica.url, autocommit=True) as connection:
        behind = "SELECT pg_last_wal_replay_lsn() < %s::pg_lsn"
        while (connection.execute(behind, (written,)).fetchone() or (True,))[0]:
            time.sleep(0.05)
    return time.monotonic() - start


def measure(name: str, readers: Sequence[PostgresServer], args: argparse.Namespace) -> None:
    """Print the reads per second of a service whose URL names these readers."""
    hosts = ",".join(f"127.0.0.1:{reader.port}" for reader in readers)
    url = f"postgresql://postgres@{hosts}/postgres?load_balance_hosts=random"
    with closing(Database(url, connections=args.clients, statement_seconds=30)) as database:
        catalogue = open_catalogue(database)
        queries = queries_of(catalogue)
        reads(catalogue, queries, args.clients, 2)
        before = list(map(statements, readers))
        taken = reads(catalogue, queries, args.clients, args.seconds)
        shares = np.array(list(map(statements, readers))) - before
    median, slow = 1000 * np.percentile(taken, [50, 95])
    split = " : ".join(f"{share:.0%}" for share in shares / shares.sum())
    rate = len(taken) / args.seconds
    print(f"{name}: {rate:,.0f} reads/s, {median:.0f} ms at the median, {slow:.0f} ms p95; split {split}")


def statements(server: PostgresServer) -> int:
    """Return how many transactions a server has run."""
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20)
    args = parser.parse_args()
    with postgres_server() as primary, replica_of(primary) as first, replica_of(primary) as second:
        print(publish(args.models_dir, primary.url, keep=0))
        for replica in (first, second):
            print(f"a replica had it {wait_for_catalogue(primary, replica):.2f} s later")
        print(f"{os.cpu_count()} CPUs for all servers and {args.clients} clients")
        measure("one reader", [first], args)
        measure("two readers", [first, second], args)


if __name__ == "__main__":
    main()
