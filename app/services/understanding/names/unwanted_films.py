"""Films that a request names to leave them out: "anything by Hitchcock except Psycho", "like Alien but not Aliens"."""

from app.services.understanding.names.titles import MAX_TITLE_WORDS, film_titled, has_name
from app.services.understanding.understood import NamedFilm, TitleLookup
from app.services.understanding.words import Text, phrase_set, word_set

_CUES = phrase_set(
    "except, except for, excluding, besides, other than, apart from, aside from, anything but, but not, not, minus",
    "isn't, that's not, not counting, not including, leaving out, everything but, all but",
)
_WEAK_CUES = word_set("not minus isn't")
"""After these, a single word without a capital is more often another word than a title."""

_JOINTS = word_set("and or nor")
_AFTER_TITLE = word_set("and or nor but please with from that which where in set thanks")


def read_unwanted_films(text: Text, titles: TitleLookup) -> tuple[NamedFilm, ...]:
    """Return the films that a request does not want, and mark their titles and the cue as read."""
    unwanted: list[NamedFilm] = []
    for index in range(1, len(text)):
        cue = _CUES.ending_at(text, index, longest=2)
        if cue is None or text.is_read[index]:
            continue
        start = index
        is_weak = text.plain[index - 1] in _WEAK_CUES
        while (end := _title_end(text, titles, start, unwanted, is_weak=is_weak)) is not None:
            text.mark_read(cue.start, end)
            is_list = text.at(end) in _JOINTS or (end < len(text) and "," in text.words[end].gap)
            if not is_list:
                break
            start = end + (text.at(end) in _JOINTS)
    return tuple(dict.fromkeys(unwanted))


def _title_end(text: Text, titles: TitleLookup, start: int, unwanted: list[NamedFilm], *, is_weak: bool) -> int | None:
    """Add the film whose title is the longest run of words at an index; return its end, None if there is no title."""
    for end in range(min(start + MAX_TITLE_WORDS, len(text)), start, -1):
        is_delimited = end == len(text) or text.words[end].begins_clause or text.plain[end] in _AFTER_TITLE
        if not is_delimited or not _may_be_title(text, start, end, is_weak=is_weak):
            continue
        film = film_titled(text, titles, start, end) or _numbered(text, titles, start, end)
        if film is not None:
            unwanted.append(film)
            return end
    return None


def _numbered(text: Text, titles: TitleLookup, start: int, end: int) -> NamedFilm | None:
    """Return the film of a title and a number: "Saw 2" is "Saw II", "Terminator 2" has more words."""
    if end - start < 2 or not text.plain[end - 1].isdigit():
        return None
    written = text.written(start, end)
    films = titles.films_beginning(written) or titles.films_nearly_titled(written, is_name=True)
    return films[0] if films else None


def _may_be_title(text: Text, start: int, end: int, *, is_weak: bool) -> bool:
    if not has_name(text, start, end):
        return False
    if text.words[start].is_capital and text.words[end - 1].is_capital:
        return True
    return not text.has_capitals and (end > start + 1 + (text.at(start) in ("a", "an", "the")) or not is_weak)
