"""Films whose years bound those that a request asks for: "newer than Jaws", "made before Alien"."""

from app.services.understanding.names.titles import title_at
from app.services.understanding.ranges.year_spans import decade_of
from app.services.understanding.understood import NamedFilm, TitleLookup, Years
from app.services.understanding.words import Text, phrase_set

_AFTER = phrase_set(
    "newer than, more recent than, later than, younger than, made after, released after, came out after, from after"
)
_BEFORE = phrase_set("older than, earlier than, made before, released before, came out before, from before, predating")


def read_dated_films(text: Text, titles: TitleLookup) -> tuple[tuple[NamedFilm, ...], Years | None]:
    """Return the films that others should be older or newer than, with these years, and mark the words as read."""
    for index in range(1, len(text)):
        after, before = (cues.ending_at(text, index, longest=3) for cues in (_AFTER, _BEFORE))
        cue = after or before
        if cue is None or _names_year(text, index):
            continue
        found = title_at(text, titles, index, is_strong=True)
        if found is None or found.value.year is None:
            continue
        text.mark_read(cue.start, found.end)
        year = found.value.year
        return (found.value,), Years(year + 1, None) if after is not None else Years(None, year - 1)
    return (), None


def _names_year(text: Text, index: int) -> bool:
    place = index + (text.at(index) in ("the", "a", "an"))
    return text.at(place).isdigit() or decade_of(text.at(place)) is not None
