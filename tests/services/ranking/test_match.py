"""Thresholds of close and related matches."""

import pytest

from app.services.ranking.match import (
    ANCHORS_SCALE,
    FILM_SCALE,
    LONG_PLOT_SCALE,
    REQUEST_SCALE,
    SHORT_PLOT_SCALE,
    Scale,
    match_of,
    scale_of,
)
from app.services.understanding.understood import Understood


@pytest.mark.parametrize("scale", [FILM_SCALE, ANCHORS_SCALE, REQUEST_SCALE, SHORT_PLOT_SCALE, LONG_PLOT_SCALE])
def test_a_score_is_close_related_or_loose(scale: Scale) -> None:
    assert match_of(scale.close, scale) == match_of(1.0, scale) == "close"
    assert match_of(scale.close - 0.0001, scale) == match_of(scale.related, scale) == "related"
    assert match_of(scale.related - 0.0001, scale) == match_of(0.0, scale) == "loose"


def test_long_plots_need_higher_scores_than_short_ones() -> None:
    scales = [scale_of(Understood("plot", "word " * words)) for words in (1, 8, 20, 40, 500)]
    assert scales[0] == scales[1] == SHORT_PLOT_SCALE
    assert SHORT_PLOT_SCALE.close < scales[2].close < LONG_PLOT_SCALE.close
    assert scales[3] == scales[4] == LONG_PLOT_SCALE


def test_requests_and_films_have_their_own_scales() -> None:
    assert scale_of(Understood("request", "trains")) == scale_of(Understood("memory", "trains")) == REQUEST_SCALE
    assert scale_of(Understood("request", "", genres=("Comedy",))) == ANCHORS_SCALE
    assert scale_of(None) == FILM_SCALE
