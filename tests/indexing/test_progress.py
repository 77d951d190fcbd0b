"""Progress: a bar on a terminal, plain lines otherwise."""

import io
import sys

import pytest

from app.indexing import progress as progress_module
from app.indexing.progress import progress, with_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_lines_without_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "SECONDS_BETWEEN_LINES", 0.0)

    assert list(with_progress("abc", total=3, label="Encoding", unit="films")) == ["a", "b", "c"]

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in lines] == [f"Encoding: {n} of 3 films" for n in (1, 2, 3)]


def test_earlier_work_counts_and_the_last_line_is_always_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(total=None, label="Downloading", unit="B", done=3_000_000) as advance:
        advance(500_000)

    assert capsys.readouterr().out.startswith("Downloading: 3.5 MB (")


def test_short_work_with_a_delay_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(total=10, label="Reading", unit="B", delay=60.0) as advance:
        advance(10)

    assert capsys.readouterr().out == ""


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(total=4, label="Encoding", unit="films", done=1) as advance:
        advance(3)

    assert "4/4" in terminal.getvalue()
    assert "Encoding" in terminal.getvalue()
