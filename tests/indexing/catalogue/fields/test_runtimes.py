"""Runtimes in minutes, in smaller units and as text."""

from pathlib import Path

import pytest

from app.indexing.catalogue.fields.runtimes import MINUTES, runtime, runtime_unit
from app.indexing.catalogue.reader import read_catalogue
from tests.indexing.catalogue.catalogue_files import film, json_lines


@pytest.mark.parametrize(
    ("per_minute", "name"), [(60, "seconds"), (60_000, "milliseconds"), (600_000_000, "100 nanos")]
)
def test_a_file_in_a_smaller_unit_is_recognized_by_its_median(tmp_path: Path, per_minute: int, name: str) -> None:
    minutes = [142, 7, 97, 931]
    films = [film(n, runtime=value * per_minute) for n, value in enumerate(minutes, start=1)]
    catalogue = read_catalogue(json_lines(tmp_path / "films.jsonl", *films, film(9, runtime="1h 30m"), film(10)))

    assert [movie.runtime for movie in catalogue.movies] == [*minutes, 90, None]
    assert any(note.startswith(f"  runtimes that are plain numbers: {name}") for note in catalogue.notes)


def test_one_long_film_is_no_evidence_of_a_smaller_unit() -> None:
    assert runtime_unit([142, "97", [45], None, "", "2h", 5_220]) is MINUTES
    assert runtime_unit([]) is MINUTES


@pytest.mark.parametrize(
    ("value", "minutes"),
    [("142", 142), ("142 min", 142), ("2:22:00", 142), ([45, 50], 45), ("PT2H22M", 142), (0, None)],
)
def test_notations(value: object, minutes: int | None) -> None:
    assert runtime(value) == minutes
