"""Genres that a request excludes: "no westerns", "anything but romance", "not for children"."""

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.words import Found, Phrases, Text, phrase_set, without_repeats

_NEGATORS = phrase_set(
    "not, no, non, without, without any, except, except for, minus, sans, excluding, anything but, nothing",
    "never, isn't, isnt, aren't, arent, wasn't, wasnt, weren't, don't, dont, doesn't, doesnt, didn't",
    "other than, avoid, avoiding, rather than, instead of, free of, apart from, aside from, hate, hates",
    "can't stand, cant stand, skip, neither, nor, anti, less, w o, nothing too, not too, leave out",
    "leaving out, exclude, but no, but not, tired of, sick of, enough, not so, not as, not very, isn't too, isnt too",
    "aren't too, not that, not overly, not really",
)
_NOT_NEGATIONS = phrase_set(
    "not only, not just, no matter, not to mention, no doubt, why not, no one, no man, anti war"
)
_STRONG = phrase_set(
    "no, without, without any, except, except for, minus, sans, excluding, avoid, skip",
    "less, not so, not too, not as, not very, nothing too, but not",
)
"""Words after these are not compared with films, even if they name no genre: "not so violent"."""

_DEGREES = phrase_set(
    "not too, not so, not as, not very, nothing too, isn't too, isnt too, aren't too, not that, not overly, not really",
)
_UNWANTED = phrase_set(
    "that isn't, that isnt, that's not, thats not, that aren't, that arent, that are not, that is not, which isn't",
    "which aren't, which are not, which is not, that don't, that dont, that doesn't, that doesnt, with no",
)
"""After a noun for films, these begin what the films should not be: "romance that isn't cheesy"."""

_UNWANTED_THEMES = phrase_set(
    "not about, but not about, that aren't about, that isn't about, that's not about, not set in, but not set in",
    "but with no, not with, but not with, not starring, not by, but not by, not directed by, but not from",
    "that aren't by, that aren't set in, not involving, not featuring, not based on, but not based on",
)
_OTHER_KINDS = Phrases(
    {
        **dict.fromkeys(("for adults", "for grown ups", "for grownups", "for an adult audience"), "Family"),
        **dict.fromkeys(("live action", "with real actors"), "Animation"),
    }
)
"""Kinds of film and the genre that they are not."""
_SCOPE_WORDS = 7
_SCOPE_ENDS = frozenset(
    ["but", "just", "only", "rather", "instead", "about", "where", "who", "that's", "because", "with", "still"]
)


def read_excluded_genres(text: Text) -> tuple[str, ...]:
    """Return the genres that a request excludes, and mark the words for them as read.

    "Not too scary horror" asks for horror all the same.
    """
    excluded: list[str] = []
    index = 0
    while index < len(text):
        if _NOT_NEGATIONS.at(text, index) is not None:
            index += 2
            continue
        kind = _OTHER_KINDS.at(text, index)
        if kind is not None and not is_in_theme(text, index):
            excluded.append(kind.value)
            text.mark_read(index, kind.end)
        if (degree := _DEGREES.at(text, index) or _less_at(text, index)) is not None:
            index = _read_degree(text, degree, excluded)
        elif (negator := _unwanted_at(text, index) or _NEGATORS.at(text, index)) is not None:
            index = _read_negation(text, negator, excluded)
        else:
            index += 1
    return without_repeats(excluded)


def _is_unwanted_theme(text: Text, negator: Found[bool]) -> bool:
    """Return whether words exclude a theme: "not about animals", or one word after "about cooking but not"."""
    is_last_word = negator.end == len(text) - 1 and not text.is_read[negator.end]
    is_contrast = (text.at(negator.start), text.at(negator.end - 1)) == ("but", "not")
    is_part = text.at(negator.start) == "not" and text.words[negator.start].begins_clause  # "a spy film, not Bond"
    is_theme = _UNWANTED_THEMES.at(text, negator.start) is not None
    return is_theme or (is_contrast and is_last_word) or (is_part and negator.start > 0)


def _less_at(text: Text, index: int) -> Found[bool] | None:
    """Return "less" before a quality of a kind of film: "less gory horror"."""
    quality = GENRE_WORDS.at(text, index + 1)
    if text.at(index) != "less" or text.is_read[index] or (quality is not None and quality.value.is_noun):
        return None
    return Found(index, index + 1, True) if describes_film(text, index + 2) else None


def _unwanted_at(text: Text, index: int) -> Found[bool] | None:
    """Return words after which a request says what the films should not be or not be about."""
    found = _UNWANTED_THEMES.at(text, index)
    if found is not None:
        return None if text.at(found.end) == "to" else found  # "not about to"
    found = _UNWANTED.at(text, index)
    if found is None or _DEGREES.at(text, index + 1) is not None:
        return None
    is_after_films = text.at(index - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, index) is not None
    return found if is_after_films else None


