"""The MCP server, called by the SDK's own client over both transports."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters

from app.mcp.__main__ import main
from tests.running_server import ROOT, RunningServer

SYNOPSIS = "Two strangers meet on a train and talk through the night."
Result = TypeVar("Result")
Target = StdioServerParameters | str


def ask(target: Target, question: Callable[[Client], Awaitable[Result]]) -> Result:
    async def connect() -> Result:
        async with Client(target) as client:
            return await question(client)

    return asyncio.run(connect())


def call(target: Target, tool: str, **arguments: object) -> dict[str, Any]:
    """The structured content of a tool's answer."""
    result = ask(target, lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def over_stdio(*arguments: str) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "app.mcp", *arguments], cwd=ROOT)


@contextmanager
def over_http(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "app.mcp", "--http", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = next(filter(None, (re.search(r"running on (\S+)", line) for line in process.stderr)))
        yield f"{found[1]}/mcp"
        process.terminate()


@pytest.fixture(scope="module")
def target(server: RunningServer) -> Iterator[str]:
    with over_http("--url", server.url) as url:
        yield url


def test_offers_its_tools_with_schemas(target: str) -> None:
    tools = {tool.name: tool for tool in ask(target, lambda client: client.list_tools()).tools}
    assert set(tools) == {"search", "similar", "taste", "film"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
    assert "Filters" in tools["search"].input_schema["$defs"]


def test_searches_for_anything_that_passes_the_filters(target: str) -> None:
    answer = call(target, "search", query=SYNOPSIS, top_k=2, filters={"genres_any": ["Romance"]})
    assert [film["title"] for film in answer["recommendations"]] == ["Before Sunrise", "Before Sunset"]
    answer = call(target, "search", query="metropolis")
    assert {film["title"] for film in answer["titles"]} == {"Metropolis"}


def test_searches_for_a_long_description(target: str) -> None:
    text = f"{SYNOPSIS} " * 12
    answer = call(target, "search", query=text, top_k=2, filters={"genres_any": ["Romance"]})
    assert len(text) > 500
    assert [film["title"] for film in answer["recommendations"]] == ["Before Sunrise", "Before Sunset"]
    assert answer["query"] == text


def test_finds_films_like_a_film(target: str) -> None:
    similar = call(target, "similar", movie_id=19, top_k=5, filters={"year_max": 1980})["recommendations"]
    assert len(similar) == 5
    assert all(film["year"] <= 1980 and film["movie_id"] != 19 for film in similar)


def test_finds_films_for_a_taste(target: str) -> None:
    answer = call(target, "taste", liked=[19, 653], disliked=[9606], top_k=3)
    assert not {19, 653, 9606} & {film["movie_id"] for film in answer["recommendations"]}


def test_finds_films_for_ratings(target: str) -> None:
    rated: list[dict[str, float]] = [
        {"movie_id": 19, "rating": 4.5},
        {"movie_id": 653, "rating": 4},
        {"movie_id": 9606, "rating": 1},
    ]
    answer = call(target, "taste", rated=rated, top_k=3)
    assert len(answer["recommendations"]) == 3
    assert not {19, 653, 9606} & {film["movie_id"] for film in answer["recommendations"]}
    rated[2]["rating"] = 5
    assert call(target, "taste", rated=rated, top_k=3)["recommendations"] != answer["recommendations"]


def test_returns_a_film(target: str) -> None:
    assert call(target, "film", movie_id=9606)["title"] == "Metropolis"


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
    [
        ("film", {"movie_id": 999_999_999}, "404: "),
        ("search", {"query": ""}, "at least 1 character"),
        ("search", {"query": SYNOPSIS, "genre": "Drama"}, 'did you mean "genres_any" inside "filters"?'),
        ("similar", {"movie_id": 19, "limit": 3}, 'did you mean "top_k"?'),
        ("taste", {}, "send a film here, or in rated"),
        ("taste", {"rated": [{"movie_id": 19, "rating": 2}]}, "with 3.5 stars or more"),
        ("taste", {"rated": [{"movie_id": 19, "rating": 7}]}, "less than or equal to 5"),
        ("taste", {"rated": [{"movie_id": 999_999_999, "rating": 5}]}, "404: "),
        ("search", {"query": SYNOPSIS, "filters": {"genres": ["Drama"]}}, "genres_any"),
    ],
)
def test_errors_say_what_to_change(target: str, tool: str, arguments: dict[str, Any], part: str) -> None:
    result = ask(target, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    assert part in result.content[0].text  # type: ignore[union-attr]


def test_serves_an_index_over_standard_input_and_output(models_dir: Path) -> None:
    answer = call(over_stdio("--models-dir", str(models_dir)), "search", query=SYNOPSIS, top_k=1)
    assert answer["count"] == 1


def test_tells_an_unreachable_service_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.client.recommender.time.sleep", lambda seconds: None)
    assert main(["--url", "http://127.0.0.1:1"]) == 1
    assert capsys.readouterr().err.startswith("error: http://127.0.0.1:1 cannot be reached")
