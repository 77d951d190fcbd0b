"""The exact engine, and which films it compares by their stored vectors."""

import numpy as np

from app.services.local.engines.exact_index import ExactIndex
from app.services.local.engines.highest import Mask
from app.services.local.engines.vector_index import Search
from app.services.vectors import VectorsInMemory, unit

FILMS = 3000
VECTORS = unit(np.random.default_rng(3).standard_normal((FILMS, 16), np.float32))


def allowed(count: int) -> Mask:
    mask = np.zeros(FILMS, np.bool_)
    mask[:: FILMS // count][:count] = True
    return mask


def test_films_left_by_a_narrow_filter_are_all_compared() -> None:
    index = ExactIndex(VectorsInMemory(VECTORS))
    few, many = allowed(5), allowed(1000)
    found = index.candidates_of_each([Search(VECTORS[0], 2, allowed=many), Search(VECTORS[1], 2, allowed=few)])
    assert found[1].tolist() == np.flatnonzero(few).tolist()
    assert 2 <= len(found[0]) < 1000
    assert set(found[0].tolist()) <= set(np.flatnonzero(many).tolist())


def test_searches_are_answered_in_order_whether_scanned_or_not() -> None:
    index = ExactIndex(VectorsInMemory(VECTORS))
    masks = [allowed(5), None, allowed(5), allowed(1000)]
    searches = [Search(VECTORS[7 * place], 3, allowed=mask) for place, mask in enumerate(masks)]
    together = index.candidates_of_each(searches)
    alone = [index.candidates(search.query, search.count, None, search.allowed) for search in searches]
    assert [each.tolist() for each in together] == [each.tolist() for each in alone]


def test_a_filter_that_no_film_passes_finds_nothing() -> None:
    index = ExactIndex(VectorsInMemory(VECTORS))
    assert index.candidates(VECTORS[0], 3, None, np.zeros(FILMS, np.bool_)).tolist() == []
