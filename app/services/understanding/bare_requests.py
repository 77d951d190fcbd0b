"""Recognition of requests that are nothing but words for facts, in any order: "horror 1980s french"."""

from typing import Any

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.languages import COUNTRIES, NATIONALITIES
from app.services.understanding.ranges.year_spans import named_years_at
from app.services.understanding.words import Found, Text, word_set

_JOINING_WORDS = word_set("a an the and of from in some any good great best really but")


def is_bare(text: Text, newest_year: int) -> bool:
    """Return whether a request is only words for genres or films, and for years, nationalities or countries."""
    index, names_kind = 0, False
    while index < len(text):
        genre = GENRE_WORDS.at(text, index)
        names_kind = names_kind or genre is not None or text.plain[index] in FILM_NOUNS
        if text.is_read[index] or text.plain[index] in FILM_NOUNS or text.plain[index] in _JOINING_WORDS:
            index += 1
            continue
        place = genre or NATIONALITIES.at(text, index) or COUNTRIES.at(text, index)
        fact: Found[Any] | None = place or named_years_at(text, index, newest_year)
        if fact is None:
            return False
        index = fact.end
    return names_kind
