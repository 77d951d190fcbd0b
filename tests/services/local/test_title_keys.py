from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.title_keys import TitleKeys

TITLES = ["Amélie", "Thelma & Louise", "Solaris", "Solaris", "Alien", "$"]
ORIGINAL = ["Le Fabuleux Destin d'Amélie Poulain", None, "Солярис", None, "Alien", None]


@pytest.fixture
def keys() -> TitleKeys:
    return TitleKeys.from_titles(TITLES, ORIGINAL)


@pytest.mark.parametrize(
    ("title", "films"),
    [
        ("amelie", [0]),
        ("le fabuleux destin d'amelie poulain", [0]),
        ("Thelma and Louise", [1]),
        ("SOLARIS", [2, 3]),
        ("солярис", [2]),
        ("alien", [4]),
        ("aliens", []),
        ("", []),
    ],
)
def test_whole_titles_are_found(keys: TitleKeys, title: str, films: list[int]) -> None:
    assert keys.films_titled(title) == films


def test_saved_and_opened_it_finds_the_same(keys: TitleKeys, tmp_path: Path) -> None:
    keys.save(tmp_path)
    opened = TitleKeys.open(tmp_path)
    assert len(opened) == len(TITLES)
    assert opened.films_titled("solaris") == [2, 3]


def test_films_outside_the_catalogue_are_refused(keys: TitleKeys, tmp_path: Path) -> None:
    keys.save(tmp_path)
    np.save(tmp_path / "title_keys_films.npy", np.full(len(np.load(tmp_path / "title_keys_films.npy")), 9, np.int32))
    with pytest.raises(ModelFileError):
        TitleKeys.open(tmp_path)
