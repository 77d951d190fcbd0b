import math

import numpy as np
import pytest

from app.services.ranking.scores import range_losses, score, soft_maximum


def test_the_score_keeps_the_order_and_is_between_0_and_1() -> None:
    raw_scores = np.array([-0.5, 0.0, 0.2, 0.5, 1.0, 3.0])
    scores = score(raw_scores)
    assert scores[0] == scores[1] == 0
    assert (np.diff(scores[1:]) > 0).all()
    assert scores[-1] < 1
    assert scores[2] == pytest.approx(0.2, abs=0.01)


def test_the_soft_maximum_is_between_the_mean_and_the_maximum() -> None:
    similarities = np.array([[0.1, 0.9], [0.5, 0.5]], np.float32)
    mixed, equal = soft_maximum(similarities)
    assert 0.5 < mixed < 0.9
    assert equal == pytest.approx(0.5)


def test_the_loss_grows_with_the_distance_of_the_year_and_is_highest_for_an_unknown_year() -> None:
    losses = range_losses(np.array([1990, 1993, 1950, 0], np.int16), 1990, 1990, weight=0.1, scale=3.0)
    assert losses[0] == 0
    assert losses[0] < losses[1] < losses[2] <= losses[3]


def test_years_in_the_range_lose_nothing() -> None:
    years = np.array([1979, 1980, 1989, 1990], np.int16)
    assert range_losses(years, 1980, 1989, weight=0.5, scale=3.0)[1:3].tolist() == [0, 0]
    assert range_losses(years, 1980, None, weight=0.5, scale=3.0)[1:].tolist() == [0, 0, 0]
    assert range_losses(years, None, 1989, weight=0.5, scale=3.0)[:3].tolist() == [0, 0, 0]


def test_a_heavier_column_counts_more_in_the_soft_maximum() -> None:
    similarities = np.array([[0.9, 0.1], [0.1, 0.9]], np.float32)
    first, second = soft_maximum(similarities, (1.0, 0.2))
    assert first > second
    assert soft_maximum(similarities, (0.5, 0.5)) == pytest.approx(soft_maximum(similarities))


def test_losses_are_rounded_once_and_so_the_same_on_every_cpu() -> None:
    years = np.arange(1890, 2030, dtype=np.int16)
    losses = range_losses(years, 1990, 1990, weight=0.1, scale=7.0)
    exact = [-0.1 * math.expm1(-abs(int(year) - 1990) / 7.0) for year in years]
    assert losses.tolist() == np.array(exact, np.float32).tolist()


def test_no_films_lose_nothing() -> None:
    assert range_losses(np.array([], np.int16), 1990, 1999, weight=0.1, scale=3.0).tolist() == []
