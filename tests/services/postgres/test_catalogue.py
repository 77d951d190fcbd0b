"""The catalogue in PostgreSQL, on a real server."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from app.indexing.publish.postgres.publish import publish
from app.services.catalogue import CatalogueInfo, Narrowing
from app.services.postgres.catalogue import PostgresCatalogue
from app.services.postgres.database import Database, Statement
from app.services.postgres.layout import schema_of
from app.services.postgres.vocabulary import load_vocabulary
from app.services.queries import MovieFilter
from app.services.ranking.ranking_query import RankingQuery
from tests.postgres_server import PostgresServer
from tests.services.catalogue_behaviour import CatalogueBehaviour, best_ids, near
from tests.services.small_catalogue import FILMS, FIRST_ID, anywhere


@pytest.fixture(scope="module")
def database(postgres: PostgresServer, small_set: Path) -> Iterator[Database]:
    publish(small_set, postgres.url, keep=0)
    with closing(Database(postgres.url, connections=2, statement_seconds=10)) as opened:
        yield opened


def open_catalogue(database: Database) -> PostgresCatalogue:
    ((version,),) = database.fetch("SELECT version FROM recommender.current")
    schema = schema_of(version)
    info = CatalogueInfo(FILMS, "postgres", None, None)
    return PostgresCatalogue(database, schema, info, load_vocabulary(database, schema))


class TestPostgresCatalogue(CatalogueBehaviour):
    @pytest.fixture
    def catalogue(self, database: Database) -> PostgresCatalogue:
        return open_catalogue(database)


def test_a_filter_is_a_parameter_and_never_sql(database: Database) -> None:
    hostile = MovieFilter(genres_any=("'; DROP SCHEMA recommender CASCADE; --",), original_language="' OR 1=1 --")
    catalogue = open_catalogue(database)
    assert best_ids(catalogue, near(anywhere(), words="' OR 1=1 --"), 5, hostile) == []
    assert len(best_ids(catalogue, near(anywhere()), 5)) == 5


def test_a_filter_that_the_index_scan_would_miss_is_exact(database: Database) -> None:
    catalogue = open_catalogue(database)
    found = catalogue.best(near(anywhere()), Narrowing(MovieFilter(min_vote_count=FILMS - 3)), 10)
    assert len(found.handles) == 3
    assert (np.diff(found.raw_scores) <= 0).all()


def test_the_number_of_statements_does_not_grow_with_the_number_of_likes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = open_catalogue(database)
    targets = catalogue.targets(catalogue.handles([FIRST_ID + film for film in range(40)]))
    taken: list[object] = []
    fetch = database.fetch

    def counting(statement: Statement, parameters: Mapping[str, Any] = MappingProxyType({})) -> list[tuple[Any, ...]]:
        taken.append(statement)
        return fetch(statement, parameters)

    monkeypatch.setattr(database, "fetch", counting)
    counts = []
    for likes, dislikes in ((targets[:2], targets[2:3]), (targets[:20], targets[20:])):
        catalogue.best(RankingQuery(tuple(likes), tuple(dislikes)), Narrowing(), 10)
        counts.append(len(taken))
        taken.clear()
    assert counts == [3, 3]


def test_every_film_that_passes_a_filter_is_counted(database: Database) -> None:
    catalogue = open_catalogue(database)
    assert catalogue.count(Narrowing()) == FILMS
    assert catalogue.count(Narrowing(exclude=(FIRST_ID, FIRST_ID, 99_999_999))) == FILMS - 1
    assert catalogue.count(Narrowing(MovieFilter(min_vote_count=FILMS - 3), (FIRST_ID + FILMS - 1,))) == 2
