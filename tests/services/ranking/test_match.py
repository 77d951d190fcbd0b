"""Scores in words."""

import pytest

from app.services.ranking.match import Scale, match_of


@pytest.mark.parametrize(
    ("scale", "close", "related"), [("plot", 0.6, 0.5), ("request", 0.42, 0.32), ("film", 0.4, 0.3)]
)
def test_a_score_means_more_for_texts_that_share_fewer_words(scale: Scale, close: float, related: float) -> None:
    assert match_of(close, scale) == match_of(1.0, scale) == "close"
    assert match_of(close - 0.0001, scale) == match_of(related, scale) == "related"
    assert match_of(related - 0.0001, scale) == match_of(0.0, scale) == "loose"
