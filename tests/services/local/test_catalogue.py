"""The embedded catalogue, with each of its engines."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.services.catalogue import CatalogueInfo
from app.services.errors import ModelFileError
from app.services.local.catalogue import LocalCatalogue
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.annoy_index import AnnoyIndex
from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.vector_index import VectorIndex
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.map_fields import films_of_map
from app.services.local.movie_map import MovieMap
from app.services.local.people_index import PeopleIndex
from app.services.local.title_index import TitleIndex
from app.services.local.title_keys import TitleKeys
from tests.services.catalogue_behaviour import CatalogueBehaviour
from tests.services.film_vectors import write_index
from tests.services.small_catalogue import DIMENSION, FILMS, film_records, film_vectors


@pytest.fixture(scope="module")
def small_index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "movies.ann"
    write_index(film_vectors(), path, trees=10)
    return path


def open_index(engine: str, path: Path) -> VectorIndex:
    stored = StoredVectors(path, DIMENSION)
    return ExactIndex(stored) if engine == "exact" else AnnoyIndex(path, stored)


def open_catalogue(index: VectorIndex, words: LexicalIndex | None) -> LocalCatalogue:
    titles = TitleIndex.from_titles([str(film["title"]) for film in film_records().values()])
    info = CatalogueInfo(FILMS, "test", None, None)
    films = films_of_map(film_records())
    return LocalCatalogue(
        info,
        index,
        MovieMap.from_films(films),
        titles,
        words,
        title_keys=TitleKeys.from_titles([film.title for film in films]),
        people=PeopleIndex.from_credits([film.directors for film in films], [film.cast for film in films]),
    )


@pytest.fixture(scope="module")
def words() -> LexicalIndex:
    return LexicalIndex.from_texts(
        film_words(str(film["title"]), str(film["overview"])) for film in film_records().values()
    )


class TestLocalCatalogue(CatalogueBehaviour):
    @pytest.fixture(params=["exact", "annoy"])
    def catalogue(
        self, request: pytest.FixtureRequest, small_index_file: Path, words: LexicalIndex
    ) -> Iterator[LocalCatalogue]:
        opened = open_catalogue(open_index(request.param, small_index_file), words)
        yield opened
        opened.close()


def test_works_without_words(small_index_file: Path) -> None:
    catalogue = open_catalogue(open_index("exact", small_index_file), None)
    (target,) = catalogue.targets(catalogue.handles([1009]))
    assert target.words
    catalogue.close()


def test_refuses_words_of_another_catalogue(small_index_file: Path) -> None:
    with closing(open_index("exact", small_index_file)) as index, pytest.raises(ModelFileError, match="2 films"):
        open_catalogue(index, LexicalIndex.from_texts(["one", "two"]))


def test_refuses_parts_of_other_sizes(small_index_file: Path) -> None:
    titles = TitleIndex.from_titles(["one"])
    info = CatalogueInfo(FILMS, "test", None, None)
    with closing(open_index("exact", small_index_file)) as index, pytest.raises(ModelFileError, match="not of one"):
        LocalCatalogue(info, index, MovieMap.from_films(films_of_map(film_records())), titles)
