"""Query texts for measurements, as long as real synopses, short or long, each of them once."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

_SEED = 1895
_MAX_CHARACTERS = 4000
_MIN_CHARACTERS = 40
_WORDS_OF_EACH = 6
_LONG_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class TokenLengths:
    """Distribution of the lengths of texts in tokens, of which only those that the model reads count."""

    p10: float
    median: float
    p90: float
    share_over_128: float

    def __str__(self) -> str:
        return (
            f"{self.p10:.0f} / {self.median:.0f} / {self.p90:.0f} tokens (10th percentile, median, 90th percentile), "
            f"{self.share_over_128:.0%} over 128"
        )


def token_lengths(tokens: Sequence[int]) -> TokenLengths:
    """Return the distribution of the lengths of texts."""
    p10, median, p90 = np.percentile(tokens, [10, 50, 90]).tolist()
    return TokenLengths(p10, median, p90, float(np.mean(np.array(tokens) > 128)))


def synopses(overviews: Sequence[str]) -> Iterator[str]:
    """Yield texts as long as overviews: an overview that begins with the first words of another one."""
    for first, second in _pairs(overviews):
        text = " ".join([*second.split()[:_WORDS_OF_EACH], *first.split()[_WORDS_OF_EACH:]])[:_MAX_CHARACTERS]
        if len(text) >= _MIN_CHARACTERS:
            yield text


def short_texts(overviews: Sequence[str]) -> Iterator[str]:
    """Yield texts of about a dozen words: the beginning of one overview and the end of another."""
    for first, second in _pairs(overviews):
        text = " ".join([*first.split()[:_WORDS_OF_EACH], *second.split()[-_WORDS_OF_EACH:]])
        if len(text) >= _MIN_CHARACTERS:
            yield text[:_MAX_CHARACTERS]


def long_texts(overviews: Sequence[str]) -> Iterator[str]:
    """Yield texts of a thousand characters, if the overviews are not very short: several overviews in a row."""
    pairs = _pairs(overviews)
    for first, second in pairs:
        text = f"{first} {second}"
        while len(text) < _LONG_CHARACTERS and (more := next(pairs, None)):
            text = f"{text} {more[0]} {more[1]}"
        yield text[:_LONG_CHARACTERS]


def _pairs(overviews: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield random pairs of overviews, each pair once."""
    generator = random.Random(_SEED)  # noqa: S311
    seen: set[tuple[int, int]] = set()
    while len(seen) < len(overviews) ** 2:
        pair = generator.randrange(len(overviews)), generator.randrange(len(overviews))
        if pair not in seen:
            seen.add(pair)
            yield overviews[pair[0]], overviews[pair[1]]
