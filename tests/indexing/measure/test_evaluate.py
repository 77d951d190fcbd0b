import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from app.indexing.catalogue.movie import Movie
from app.indexing.errors import IndexingError
from app.indexing.index.build import build_index
from app.indexing.index.engines import EngineFigures
from app.indexing.measure.evaluate import (
    EvaluationReport,
    add_commands,
    evaluate,
    read_known_items,
    run,
    table,
)
from app.indexing.measure.intervals import interval

PLOTS = {
    1: ("Reef", "A great white shark attacks swimmers off a small island, and the police chief hunts it by boat."),
    2: ("Ring", "A reporter investigates a cursed videotape that kills whoever watches it a week later."),
    3: ("Oven", "A shy baker from Lyon enters a cooking contest and falls in love with her strictest judge."),
    4: ("Mars", "An astronaut is left behind on Mars and has to grow potatoes until a ship can come back for him."),
    5: ("Vault", "A retired safe-cracker gathers his old gang for one last robbery of a casino in Las Vegas."),
    6: ("Doll", "A family finds that the doll in the attic moves at night and means them no good."),
}
QUERIES = [
    {"query": "The chief of police of an island goes out to kill the shark that eats bathers.", "movie_id": 1},
    {"query": "An astronaut stranded alone on the red planet survives on potatoes.", "movie_id": 4, "year": 2004},
    {"query": "Old thieves rob a casino one last time.", "movie_id": 5, "genres": ["Crime"], "year": 2005},
    {"query": "A film that nobody here has heard of.", "movie_id": 999},
]


@pytest.fixture(scope="module")
def evaluated_dir(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("models")
    movies = [
        Movie(
            movie_id=number,
            title=title,
            overview=plot,
            genres=("Crime" if number == 5 else "Drama",),
            year=2000 + number,
        )
        for number, (title, plot) in PLOTS.items()
    ]
    build_index(movies, built, fallback_model_dir=models_dir)
    return built


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.jsonl"
    path.write_text("\n".join(map(json.dumps, QUERIES)) + "\n\n", encoding="utf-8")
    return path


class TestEvaluate:
    def test_finds_the_films_that_plots_describe(self, evaluated_dir: Path, queries: Path) -> None:
        report = evaluate(evaluated_dir, queries=queries, with_engines=False)
        assert report.films == 6
        assert report.not_in_catalogue == 1
        assert [row.context for row in report.relevance] == ["none", "genre", "full", "wrong genre"]
        for row in report.relevance:
            assert row.queries == 3
            assert row.recall_at_1.mean == row.recall_at_10.mean == row.mrr_at_10.mean == 1.0
            assert row.years_in_first_10.mean == 6

    def test_prints_and_writes_its_figures(
        self, evaluated_dir: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        parser = argparse.ArgumentParser()
        add_commands(lambda *_: parser)
        written = tmp_path / "figures.json"
        options = [
            "--models-dir",
            str(evaluated_dir),
            "--queries",
            str(queries),
            "--no-engines",
            "--json",
            str(written),
        ]
        assert run(parser.parse_args(options)) == 0
        assert "Relevance, 3 queries" in capsys.readouterr().out
        assert json.loads(written.read_text())["relevance"][0]["recall_at_1"]["mean"] == 1.0

    def test_refuses_queries_that_are_all_about_other_films(self, evaluated_dir: Path, tmp_path: Path) -> None:
        (tmp_path / "other.jsonl").write_text('{"query": "Somebody does something.", "movie_id": 77}')
        with pytest.raises(IndexingError, match="build the catalogue they are about"):
            evaluate(evaluated_dir, queries=tmp_path / "other.jsonl", with_engines=False)


class TestReadKnownItems:
    @pytest.mark.parametrize("line", ["{", "[]", '{"query": "text"}', '{"query": "text", "movie_id": "x"}', "7"])
    def test_names_the_line_that_is_wrong(self, line: str, tmp_path: Path) -> None:
        path = tmp_path / "queries.jsonl"
        path.write_text(json.dumps(QUERIES[0]) + "\n" + line)
        with pytest.raises(IndexingError, match=r"queries\.jsonl, line 2"):
            read_known_items(path)

    @pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe\x00"])
    def test_refuses_a_file_without_queries(self, content: bytes | None, tmp_path: Path) -> None:
        path = tmp_path / "queries.jsonl"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(IndexingError, match=r"queries\.jsonl"):
            read_known_items(path)


def test_the_interval_agrees_with_the_normal_approximation() -> None:
    """Against the normal approximation: 0.8 +- 1.96 sqrt(0.8 x 0.2 / 400) = 0.761 to 0.839."""
    figure = interval(np.array([1.0] * 320 + [0.0] * 80))
    assert figure.mean == 0.8
    assert figure.low == pytest.approx(0.761, abs=0.006)
    assert figure.high == pytest.approx(0.839, abs=0.006)


def test_the_table_has_the_engines() -> None:
    engines = (EngineFigures("exact", None, 1.0, 0.3), EngineFigures("annoy", 5000, 0.8, 0.9))
    lines = table(EvaluationReport(films=34_517, engines=engines))
    assert lines[0] == "34,517 films"
    assert lines[-1].split() == ["annoy", "5000", "0.8000", "0.900"]


def test_the_chart_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from app.indexing.measure.charts import draw_engines

    engines = [EngineFigures("exact", None, 1.0, 0.3), EngineFigures("annoy", 5000, 0.8, 0.9)]
    draw_engines(engines, 34_517, tmp_path / "engines.png")
    assert (tmp_path / "engines.png").read_bytes().startswith(b"\x89PNG")
