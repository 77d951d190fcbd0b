"""The reader, which finds out what a text asks for. The same text and catalogue give the same result."""

from collections.abc import Sequence

from app.services.understanding.bare_requests import is_bare
from app.services.understanding.genre_words import GenreWord
from app.services.understanding.genres import read_genres
from app.services.understanding.judgements import read_judgements, read_occasions
from app.services.understanding.kinds import is_plainly_plot, kind_of
from app.services.understanding.languages import read_excluded_languages, read_languages
from app.services.understanding.names.dated_films import read_dated_films
from app.services.understanding.names.people import read_people
from app.services.understanding.names.titles import read_titles
from app.services.understanding.names.unwanted_films import read_unwanted_films
from app.services.understanding.negations import read_excluded_genres
from app.services.understanding.openings import names_films, read_fillers, read_openings
from app.services.understanding.ranges.eras import movement_years
from app.services.understanding.ranges.lengths import read_lengths
from app.services.understanding.ranges.votes import read_votes
from app.services.understanding.ranges.years import (
    read_remembered_years,
    read_years,
    read_years_beside,
    within_era,
)
from app.services.understanding.spelling import correct_spelling
from app.services.understanding.understood import Lookups, NamedFilm, Understood, Years
from app.services.understanding.words import Found, Text, without_repeats


def understand(text: str, lookups: Lookups) -> Understood:
    """Return the films, people, years, languages, requested and excluded genres of a text, and the remaining text."""
    if is_plainly_plot(text):
        return Understood("plot", text)
    words = Text(text)
    kind = kind_of(words)
    if kind == "plot" or not words.words:
        return Understood("plot", text)
    if kind == "memory":
        return _read_memory(words, lookups)
    return _read_request(words, lookups)


def _read_request(text: Text, lookups: Lookups) -> Understood:
    correct_spelling(text)
    read_openings(text)
    unlike = read_unwanted_films(text, lookups.titles)
    dated, dated_years = read_dated_films(text, lookups.titles)
    like = read_titles(text, lookups.titles)
    people = read_people(text, lookups)
    lengths, votes = read_lengths(text), read_votes(text)
    read_judgements(text)
    read_occasions(text)
    has_only_facts = is_bare(text, lookups.newest_year)
    years = dated_years or _years(text, like, lookups.newest_year, is_bare=has_only_facts)
    excluded_languages = read_excluded_languages(text)
    excluded = read_excluded_genres(text)
    languages = read_languages(text, is_bare=has_only_facts)
    genres = tuple(genre for genre in _genres(read_genres(text, changes_films=bool(like))) if genre not in excluded)
    years = within_era(years, genres)
    if any(text.is_read) or names_films(text):
        read_fillers(text)
    rest = text.unread_text()
    are_examples = not (rest or genres or people) or "same" in text.plain  # "newer than Jaws, same kind of story"
    return Understood(
        kind="request",
        text=rest,
        genres=genres,
        excluded_genres=excluded,
        years=years,
        languages=languages,
        people=people,
        like=like or (dated if are_examples else ()),
        unlike=unlike,
        excluded_languages=tuple(code for code in excluded_languages if code not in languages),
        runtime_min=lengths.shortest,
        runtime_max=lengths.longest,
        min_vote_average=votes,
    )


def _years(text: Text, like: Sequence[NamedFilm], newest_year: int, *, is_bare: bool) -> Years | None:
    beside = read_years_beside(text, like)
    return beside or read_years(text, newest_year, is_bare=is_bare) or movement_years(text)


def _read_memory(text: Text, lookups: Lookups) -> Understood:
    """Read the years, languages and genres that a memory mentions; the whole text remains."""
    years = read_remembered_years(text, lookups.newest_year)
    excluded = read_excluded_genres(text)
    languages = read_languages(text)
    genres = tuple(genre for genre in _genres(read_genres(text)) if genre not in excluded)
    return Understood("memory", text.text, genres, excluded, years, languages)


def _genres(found: list[Found[GenreWord]]) -> tuple[str, ...]:
    """Return the genres of the words; words that may be a theme count only if no noun names the kind of film."""
    has_noun = any(phrase.value.is_noun for phrase in found)
    counted = [phrase.value for phrase in found if not (phrase.value.yields and has_noun)]
    return without_repeats(genre for word in counted for genre in word.genres)
