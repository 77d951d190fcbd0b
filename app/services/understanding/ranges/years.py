"""Years of release in a request, as opposed to years in which a plot takes place."""

from collections.abc import Sequence

from app.services.understanding.film_nouns import FILM_NOUNS, LINKING_WORDS, STRICT_FILM_NOUNS, THEME_OPENINGS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.languages import COUNTRIES
from app.services.understanding.ranges.eras import NamedYears, is_changed_era
from app.services.understanding.ranges.year_spans import named_years_at
from app.services.understanding.understood import NamedFilm, Years
from app.services.understanding.words import Found, Text, phrase_set, word_set

_ORIGINS = word_set("from released made produced filmed shot dating out circa published premiered appeared")
_LITTLE_WORDS = word_set("in the of year during back way is are were was date from summer autumn fall winter spring")
_ERAS_OF_GENRES = {"Noir": Years(1930, 1969), "Silent": Years(None, 1931)}
_LEADING_WORDS = _ORIGINS | _LITTLE_WORDS | {"came", "come", "that", "which"}
_BOUNDS = word_set("after before since pre post until")
_MAX_KEYWORDS = 6
_BESIDE_FILMS = word_set("older newer recent")
_ASIDES = word_set("say ideally preferably maybe perhaps like probably possibly")
_HEDGES = phrase_set("i think, i believe, i guess, i reckon, maybe, or so, or thereabouts, probably, i suppose")
"""Words after years that are not certain."""
_SEEN_WORDS = word_set("saw watched seen rented remember remembered caught tv vhs cable kid child theater theatre it")


def read_years_beside(text: Text, films: Sequence[NamedFilm]) -> Years | None:
    """Return the years that are older or newer than films named as examples, and mark the words for them as read."""
    known = [film.year for film in films if film.year is not None]
    for index, word in enumerate(text.plain):
        if known and is_changed_era(text, index) and word in _BESIDE_FILMS:
            is_more = text.at(index - 1) == "more"
            text.mark_read(index - is_more, index + 1)
            return Years(None, min(known) - 1) if word == "older" else Years(max(known) + 1, None)
    return None


def read_years(text: Text, newest_year: int, *, is_bare: bool = False) -> Years | None:
    """Return the years of release that a request asks for, and mark the words for them as read.

    `is_bare` is whether the request is nothing but words for facts, so that years are those of release at any place.
    """
    return _read(text, newest_year, is_memory=False, is_bare=is_bare)


def read_remembered_years(text: Text, newest_year: int) -> Years | None:
    """Return the years of release that a memory mentions; the film is not newer than the year it was seen in."""
    return _read(text, newest_year, is_memory=True)


def within_era(years: Years | None, genres: tuple[str, ...]) -> Years | None:
    """Return the requested years, narrowed to those in which films of the genres were made."""
    for genre in genres:
        era = _ERAS_OF_GENRES.get(genre)
        if era is not None:
            first = max((bound for bound in (era.first, years.first if years else None) if bound), default=None)
            last = min((bound for bound in (era.last, years.last if years else None) if bound), default=None)
            if first is None or last is None or first <= last:
                return Years(first, last)
    return years


def _read(text: Text, newest_year: int, *, is_memory: bool, is_bare: bool = False) -> Years | None:
    ranges: list[Years] = []
    eras: list[Years] = []
    index = 0
    while index < len(text):
        found = named_years_at(text, index, newest_year)
        if found is None or any(text.is_read[index : found.end]):
            index += 1
            continue
        negated = _negation_start(text, found)
        if negated is not None:
            text.mark_read(negated, found.end)
        elif is_memory and _was_seen_then(text, found):
            ranges.append(Years(None, found.value.years.last or newest_year))
        elif is_bare or is_of_release(text, found):
            is_era = found.value.is_of_films and found.value.years.first is not None
            (eras if is_era else ranges).append(found.value.years)
            text.mark_read(_origin_start(text, found.start), _end_of_hedge(text, found.end))
        index = found.end
    return _together(ranges or eras)


