"""Words that praise films or name the occasion of watching, and do not say what films are about."""

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.ranges.year_spans import decade_of
from app.services.understanding.words import Found, Text, phrase_set, word_set

_LITTLE_KNOWN = (
    *("hidden gem", "hidden gems", "underrated", "overlooked", "underseen", "under the radar", "lesser known"),
    *("little known", "little seen", "must see", "must sees", "must watch", "feature length", "full length"),
    *("feel good", "feelgood", "popular", "famous", "iconic", "rewatchable", "acclaimed"),
)
_ADJECTIVES = word_set(
    "greatest finest worst coolest best essential timeless forgotten colour color technicolor solid brilliant proper",
    "popular famous iconic acclaimed popcorn light gentle",
)
"""Words that are judgements only before a noun for films."""

_JUDGEMENTS = phrase_set(
    *_LITTLE_KNOWN,
    *(f"most {words}" for words in _LITTLE_KNOWN),
    *_ADJECTIVES,
    "slow burn, slow burning, fast paced, slow paced, edge of your seat, easy watch",
    "cult classic, cult classics, cult film, cult films, cult movie, cult movies, in colour, in color, in technicolor",
    "so bad it's good, so bad its good, all time great, all time greats, all time classic",
)
_SUPERLATIVE_ENDINGS = phrase_set("of all time, of all times, ever made, ever filmed")
_KINDS_OF_GEMS = word_set("gem gems greats favourites favorites essentials")
"""Nouns that praise films after a word for a kind of film: "noir gems"."""

_OCCASIONS = phrase_set(
    "movie night, film night, girls night, girls night in, night in, rainy day",
    "rainy sunday, rainy afternoon, lazy sunday, lazy day, sunday afternoon, sunday evening, sunday night",
    "saturday night, saturday evening, saturday afternoon, friday night, friday evening, weekend, bank holiday",
    "sick day, snow day, long flight, long drive",
)
_OCCASIONS_AND_THEMES = phrase_set(
    "party, birthday, birthday party, sleepover, slumber party, plane, plane ride, flight, train ride",
    "road trip, anniversary, hangover, reunion, get together, double bill, marathon, movie marathon",
)
"""Occasions that films are about as well: read only after "for a"."""

_WATCHING = phrase_set(
    "to watch, to see, to put on, should i watch, should we watch, can i watch, can we watch, could we watch",
    "could i watch, i can watch, we can watch, to stream",
)
_SITUATIONS = word_set("on at during while when whilst high drunk stoned alone together in")
_HOLIDAYS = word_set("christmas xmas halloween thanksgiving easter valentine valentines hanukkah")
_CLAUSE_ENDS = word_set("about from that which but set")
_BEFORE_OCCASIONS = word_set(
    "a an the my our this some your good nice lazy rainy long next kids children childrens family"
)
_AUDIENCE = word_set("kids children childrens family")


def read_judgements(text: Text) -> None:
    """Mark as read the words that praise films or say how well known they are."""
    for found in _JUDGEMENTS.all(text):
        is_first = all(text.is_read[: found.start]) and decade_of(text.at(found.end)) is not None
        is_last = text.ends_clause(found.end) and text.plain[found.start] not in _ADJECTIVES
        if not is_in_theme(text, found.start) and (is_first or is_last or _is_before_film(text, found.end)):
            text.mark_read(found.start, found.end)
    for found in _SUPERLATIVE_ENDINGS.all(text):
        text.mark_read(found.start, found.end)
    for index, word in enumerate(text.plain):
        if word in _KINDS_OF_GEMS and text.ends_clause(index + 1) and GENRE_WORDS.ending_at(text, index) is not None:
            text.mark_read(index, index + 1)


def _is_before_film(text: Text, end: int) -> bool:
    """Return whether a noun for films is the last word of a phrase or follows it."""
    return text.at(end - 1) in FILM_NOUNS or describes_film(text, end)


def read_occasions(text: Text) -> None:
    """Mark as read the words for the occasion of watching: "for a sleepover", "to watch on a plane"."""
    for index in range(len(text)):
        watching = _WATCHING.ending_at(text, index, longest=3)
        if watching is not None and text.at(index) in _SITUATIONS:
            _mark_clause(text, watching.start, index)
    for found in (*_OCCASIONS.all(text), *_OCCASIONS_AND_THEMES.all(text)):
        lead = found.start
        while text.at(lead - 1) in _BEFORE_OCCASIONS:
            lead -= 1
        is_after_for = text.at(lead - 1) in ("for", "on") and not is_in_theme(text, lead - 1)
        is_theme = _OCCASIONS.at(text, found.start) is None
        if is_after_for and (text.at(lead - 1) == "for" or not is_theme):
            has_audience = not _AUDIENCE.isdisjoint(text.plain[lead : found.start])
            text.mark_read(found.start if has_audience else lead - 1, found.end)
        elif not is_theme and not is_in_theme(text, found.start) and _is_night_of_films(text, found):
            text.mark_read(found.start, found.end)


def _is_night_of_films(text: Text, found: Found[bool]) -> bool:
    """Return whether an occasion describes films, or says itself that films are watched: "family movie night"."""
    names_films = not FILM_NOUNS.isdisjoint(text.plain[found.start : found.end])
    return describes_film(text, found.end) or (names_films and text.ends_clause(found.end))


def _mark_clause(text: Text, start: int, index: int) -> None:
    """Mark the words about watching as read, unless they name a holiday, which films are about."""
    end = index
    while end < len(text) and not text.is_read[end] and text.plain[end] not in _CLAUSE_ENDS | FILM_NOUNS:
        if end > index and text.words[end].begins_clause:
            break
        end += 1
    if _HOLIDAYS.isdisjoint(text.plain[index:end]):
        text.mark_read(start, end)
