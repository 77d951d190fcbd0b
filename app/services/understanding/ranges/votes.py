"""Mean votes in a request: "rated above 8", "at least 7.5 stars", "highly rated"."""

from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.ranges.amounts import Bound, bound_after, bound_before, number_at
from app.services.understanding.words import Found, Text, phrase_set, word_set

HIGH_VOTE = 7.0
"""Mean vote of a film that is called highly rated or has won awards."""

_MAX_VOTE = 10
_MAX_OF_FIVE = 5
"""Up to this number, stars are more often out of five than out of ten, so that they are not read."""

_RATINGS = word_set("rated rating ratings score scores scored scoring averaging averages imdb tmdb graded")
_LEADS = _RATINGS | word_set("a an the with of that are is have has having on average at which user users mean by")
_AFTER_HIGH = word_set("from about with of set by in")
_OUT_OF_TEN = phrase_set("out of 10, out of ten, of 10, on imdb, on tmdb, rating, ratings, rated, imdb, score")
_HIGH = phrase_set(
    "highly rated, high rated, top rated, highest rated, best rated, well rated, critically acclaimed",
    "highly acclaimed, widely acclaimed, acclaimed, well reviewed, best reviewed, with good reviews",
    "with great reviews, with rave reviews, award winning, oscar winning, oscar nominated, oscar winner, oscar winners",
    "won oscars, won an oscar, won awards, won best picture, best picture winner, best picture winners",
    "with high ratings, with a high rating, with good ratings, with a good rating, best picture nominees",
    "academy award winning, academy award winners",
)


def read_votes(text: Text) -> float | None:
    """Return the lowest mean vote that a request asks for, and mark the words for it as read."""
    for index in range(len(text)):
        found = _vote_at(text, index) or _high_at(text, index)
        if found is not None:
            text.mark_read(found.start, found.end)
            return found.value
    return None


def _vote_at(text: Text, index: int) -> Found[float] | None:
    number = number_at(text, index)
    if number is None or text.is_read[index] or not text.at(index)[0].isdigit() or number.value > _MAX_VOTE:
        return None
    end, is_out_of_ten = _end_of_scale(text, number.end)
    is_stars = text.at(end) in ("star", "stars")
    before = bound_before(text, index)
    after = bound_after(text, end + is_stars)
    end = after.end if after is not None else end + is_stars
    start = before.start if before is not None else index
    lead = start
    while lead > 0 and text.at(lead - 1) in _LEADS and not text.words[lead].begins_sentence:
        lead -= 1
    if any(bound is not None and bound.value is Bound.MAX for bound in (before, after)):
        return None
    is_rating = is_out_of_ten or not _RATINGS.isdisjoint(text.plain[lead:start])
    if not is_rating and not (is_stars and number.value > _MAX_OF_FIVE):
        return None
    return None if is_in_theme(text, lead) else Found(lead, end, number.value)


def _end_of_scale(text: Text, end: int) -> tuple[int, bool]:
    """Return the end of "/10", "out of ten" or "on IMDb" after a number, and whether there is one."""
    if text.at(end) == "10" and text.words[end].gap == "/":
        return end + 1, True
    scale = _OUT_OF_TEN.at(text, end)
    return (end, False) if scale is None else (scale.end, True)


def _high_at(text: Text, index: int) -> Found[float] | None:
    found = _HIGH.ending_at(text, index + 1, longest=4)
    if found is None or text.is_read[index] or is_in_theme(text, found.start):
        return None
    is_whole = found.end > found.start + 1  # "acclaimed" alone may describe a person
    is_last = text.ends_clause(found.end)
    return (
        Found(found.start, found.end, HIGH_VOTE)
        if (is_whole and (is_last or text.at(found.end) in _AFTER_HIGH)) or describes_film(text, found.end)
        else None
    )