def _negation_start(text: Text, found: Found[NamedYears]) -> int | None:
    """Return where "not from the 80s" begins; such years are not wanted, but others are not asked for either."""
    lead = _origin_start(text, found.start)
    is_negated = text.at(lead - 1) in ("not", "nothing", "isn't", "aren't", "except", "without", "avoid")
    return lead - 1 if is_negated and not found.value.is_of_films else None


def is_of_release(text: Text, found: Found[NamedYears]) -> bool:
    """Return whether words for years describe the films: next to a noun for films, or after words such as "made in"."""
    start, end = found.start, found.end
    if found.value.is_of_films:
        return True
    before = _origin_start(text, start)
    is_last = text.ends_clause(_end_of_hedge(text, end))
    if any(word in _ORIGINS for word in text.plain[before:start]):
        return is_last or not is_in_theme(text, before)
    if is_in_theme(text, start) and is_in_theme(text, before):
        return False
    if _is_film_noun_before(text, before) and (before == start or _LITTLE_WORDS.issuperset(text.plain[before:start])):
        return True
    if describes_film(text, end):
        return True
    if end < len(text) and not text.words[end].begins_clause and GENRE_WORDS.at(text, end) is not None:
        return True
    if text.plain[start] in _BOUNDS and text.at(end) in THEME_OPENINGS and all(text.is_read[:start]):
        return True
    is_aside = text.words[before].begins_clause or text.at(before - 1) in _ASIDES
    is_after_country = COUNTRIES.ending_at(text, before) is not None  # "movies from the Soviet Union 1920s"
    if is_last and _speaks_of_films(text) and (is_aside or is_after_country or _is_keyword(text, found)):
        return True
    return is_last and _is_all_else_read(text, before, end)


def _is_keyword(text: Text, found: Found[NamedYears]) -> bool:
    """Return whether years longer than one end a request of keywords: "romcom nyc 90s"."""
    years = found.value.years
    is_list = len(text) <= _MAX_KEYWORDS and LINKING_WORDS.isdisjoint(text.plain)
    return is_list and found.end == len(text) and years.first != years.last


def _end_of_hedge(text: Text, end: int) -> int:
    hedge = _HEDGES.at(text, end)
    return end if hedge is None else hedge.end


def _speaks_of_films(text: Text) -> bool:
    return any(
        word in STRICT_FILM_NOUNS or GENRE_WORDS.at(text, index) is not None for index, word in enumerate(text.plain)
    )


def _is_all_else_read(text: Text, start: int, end: int) -> bool:
    return all(is_read or start <= index < end for index, is_read in enumerate(text.is_read))


def _origin_start(text: Text, start: int) -> int:
    """Return the index of the first word that leads to years: "made in", "that came out in the year", "from"."""
    index = start
    while index > 0 and not text.words[index].begins_sentence and text.at(index - 1) in _LEADING_WORDS:
        index -= 1
    while index < start and text.at(index) in ("that", "which"):
        index += 1
    return index


def _is_film_noun_before(text: Text, index: int) -> bool:
    """Return whether the word before an index is a noun for films or a word for a genre, or was read as one."""
    return text.at(index - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, index) is not None


def _was_seen_then(text: Text, found: Found[NamedYears]) -> bool:
    """Return whether a person saw the film in these years: "saw it in the 90s"."""
    index = _origin_start(text, found.start)
    window = text.plain[max(0, index - 4) : index]
    return any(word in _SEEN_WORDS for word in window) and not any(word in FILM_NOUNS for word in window[-1:])


def _together(ranges: list[Years]) -> Years | None:
    """Return one range for all named years: "70s and 80s" is the range of both, and bounds narrow it."""
    if not ranges:
        return None
    closed = [years for years in ranges if years.first is not None and years.last is not None]
    if closed:  # an exact year counts more than an era or a bound
        return Years(min(years.first or 0 for years in closed), max(years.last or 0 for years in closed))
    first = max((years.first for years in ranges if years.first is not None), default=None)
    last = min((years.last for years in ranges if years.last is not None), default=None)
    if first is not None and last is not None and first > last:
        return ranges[0]
    return Years(first, last)
