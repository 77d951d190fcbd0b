"""Changes of the titles and people in memory, which give the same arrays as indexing all films again."""

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.indexing.index.index_files import write_name_files
from app.services.local.people_index import credit_weights
from app.services.movie_record import MovieRecord
from app.services.postgres.names.names import Names, read_names
from tests.services.small_catalogue import FIRST_ID

WORDS = ("Star", "Wars", "The", "Alien³", "Se7en", "Spider-Man", "1984", "Amélie", "千と千尋", "2", "II", "Ca$h", "x")
PEOPLE = ("Ridley Scott", "Zoë Ångström", "Lars von Trier", "Bong Joon-ho", "RIDLEY SCOTT", "Ana", "Robert Downey Jr.")


def film(number: int, draw: random.Random) -> MovieRecord:
    def people(count: int) -> tuple[str, ...]:
        return tuple(draw.sample(PEOPLE, draw.randrange(count)))

    titles = [" ".join(draw.choices(WORDS, k=draw.randrange(1, 4))) for _ in range(2)]
    return MovieRecord(
        FIRST_ID + number,
        titles[0],
        *(None, draw.choice([None, 1979, 2001]), (), None, None, draw.choice([None, 5, 700]), None),
        original_title=draw.choice([None, *titles]),
        directors=people(2),
        cast=people(4),
    )


def blank() -> MovieRecord:
    return MovieRecord(0, "", *(None, None, (), None, None, 0, None))


def indexed(films: list[MovieRecord], directory: Path) -> Names:
    """The names of films by handle, as `build` and `publish` make them."""
    directory.mkdir()
    write_name_files(films, directory)
    np.save(directory / "movies_years.npy", np.array([each.year or 0 for each in films], np.int16))
    votes = [-1 if each.vote_count is None else each.vote_count for each in films]
    np.save(directory / "movies_vote_counts.npy", np.array(votes, np.int32))
    weights: dict[str, int] = {}
    for each in films:
        for name, weight in credit_weights(each.directors, each.cast).items():
            weights[name] = weights.get(name, 0) + weight
    np.save(directory / "people_weights.npy", np.array(sorted(weights.values(), reverse=True), np.int32))
    return read_names({path.name: path.read_bytes() for path in directory.glob("*.npy")})


def require_equal(found: Any, expected: Any) -> None:  # noqa: ANN401
    if isinstance(expected, dict):
        for name, value in expected.items():
            require_equal(found[name], value)
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()
    else:
        for each, other in zip(found, expected, strict=True):
            require_equal(each, other)


@pytest.mark.parametrize("seed", range(30))
def test_changed_names_are_those_of_the_films_indexed_again(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    films = [film(number, draw) for number in range(draw.choice([0, 1, 9, 30]))]
    names = indexed(films, tmp_path / "before")
    for step in range(3):
        present = [handle for handle, each in enumerate(films) if each.movie_id]
        removed = {handle: films[handle] for handle in draw.sample(present, min(draw.randrange(4), len(present)))}
        first = len(films) + draw.randrange(2)  # a handle is skipped if a change fails
        added = {first + place: film(first + place, draw) for place in range(draw.randrange(4))}
        for handle in removed:
            films[handle] = blank()
        if added:
            films += [blank()] * (first - len(films)) + list(added.values())
        names = names.changed(removed, added)
        require_equal(asdict(names), asdict(indexed(films, tmp_path / f"after-{step}")))


def test_names_are_searched_as_the_indexes_of_the_embedded_catalogue(tmp_path: Path) -> None:
    draw = random.Random(99)
    names = indexed([film(number, draw) for number in range(20)], tmp_path / "names")
    added = MovieRecord(
        1, "Zyxwvut", *(None, 1999, (), None, None, 3, None), directors=("Ridley Scott", "Xaver Quandt")
    )
    indexes = names.changed({}, {20: added}).indexes()
    assert indexes.titles.search("zyxw", 5, indexes.vote_counts, indexes.years) == [20]
    assert indexes.title_keys is not None and indexes.title_keys.films_titled("zyxwvut") == [20]
    assert indexes.people is not None and indexes.people.films_of("Xaver Quandt").tolist() == [20]
