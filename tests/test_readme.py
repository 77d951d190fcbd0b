"""The README's first request gives the README's answer."""

import json
import re

import httpx
import pytest

from tests.running_server import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_first_request_gives_the_answer_shown(client: httpx.Client) -> None:
    body = re.search(r"-d '(\{.*\})'", README)
    shown_text = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert body is not None
    assert shown_text is not None
    shown = json.loads(shown_text[1])
    answer = client.post("/api/v1/recommend", json=json.loads(body[1])).json()
    for name in ("query", "count", "total", "has_close_match"):
        assert answer[name] == shown[name]
    for film, film_shown in zip(answer["recommendations"], shown["recommendations"], strict=True):
        for name in film_shown.keys() - {"overview", "keywords", "similarity_score"}:
            assert film[name] == film_shown[name]
        assert film["similarity_score"] == pytest.approx(film_shown["similarity_score"], abs=0.02)
