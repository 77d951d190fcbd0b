from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from app.indexing.measure.benchmark_report import (
    BenchmarkReport,
    EncoderFigures,
    Kind,
    LookupFigures,
    ServiceFigures,
    markdown,
    write_between_marks,
)
from app.indexing.measure.load_generator import Load
from app.indexing.measure.texts import TokenLengths


def load(clients: int, rate: float, median: float, failures: int = 0) -> Load:
    return Load(clients, 100, failures, rate, median, 1.5 * median, 1.8 * median, 2 * median, 0.1)


def figures(name: str, rate: float, failures: int = 0) -> ServiceFigures:
    loads = (load(1, rate, 1000 / rate), load(32, 2 * rate, 16_000 / rate, failures))
    by_kind: dict[Kind, tuple[Load, ...]] = {
        "synopses": loads,
        "short": (load(1, 2 * rate, 500 / rate),),
        "long": (load(32, rate / 2, 64_000 / rate),),
    }
    return ServiceFigures(name, 0.8, 0.7, 150.0, 180.0, 12.5, by_kind)


def report(*services: ServiceFigures) -> BenchmarkReport:
    return BenchmarkReport(
        machine="2 CPUs (Some CPU, with VNNI)",
        films=34_517,
        bare_encoder={
            "synopses": EncoderFigures(TokenLengths(40, 88, 180, 0.2), 100.0),
            "short": EncoderFigures(TokenLengths(14, 17, 20, 0.0), 300.0),
            "long": EncoderFigures(TokenLengths(190, 210, 230, 1.0), 25.0),
        },
        turns=3,
        services=services,
        lookups=LookupFigures(load(8, 2000, 4), load(8, 2500, 3), 2.0, 9.0),
    )


class TestMarkdown:
    def test_has_a_column_for_each_service_and_the_ratios(self) -> None:
        services = (figures("this service", 45), figures("FP32", 30), figures("the original", 20))
        lines = markdown(report(*services))
        table = [line for line in lines if line.startswith("|")]
        assert {line.count("|") for line in table} == {5}
        assert "| 32 clients: requests/s | 90 | 60 | 40 |" in table
        assert "| 1 client, short texts: requests/s | 90 | 60 | 40 |" in table
        assert "| 32 clients, long texts: requests/s | 22 | 15 | 10 |" in table
        notes = "\n".join(lines)
        assert "Long texts: 190 / 210 / 230 tokens" in notes
        assert "encodes 100 synopses/s, 300 short texts/s, 25 long texts/s" in notes
        assert "reaches 0.90, 0.30, 0.90 of that" in notes
        assert "the original: 0.44 of its median with 1 client, 2.25 times its requests/s and 0.44 of its p99" in notes
        assert "FP32: 0.67 of its median" in notes

    def test_names_failures_only_if_there_are_any(self) -> None:
        assert "failures" not in "\n".join(markdown(report(figures("this service", 45))))
        lines = markdown(report(figures("this service", 45, failures=3)))
        assert "| 32 clients: failures | 3 |" in lines


class TestWriteBetweenMarks:
    def test_replaces_what_is_between_the_marks(self, tmp_path: Path) -> None:
        path = tmp_path / "BENCHMARKS.md"
        path.write_text("# Speed\n\n<!-- table -->\nold\n<!-- /table -->\n\nMore text.\n")
        for _ in range(2):
            write_between_marks(["| new |"], path, "table")
        assert path.read_text() == "# Speed\n\n<!-- table -->\n\n| new |\n\n<!-- /table -->\n\nMore text.\n"

    @pytest.mark.parametrize("text", [None, "no marks", "<!-- table -->\nno end"])
    def test_refuses_a_file_without_the_marks(self, text: str | None, tmp_path: Path) -> None:
        path = tmp_path / "BENCHMARKS.md"
        if text is not None:
            path.write_text(text)
        with pytest.raises(IndexingError, match="<!-- table -->"):
            write_between_marks(["new"], path, "table")
