"""Thresholds of scores that make a film a close, related or loose match.

Share of queries that have a close match among 34,517 films:

- plots cut after 8, 16 and 40 words, and whole plots: in 82%, 88%, 79% and 89% the plot's film, if it is found; without
  that film, 69%, 72%, 53% and 68% have another one, because sequels, remakes and similar films remain;
- texts about other subjects: two of ten if cut after 8 words, none if cut after 12;
- requests, which share fewer words with films: 88% of 72, and none of forty requests of invented words;
- films of the catalogue: 89% of 200 have a similar film that is a close match.
"""

from dataclasses import dataclass
from typing import Literal

from app.services.understanding.understood import Understood

Match = Literal["close", "related", "loose"]


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest scores of a close and of a related film."""

    close: float
    related: float


FILM_SCALE = Scale(0.4, 0.3)
REQUEST_SCALE = Scale(0.42, 0.32)
ANCHORS_SCALE = Scale(0.2, 0.1)
"""For a request that names only genres, years, languages or people. In 29 such requests, films with all requested
properties scored 0.14 to 0.57 and others at most 0.13, except one of a neighbouring year (0.25)."""
SHORT_PLOT_SCALE = Scale(0.48, 0.38)
LONG_PLOT_SCALE = Scale(0.6, 0.5)
_SHORT_PLOT_WORDS, _LONG_PLOT_WORDS = 8, 40


def scale_of(understood: Understood | None) -> Scale:
    """Return the scale for a query; a plot's scale depends on its length, and None is a query by films."""
    if understood is None:
        return FILM_SCALE
    if understood.kind != "plot":
        return REQUEST_SCALE if understood.text or understood.like else ANCHORS_SCALE
    words = len(understood.text.split())
    length = min(max((words - _SHORT_PLOT_WORDS) / (_LONG_PLOT_WORDS - _SHORT_PLOT_WORDS), 0.0), 1.0)
    return Scale(
        SHORT_PLOT_SCALE.close + length * (LONG_PLOT_SCALE.close - SHORT_PLOT_SCALE.close),
        SHORT_PLOT_SCALE.related + length * (LONG_PLOT_SCALE.related - SHORT_PLOT_SCALE.related),
    )


def match_of(score: float, scale: Scale) -> Match:
    """Return how close a match a film with this score is."""
    return "close" if score >= scale.close else "related" if score >= scale.related else "loose"
