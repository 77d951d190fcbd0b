"""The terminal client, over a real server and over the application in its own process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import query
from tests.running_server import ROOT, RunningServer

SYNOPSIS = "Two strangers meet on a train and talk through the night."


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert query.main(arguments) == 0
    return capsys.readouterr().out.splitlines()


def test_prints_a_line_for_each_film(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    printed = lines(capsys, SYNOPSIS, "--only-genre", "Romance", "--top", "2", "--url", server.url)
    assert [line[5:].split("  ")[1:3] for line in printed] == [["1995", "Before Sunrise"], ["2004", "Before Sunset"]]


def test_prints_films_by_title_first(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    printed = lines(capsys, "metropolis", "--to-year", "1950", "--url", server.url)
    assert printed[0].split()[:3] == ["title", "1927", "Metropolis"]
    assert printed[-1].startswith("0.")


def test_prints_the_answer_of_the_api_as_json(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    printed = "\n".join(lines(capsys, SYNOPSIS, "--genre", "Drama", "--year", "1995", "--json", "--url", server.url))
    assert json.loads(printed)["query"] == f"Genre: Drama. Year: 1995. Overview: {SYNOPSIS}"


def test_gives_the_same_answer_without_a_server(
    server: RunningServer, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    over_http = lines(capsys, SYNOPSIS, "--to-year", "1980", "--json", "--url", server.url)
    assert lines(capsys, SYNOPSIS, "--to-year", "1980", "--json", "--models-dir", str(models_dir)) == over_http


def test_says_if_no_film_passes(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, SYNOPSIS, "--min-votes", "2000000000", "--url", server.url) == ["No film passes the filters."]


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["zzqx blorp vlim", "--top", "1"], "no film is a close match"),
        (["metropolis", "--from-year", "2100"], "films by title are listed whatever the filters"),
        (["word " * 600], "its end was left out"),
        ([SYNOPSIS, "--language", "la"], 'has the original language "la"'),
    ],
)
def test_says_what_to_know_of_an_answer(
    server: RunningServer, arguments: list[str], note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert query.main([*arguments, "--url", server.url]) == 0
    assert note in capsys.readouterr().err


def test_a_good_answer_has_no_notes(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("metropolis", "1980s comedies", SYNOPSIS):
        assert query.main([text, "--url", server.url]) == 0
        assert capsys.readouterr().err == ""


def test_a_short_text_with_context_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        query.main(["heist", "--genre", "Crime"])
    assert "needs a text of 10 characters or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([SYNOPSIS, "--year", "1"], "year: "),
        ([SYNOPSIS, "--url", "http://127.0.0.1:1"], "http://127.0.0.1:1 cannot be reached"),
        ([SYNOPSIS, "--models-dir", "/nowhere"], "/nowhere"),
    ],
)
def test_tells_an_error_in_one_line(
    server: RunningServer,
    arguments: list[str],
    part: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.client.recommender.time.sleep", lambda seconds: None)
    source = [] if "--url" in arguments or "--models-dir" in arguments else ["--url", server.url]
    assert query.main([*arguments, *source]) == 1
    written = capsys.readouterr()
    *warnings, error = written.err.splitlines()
    assert written.out == ""
    assert error.startswith("error: ")
    assert part in error
    assert all("WARNING" in line for line in warnings)


def test_ends_quietly_if_the_reader_closes_the_pipe(server: RunningServer) -> None:
    command = [sys.executable, "-m", "app.query", SYNOPSIS, "--top", "50", "--json", "--url", server.url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("Metropolis", 10, "Metropolis"),
        ("Metropolis", 6, "Metro…"),
        ("七人の侍", 8, "七人の侍"),
        ("七人の侍", 6, "七人…"),
        ("Amélie", 6, "Amélie"),
    ],
)
def test_cuts_by_terminal_columns(text: str, columns: int, shown: str) -> None:
    assert query._cut(text, columns) == shown
