"""Scores in words: how close a match a score means.

Measured over 34,517 films. Of plots cut after 8, 16 and 40 words and of whole ones, if their film is found, 82%, 88%,
79% and 89% have it as a close match; if that film is left out, 69%, 72%, 53% and 68% have another one, because sequels,
remakes and films of the same kind remain. Of ten texts about other subjects, two have one if cut after 8 words, and
none if cut after 12. Requests share fewer words with films: 88% of 72 have a close match, and none of forty made of
invented words. Of 200 films, 89% have a similar film that is a close match.
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
"""If a request names genres, years, languages or people and nothing else. In 29 such requests, films with all of it
scored 0.14 to 0.57, others at most 0.13, but for one of a neighbouring year (0.25)."""
SHORT_PLOT_SCALE = Scale(0.48, 0.38)
LONG_PLOT_SCALE = Scale(0.6, 0.5)
_SHORT_PLOT_WORDS, _LONG_PLOT_WORDS = 8, 40


def scale_of(understood: Understood | None) -> Scale:
    """Return the scale of an answer: to a plot by its length, to a request or memory, or to films (None)."""
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
    """Return how close a match a score means."""
    return "close" if score >= scale.close else "related" if score >= scale.related else "loose"
