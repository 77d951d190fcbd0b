"""How many candidates each route finds."""

import numpy as np
import pytest

from app.services.postgres.candidates import Routes, scored_candidates
from app.services.postgres.filters import Condition
from app.services.postgres.losses import Losses
from app.services.postgres.vocabulary import Sought


@pytest.mark.parametrize(
    ("films", "count", "of_each"),
    [
        (600, 10, 200),
        (34_517, 10, 200),
        (345_170, 10, 588),
        (1_035_510, 10, 1000),
        (12_000_000, 10, 1000),
        (34_517, 50, 400),
        (345_170, 50, 588),
        (34_517, 300, 600),
        (1_035_510, 800, 1600),
    ],
)
def test_routes_find_more_films_in_larger_catalogues_and_for_longer_answers(
    films: int, count: int, of_each: int
) -> None:
    vector = np.zeros(384, np.float32)
    routes = Routes(Sought(vector, None, np.empty(0, np.int64), 0.0), Condition(), Losses(), [], films)
    _, parameters = scored_candidates("catalogue_1", routes, count)
    assert parameters["k"] == of_each
