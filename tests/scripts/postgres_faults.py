"""Faults of a catalogue in PostgreSQL, each brought about on a real server and timed over HTTP. Linux only.

    python -m tests.scripts.postgres_faults [--models-dir models] [--seconds 10]

The service and the servers run on this machine. REQUEST_TIMEOUT_SECONDS is --seconds. The lines printed are rows of
the table in docs/OPERATIONS.md.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

from app.indexing.publish.postgres.publish import publish
from tests.postgres_server import PostgresServer, postgres_server, replica_of
from tests.running_server import RunningServer, refused_start, running_server, start_process, wait_until

READS = 400
_WRONG = {"model_id": "another", "dimension": 32, "template_version": 99, "ranking_version": 99}


class Trial:
    """One server with a published catalogue, and the service over it."""

    def __init__(self, models_dir: Path, seconds: float, postgres: PostgresServer) -> None:
        self.models_dir = models_dir
        self.seconds = seconds
        self.postgres = postgres
        self._log = Path(tempfile.mkdtemp()) / "log"
        self._asked = 0

    @contextmanager
    def service(self, url: str = "") -> Iterator[RunningServer]:
        """Serve the catalogue."""
        settings = {"CATALOGUE_URL": url or self.postgres.url, "REQUEST_TIMEOUT_SECONDS": str(self.seconds)}
        with running_server(self.models_dir, self._log, **settings) as server:
            yield server

    def ask(self, server: RunningServer) -> tuple[int, float]:
        """Return the status of a request that no cache can answer, and how long it took."""
        self._asked += 1
        body = {"synopsis": f"A lighthouse keeper finds message number {self._asked} that he wrote himself."}
        start = time.perf_counter()
        answer = httpx.post(f"{server.url}/api/v1/recommend", json=body, timeout=120)
        return answer.status_code, time.perf_counter() - start

    def refused(self, **settings: str) -> tuple[float, str]:
        """Return how long a start took that was refused, and its message."""
        start = time.perf_counter()
        status, log = refused_start(self.models_dir, self._log, CATALOGUE_URL=self.postgres.url, **settings)
        assert status != 0, log
        return time.perf_counter() - start, log.partition("ERROR uvicorn.error: ")[2].splitlines()[0]

    def until_answered(self, server: RunningServer) -> float:
        """Return the seconds until a request is answered."""
        start = time.perf_counter()
        wait_until(lambda: self.ask(server)[0] == httpx.codes.OK)
        return time.perf_counter() - start


def report(fault: str, outcome: str) -> None:
    """Print one line of the table."""
    print(f"| {fault} | {outcome} |", flush=True)


def away_at_start(trial: Trial) -> None:
    """The server is down when the service starts."""
    trial.postgres.kill()
    log = Path(tempfile.mkdtemp()) / "log"
    process = start_process(trial.models_dir, log, {"CATALOGUE_URL": trial.postgres.url})
    try:
        wait_until(lambda: "running on http" in log.read_text())
        health = "http" + log.read_text().split("running on http")[1].split()[0] + "/health"
        before = httpx.get(health).status_code
        trial.postgres.start()
        start = time.perf_counter()
        wait_until(lambda: httpx.get(health).status_code == httpx.codes.OK)
        report("away at start", f"/health {before}; 200 {time.perf_counter() - start:.1f} s after the server is up")
    finally:
        process.kill()
        process.wait()


def away_between(trial: Trial) -> None:
    """The server is killed while the service runs, and started again."""
    with trial.service() as server:
        trial.ask(server)
        trial.postgres.kill()
        status, seconds = trial.ask(server)
        trial.postgres.start()
        report("away", f"{status} after {seconds:.1f} s; 200 {trial.until_answered(server):.1f} s after its return")


def slow(trial: Trial) -> None:
    """The tables are locked, so that statements wait."""
    with trial.service() as server, psycopg.connect(trial.postgres.url) as other:
        trial.ask(server)
        version = other.execute("SELECT version FROM recommender.current").fetchone()
        assert version is not None
        other.execute(f"LOCK TABLE catalogue_{version[0]}.films IN ACCESS EXCLUSIVE MODE".encode())
        status, seconds = trial.ask(server)
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'recommender' AND state = 'active'"
        (left,) = other.execute(waiting).fetchone() or (None,)
        other.rollback()
        outcome = f"{status} after {seconds:.1f} s with a time limit of {trial.seconds:.0f} s, {left} statements left"
        report("slow", f"{outcome}; 200 {trial.until_answered(server):.1f} s later")


def fail_over(trial: Trial) -> None:
    """The primary is killed between reads, and a replica is there."""
    with replica_of(trial.postgres) as replica:
        hosts = f"127.0.0.1:{trial.postgres.port},127.0.0.1:{replica.port}"
        with trial.service(f"postgresql://postgres@{hosts}/postgres?target_session_attrs=any") as server:
            answers = []
            for number in range(READS):
                if number == READS // 2:
                    trial.postgres.kill()
                answers.append(trial.ask(server))
    failed = sum(status != httpx.codes.OK for status, _ in answers)
    usual = sorted(seconds for _, seconds in answers)[READS // 2]
    longest = max(seconds for _, seconds in answers[READS // 2 :])
    report(
        "primary killed, with a replica",
        f"{failed} of {READS} failed; longest {1000 * longest:.0f} ms, usual {1000 * usual:.0f} ms",
    )
    trial.postgres.start()


def too_few_connections(trial: Trial) -> None:
    """The server refuses connections of a role that may only read, and ends those that it has."""
    refuse = "ALTER ROLE reader CONNECTION LIMIT 0"
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"
    accept = "ALTER ROLE reader CONNECTION LIMIT -1"
    with psycopg.connect(trial.postgres.url, autocommit=True) as administrator:
        administrator.execute("CREATE ROLE reader LOGIN")
        administrator.execute("GRANT pg_read_all_data TO reader")
        with trial.service(trial.postgres.url.replace("postgres@", "reader@")) as server:
            usual, _ = trial.ask(server)
            for statement in (refuse, end):
                administrator.execute(statement.encode())
            status, seconds = trial.ask(server)
            administrator.execute(accept.encode())
            again = trial.until_answered(server)
    report("a role that may only read", str(usual))
    report("no connection free", f"{status} after {seconds:.1f} s; 200 {again:.1f} s after some are")


def refusals(trial: Trial) -> None:
    """Catalogues that cannot be served, and a server without TLS."""
    set_column = sql.SQL("UPDATE recommender.catalogues SET {column} = %s RETURNING old.{column}")  # PostgreSQL 18
    with psycopg.connect(trial.postgres.url, autocommit=True) as connection:
        for column, wrong in _WRONG.items():
            statement = set_column.format(column=sql.Identifier(column))
            (right,) = connection.execute(statement, (wrong,)).fetchone() or (None,)
            report(f"another {column}", "start refused after {:.1f} s: {}".format(*trial.refused()))
            connection.execute(statement, (right,))
        connection.execute("DROP SCHEMA recommender CASCADE")
    report("nothing published", "start refused after {:.1f} s: {}".format(*trial.refused()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    with postgres_server() as postgres:
        publish(args.models_dir, postgres.url, keep=0)
        trial = Trial(args.models_dir, args.seconds, postgres)
        for fault in (away_at_start, away_between, slow, fail_over, too_few_connections, refusals):
            fault(trial)


if __name__ == "__main__":
    main()
