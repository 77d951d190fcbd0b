"""Lengths of films in a request: "under 90 minutes", "a two-hour drama", "nothing too long"."""

import re
from dataclasses import dataclass

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.ranges.amounts import ABOUT_WORDS, Bound, bound_after, bound_before, number_at
from app.services.understanding.words import Found, Phrases, Text, word_set

MAX_MINUTES = 600
"""Longer times are no lengths of films: "24 hours to live"."""

_SLACK = 10
"""Minutes by which a film may be shorter or longer than a length without a bound: "a two-hour drama"."""

_HOURS = word_set("hour hours hr hrs h hour's")
_MINUTES = word_set("minute minutes min mins")
_JOINED_HOURS = re.compile(r"(\d{1,2})(?:h|hrs?|hours?)(?:(\d{1,2})(?:m|mins?)?)?")
_JOINED_MINUTES = re.compile(r"(\d{2,3})(?:m|mins?|minutes?)")
_LEADS = word_set(
    "that that's thats which is are it's its be being runs run running lasting lasts last lasted with has have having",
    "a an the of runtime time length duration clocking in at film's only just preferably ideally not should must all",
)
_TAILS = word_set("long in length duration runtime running run time of total")
_NOT_BEFORE_LENGTH = word_set("in for within after before every last next first his her")
_FILM_NOUNS = FILM_NOUNS - {"story", "tale"}
_AFTER_LENGTH = word_set("please thanks from with about set and or but by starring in where that for")
_VAGUE: Phrases[int] = Phrases(
    {
        **{f"{some} {short}": 90 for some in ("something", "anything") for short in ("short", "shorter", "quick")},
        **{
            f"{no} {very} long": 120
            for no in ("not", "isn't", "isnt", "aren't", "arent", "nothing", "no")
            for very in ("too", "very", "so", "that", "overly")
        },
    }
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Minutes that a film should last, both included; None if that side is open."""

    shortest: int | None = None
    longest: int | None = None


def read_lengths(text: Text) -> Lengths:
    """Return how long the films that a request asks for should be, and mark the words for it as read."""
    wanted = Lengths()
    index = 0
    while index < len(text):
        found = _vague_at(text, index) or _length_at(text, index)
        if found is None:
            index += 1
            continue
        text.mark_read(_start_of_leads(text, found.start), found.end)
        wanted = _both(wanted, found.value)
        index = found.end
    return wanted


def _both(first: Lengths, second: Lengths) -> Lengths:
    """Return the lengths that meet both; the first ones if none does."""
    shortest = max((m for m in (first.shortest, second.shortest) if m is not None), default=None)
    longest = min((m for m in (first.longest, second.longest) if m is not None), default=None)
    if shortest is not None and longest is not None and shortest > longest:
        return first
    return Lengths(shortest, longest)


def _vague_at(text: Text, index: int) -> Found[Lengths] | None:
    found = _VAGUE.ending_at(text, index + 1, longest=3)
    return Found(found.start, found.end, Lengths(None, found.value)) if found and _ends(text, found.end) else None


def _length_at(text: Text, index: int) -> Found[Lengths] | None:
    """Return the length that words at an index ask for."""
    between = _range_at(text, index)
    duration = _duration_at(text, index) if between is None else Found(index, between.end, between.value.longest or 0)
    if duration is None or text.is_read[index] or not 0 < duration.value <= MAX_MINUTES:
        return None
    before, after = bound_before(text, index), bound_after(text, duration.end)
    bound = before or after
    is_minimum = any(word.gap.startswith("+") for word in text.words[index + 1 : duration.end + 1])
    start = before.start if before is not None else index
    end = after.end if after is not None else duration.end
    while text.at(end) in _TAILS and not text.words[end].begins_clause and (end > duration.end or _has_tail(text, end)):
        end += 1
    is_bound = between is not None or is_minimum or (bound is not None and bound.value is not Bound.ABOUT)
    if not _is_of_films(text, start, end, is_bound=is_bound):
        return None
    if between is not None:
        return Found(start - (text.at(start - 1) == "between"), end, between.value)
    kind = bound.value if bound is not None else Bound.MIN if is_minimum else Bound.ABOUT
    return Found(start, end, _bounded(duration.value, kind))


def _has_tail(text: Text, index: int) -> bool:
    return text.at(index) in ("long", "runtime", "running") or (text.at(index), text.at(index + 1)) == ("in", "length")


def _bounded(minutes: int, bound: Bound) -> Lengths:
    if bound is Bound.MAX:
        return Lengths(None, minutes)
    return Lengths(minutes, None) if bound is Bound.MIN else Lengths(max(minutes - _SLACK, 1), minutes + _SLACK)


def _range_at(text: Text, index: int) -> Found[Lengths] | None:
    """Return "90 to 120 minutes", "between one and two hours" or "1-2 hours"."""
    first = number_at(text, index)
    if first is None or first.end >= len(text):
        return None
    has_unit = text.at(first.end) in _HOURS | _MINUTES
    place = first.end + has_unit
    if text.at(place) in ("to", "and", "or"):
        place += 1
    elif place >= len(text) or text.words[place].gap.strip() not in ("-", "–", "—"):
        return None
    second = _duration_at(text, place)
    if second is None:
        return None
    unit = text.at(first.end if has_unit else second.end - 1)
    shortest = round(first.value * (60 if unit in _HOURS else 1))
    return Found(index, second.end, Lengths(shortest, second.value)) if 0 < shortest < second.value else None


def _duration_at(text: Text, index: int) -> Found[int] | None:
    """Return the minutes of "90 minutes", "1h30", "an hour and a half", "two and a half hours" or "half an hour"."""
    joined = _JOINED_MINUTES.fullmatch(text.at(index))
    if joined is not None:
        return Found(index, index + 1, int(joined[1]))
    joined = _JOINED_HOURS.fullmatch(text.at(index))
    if joined is not None:
        return _with_rest(text, index, index + 1, 60 * int(joined[1]) + int(joined[2] or 0))
    if text.at(index) == "half":
        place = index + 1 + (text.at(index + 1) == "an")
        return Found(index, place + 1, 30) if text.at(place) in _HOURS else None
    if text.at(index) in _HOURS and text.at(index + 1) == "long":
        return Found(index, index + 1, 60)
    number = number_at(text, index)
    if number is None:
        return None
    place, value = number.end, number.value
    if [text.at(place + offset) for offset in range(3)] == ["and", "a", "half"]:
        place, value = place + 3, value + 0.5
    if text.at(place) in _MINUTES:
        return Found(index, place + 1, round(value))
    return _with_rest(text, index, place + 1, round(60 * value)) if text.at(place) in _HOURS else None


def _with_rest(text: Text, start: int, end: int, minutes: int) -> Found[int]:
    """Return hours together with the minutes that follow them: "and a half", "30 minutes"."""
    place = end + (text.at(end) == "and")
    if place > end and text.at(place) == "a" and text.at(place + 1) == "half":
        return Found(start, place + 2, minutes + 30)
    rest = number_at(text, place)
    if rest is not None and text.at(rest.end) in _MINUTES and rest.value < 60:
        return Found(start, rest.end + 1, minutes + round(rest.value))
    return Found(start, end, minutes)


def _is_of_films(text: Text, start: int, end: int, *, is_bound: bool) -> bool:
    """Return whether a length is that of the films and not of something in their plots."""
    if text.at(start - 1) in _NOT_BEFORE_LENGTH and text.at(start - 2) not in ("finish", "watch", "done", "watched"):
        return False
    lead = _start_of_leads(text, start)
    is_after_film = text.at(lead - 1) in _FILM_NOUNS or GENRE_WORDS.ending_at(text, lead) is not None
    if is_in_theme(text, lead) and not is_after_film:  # "about trains, under 90 minutes"
        return is_bound and _ends(text, end)
    if describes_film(text, end):
        return True
    if (
        not is_bound
        and text.at(end - 1) != "long"
        and not (is_after_film and (lead < start or text.at(start) in ABOUT_WORDS))
    ):
        return False
    is_first = all(text.is_read[:lead])
    return _ends(text, end) and (is_after_film or is_first or text.words[lead].begins_clause or is_bound)


def _start_of_leads(text: Text, start: int) -> int:
    """Return the index of the first word that leads to a length: "with a runtime of", "that are"."""
    index = start
    while index > 0 and text.at(index - 1) in _LEADS and not text.words[index].begins_sentence:
        index -= 1
    return index


def _ends(text: Text, end: int) -> bool:
    return text.ends_clause(end) or text.plain[end] in _AFTER_LENGTH
