"""The Grafana dashboard and the alert rules: their form, and that /metrics has every metric in them."""

import json
import re
from typing import Any

import httpx
import yaml

from tests.running_server import ROOT

MONITORING = ROOT / "docs" / "monitoring"
METRIC = re.compile(r"\b(?:recommender|process)_[a-z_]+")


def dashboard() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    return content


def dashboard_expressions() -> list[str]:
    return [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


def alert_rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((MONITORING / "alerts.yaml").read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def test_every_metric_is_served(client: httpx.Client) -> None:
    client.post("/api/v1/recommend", json={"synopsis": "Two strangers meet on a train."})
    served = set(re.findall(r"^([a-z_]+)[ {]", client.get("/metrics").text, re.MULTILINE))
    used = set(METRIC.findall(" ".join([*dashboard_expressions(), *(rule["expr"] for rule in alert_rules())])))
    assert used
    assert used <= served


def test_panels_do_not_overlap_and_use_the_variables() -> None:
    panels = dashboard()["panels"]
    cells = [
        (x, y)
        for position in (panel["gridPos"] for panel in panels)
        for x in range(position["x"], position["x"] + position["w"])
        for y in range(position["y"], position["y"] + position["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all('job="$job"' in expression for expression in dashboard_expressions())
    assert {variable["name"] for variable in dashboard()["templating"]["list"]} == {"datasource", "job"}


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for rule in alert_rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_alert_has_a_promtool_test() -> None:
    quiet, raised = yaml.safe_load((ROOT / "tests/data/alerts_test.yaml").read_text("utf-8"))["tests"]
    for case in (quiet, raised):
        assert [each["alertname"] for each in case["alert_rule_test"]] == [rule["alert"] for rule in alert_rules()]
