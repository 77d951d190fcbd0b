"""Films by the names of directors and keywords."""

from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.name_postings import NamePostings

NAMES = [["Agnès Varda", "Jacques Demy"], [], ["agnès varda"], ["Jacques Demy", "Jacques Demy"]]


def test_films_are_found_by_a_name_whatever_its_capitals() -> None:
    postings = NamePostings.from_names(NAMES)
    assert postings.positions("Agnès Varda").tolist() == [0, 2]
    assert postings.positions(" JACQUES DEMY ").tolist() == [0, 3]
    assert postings.positions("Agnes Varda").tolist() == []
    assert "agnès varda" in postings
    assert "Nobody" not in postings


def test_saved_postings_open_as_the_same(tmp_path: Path) -> None:
    NamePostings.from_names(NAMES).save(tmp_path, "some")
    opened = NamePostings.open(tmp_path, "some", films=4)
    assert opened.positions("Agnès Varda").tolist() == [0, 2]
    assert opened.positions("Nobody").tolist() == []
    opened.close()


def test_a_catalogue_without_names_has_none(tmp_path: Path) -> None:
    NamePostings.from_names([[], []]).save(tmp_path, "some")
    opened = NamePostings.open(tmp_path, "some", films=2)
    assert opened.positions("Agnès Varda").tolist() == []
    opened.close()


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    NamePostings.from_names(NAMES).save(tmp_path, "some")
    np.save(tmp_path / "some_offsets.npy", np.array([0, 9, 4], np.int32))
    with pytest.raises(ModelFileError, match="do not fit together"):
        NamePostings.open(tmp_path, "some", films=4)


def test_positions_of_no_film_are_left_out(tmp_path: Path) -> None:
    NamePostings.from_names(NAMES).save(tmp_path, "some")
    opened = NamePostings.open(tmp_path, "some", films=2)
    assert opened.positions("Agnès Varda").tolist() == [0]
    opened.close()
