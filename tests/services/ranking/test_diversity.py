import numpy as np

from app.services.ranking.diversity import diverse


def test_films_are_chosen_by_maximal_marginal_relevance() -> None:
    twins = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    scores = np.array([0.9, 0.89, 0.5, 0.1])
    assert diverse(twins, scores, 2, 0.5).tolist() == [0, 2]
    assert diverse(twins, scores, 3, 0.9).tolist() == [0, 2, 3]
    assert diverse(twins, scores, 2, 0.01).tolist() == [0, 1]