def _read_degree(text: Text, degree: Found[bool], excluded: list[str]) -> int:
    """Add the genres of a quality that may be weak ("not too scary"); return the index of the next word to read."""
    end, genres = _scope(text, degree.end, longest=1)
    end = max(end, degree.end + 1)
    if text.at(degree.start - 1) in ("is", "are", "that's", "thats", "that", "which") or not is_in_theme(
        text, degree.start
    ):
        excluded += [genre for genre in genres if not _is_named(text, genre, degree.end, end)]
        text.mark_read(degree.start, end)
    return end


def _read_negation(text: Text, negator: Found[bool], excluded: list[str]) -> int:
    """Add the genres that follow a word such as "no"; return the index of the next word to read."""
    end, genres = _scope(text, negator.end, longest=1 if text.plain[negator.start] == "non" else _SCOPE_WORDS)
    if len(set(genres)) > 1:  # "romantic films, no romantic comedies"
        genres = _not_named(text, genres, negator.start, len(text))
    if genres:
        is_whole_kind = _names_kind(text, negator.end, end)
        excluded += genres if is_whole_kind else _not_named(text, genres, negator.start, end)
    elif _is_unwanted_theme(text, negator) or (_is_strong(text, negator) and not is_in_theme(text, negator.start)):
        end = _clause_end(text, negator.end)
    else:
        return negator.start + 1
    text.mark_read(negator.start, end)
    return max(end, negator.end)


def _names_kind(text: Text, start: int, end: int) -> bool:
    """Return whether some words name a whole kind of film.

    A quality ("scary but not gory") or a part ("westerns, no spaghetti westerns") excludes no genre that is asked for.
    """
    while start < end and text.at(start) in ("a", "an", "the", "any", "more", "another"):
        start += 1
    first = GENRE_WORDS.at(text, start)
    found = (first, *(GENRE_WORDS.at(text, place) for place in range(start + 1, end)))
    return first is not None and any(word is not None and word.value.is_noun and not word.value.stays for word in found)


def _not_named(text: Text, genres: list[str], start: int, end: int) -> list[str]:
    """Return the genres that no word outside some words names."""
    return [genre for genre in genres if not _is_named(text, genre, start, end, by_noun=False)]


def _is_named(text: Text, genre: str, start: int, end: int, *, by_noun: bool = True) -> bool:
    """Return whether a noun, or any word, outside some words names a genre."""
    places = (*range(start), *range(end, len(text)))
    found = (GENRE_WORDS.at(text, place) for place in places)
    return any(
        word is not None and (word.value.is_noun or not by_noun) and genre in word.value.genres for word in found
    )


def _is_strong(text: Text, negator: Found[bool]) -> bool:
    strong = _UNWANTED.at(text, negator.start) or _STRONG.at(text, negator.start)
    return strong is not None and strong.end == negator.end and text.at(negator.end) not in ("than", "of")


def _clause_end(text: Text, start: int) -> int:
    """Return the end of the words for something unwanted that is no genre: "without the violence"."""
    end = start
    while end < min(start + _SCOPE_WORDS, len(text)) and text.plain[end] not in _SCOPE_ENDS:
        if end > start and text.words[end].begins_clause:
            break
        end += 1
    return end


def _scope(text: Text, start: int, *, longest: int) -> tuple[int, list[str]]:
    """Return the end of the negated words, which is after the last genre and its noun, and the genres among them."""
    genres: list[str] = []
    last, index = start, start
    while index < min(start + longest, len(text)):
        if index > start and (text.words[index].begins_sentence or text.plain[index] in _SCOPE_ENDS):
            break
        if index > start and text.words[index].begins_clause and not _continues_list(text, index):
            break
        found = GENRE_WORDS.at(text, index)
        if found is None:
            index += 1
            continue
        genres += found.value.genres
        index = last = found.end
    while last < len(text) and genres and text.at(last) in _TRAILING and not text.words[last].begins_clause:
        last += 1
    return last, genres


_TRAILING = frozenset(
    [
        "film",
        "films",
        "movie",
        "movies",
        "flick",
        "flicks",
        "stuff",
        "elements",
        "please",
        "story",
        "stories",
        "parts",
        "either",
        "at",
        "all",
    ]
)


def _continues_list(text: Text, index: int) -> bool:
    """Return whether the negation continues after a comma: "no horror, romance or war"."""
    place = index + 1 if text.at(index) in ("or", "and", "nor") else index
    found = GENRE_WORDS.at(text, place)
    if found is None:
        return False
    end = found.end
    return end >= len(text) or text.words[end].begins_clause or text.at(end) in ("or", "and", "nor")
