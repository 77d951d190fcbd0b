"""A check of docs/monitoring with promtool and a real Prometheus (Debian: apt-get install prometheus).

python -m tests.scripts.monitoring --models-dir models
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.running_server import ROOT, running_server
from tests.test_monitoring import dashboard

RULES = ROOT / "docs/monitoring/alerts.yaml"
RULE_TESTS = ROOT / "tests/data/alerts_test.yaml"
CONFIGURATION = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}"]
scrape_configs:
  - job_name: recommender
    static_configs: [{{targets: ["{target}"]}}]
"""
SCRAPES = 10


def check_rules() -> None:
    """Run promtool over the rules and their tests."""
    subprocess.run(["promtool", "check", "rules", RULES], check=True)
    subprocess.run(["promtool", "test", "rules", RULE_TESTS], check=True)


@contextmanager
def prometheus(target: str, directory: Path, port: int) -> Iterator[httpx.Client]:
    """Run a Prometheus that scrapes the service; yield a client of its API."""
    configuration = directory / "prometheus.yml"
    configuration.write_text(CONFIGURATION.format(rules=RULES, target=target), encoding="utf-8")
    subprocess.run(["promtool", "check", "config", configuration], check=True)
    options = {
        "config.file": configuration,
        "storage.tsdb.path": directory / "data",
        "web.listen-address": f"127.0.0.1:{port}",
        "log.level": "error",
    }
    process = subprocess.Popen(["prometheus", *(f"--{name}={value}" for name, value in options.items())])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=10)) as api:
            yield api
    finally:
        process.terminate()
        process.wait()


def query(api: httpx.Client, expression: str) -> list[dict[str, object]]:
    """Return the result of an instant query; raises if Prometheus refuses the expression."""
    response = api.get("/api/v1/query", params={"query": expression})
    if response.status_code != httpx.codes.OK:
        raise SystemExit(f"{expression}\nis refused: {response.text}")
    result: list[dict[str, object]] = response.json()["data"]["result"]
    return result


def make_traffic(service: httpx.Client, seconds: int) -> None:
    """Send requests of several kinds, so that every series has values."""
    service.get("/api/v1/genres")
    for number in range(seconds):
        synopsis = f"Two strangers meet on train {number // 2} and talk through the night."
        service.post("/api/v1/recommend", json={"synopsis": synopsis}).raise_for_status()
        service.get("/api/v1/movies/999999999")
        time.sleep(1)


def empty_panels(api: httpx.Client) -> list[str]:
    """Evaluate the dashboard's expressions, print their values and return the titles of panels without any."""
    empty = []
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            expression = target["expr"].replace("$job", "recommender").replace("$__rate_interval", f"{SCRAPES}s")
            result = query(api, expression)
            print(f"{panel['title']}: {json.dumps([series['value'] for series in result][:4])}")
            if not result:
                empty.append(panel["title"])
    return empty


def main() -> int:
    """Check rules and dashboard; return 1 if a panel shows nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--port", type=int, default=19090, help="of Prometheus")
    args = parser.parse_args()
    check_rules()
    with tempfile.TemporaryDirectory() as name, running_server(args.models_dir.resolve(), Path(name) / "log") as server:
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=httpx.get(f"{server.url}/metrics").text, text=True, check=False
        )
        with (
            prometheus(server.url.removeprefix("http://"), Path(name), args.port) as api,
            httpx.Client(base_url=server.url) as service,
        ):
            make_traffic(service, seconds=2 * SCRAPES)
            empty = empty_panels(api)
    print(f"promtool check metrics: status {checked.returncode}; panels without values: {empty or 'none'}")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
