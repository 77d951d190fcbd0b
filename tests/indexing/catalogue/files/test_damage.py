"""Damage of any kind ends in films or in one clear error."""

import gzip
import random
from pathlib import Path

import pytest

from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import CATALOGUES, read, zipped


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return the content with a few pieces overwritten, duplicated, moved or removed."""
    damage = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(damage) + 1)
        length = chance.choice([1, 1, 2, 10, 200])
        kind = chance.randrange(4)
        if kind == 0:
            damage[start : start + length] = chance.randbytes(length)
        elif kind == 1:
            del damage[start : start + length]
        elif kind == 2:
            damage[start:start] = chance.choice([b'"', b"\n", b"\r", b"\0", b"{", b"[", b"]", b",", b"\\", b"\xff"])
        elif start > 10:
            del damage[start:]
    return bytes(damage)


@pytest.mark.parametrize("name", sorted(path.name for path in CATALOGUES.iterdir()))
@pytest.mark.parametrize("container", ["plain", "gzip", "zip"])
def test_damage_of_any_kind_ends_in_films_or_in_one_clear_error(tmp_path: Path, name: str, container: str) -> None:
    content = (CATALOGUES / name).read_bytes()
    if container == "gzip":
        content = gzip.compress(content)
    elif container == "zip":
        content = zipped({name: content})
    chance = random.Random(name + container)

    for _ in range(60):
        try:
            catalogue = read(tmp_path / name, damaged(content, chance))
        except IndexingError as error:
            assert "\n" not in str(error)
        else:
            assert all(movie.movie_id > 0 and movie.title and movie.overview for movie in catalogue.movies)
