"""A local server in place of TMDB."""

from collections.abc import Iterator

import pytest

from tests.tmdb_server import TmdbServer, invented_films


@pytest.fixture
def server() -> Iterator[TmdbServer]:
    with TmdbServer(invented_films(600)).running() as running:
        yield running
