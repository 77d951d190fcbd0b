"""The catalogue in PostgreSQL, on a real server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.indexing.publish.postgres.publish import publish
from app.services.catalogue import CatalogueInfo, Narrowing
from app.services.postgres.catalogue import PostgresCatalogue
from app.services.postgres.database import Database
from app.services.postgres.layout import schema_of
from app.services.postgres.vocabulary import load_vocabulary
from app.services.queries import MovieFilter
from tests.postgres_server import PostgresServer
from tests.services.catalogue_behaviour import CatalogueBehaviour, best_ids, near
from tests.services.small_catalogue import FILMS, anywhere


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
