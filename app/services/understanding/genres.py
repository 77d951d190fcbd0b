"""Genres in a request: nouns for kinds of film, adjectives and topics, words for a mood."""

from app.services.understanding.film_nouns import FILM_NOUNS, LINKING_WORDS, NOUNS_AFTER_KINDS, THEME_OPENINGS
from app.services.understanding.genre_words import GENRE_WORDS, MOODS, GenreWord, Role
from app.services.understanding.ranges.amounts import number_at
from app.services.understanding.words import Found, Text, phrase_set, word_set

_AMOUNTS = word_set("lot lots much less added bit little touch dose")
_BEFORE_AUDIENCE = word_set("a my the our whole entire young small little all your year old")
_AUDIENCE = word_set("kids children family kid child toddler toddlers preschoolers grandkids grandchildren little")
_NO_GENRES = phrase_set("up doc")
"""Phrases whose last word is no genre: "What's Up, Doc?"."""

_AUXILIARIES = word_set("can could will would might should")
_VERBS_OF_WATCHING = word_set("watch see like love enjoy handle")
_MAX_AGE_OF_CHILD = 11
_FOR_CHILDREN = GenreWord(("Family",), Role.NOUN)
_MODIFIERS = word_set("a an the some any good great best old new classic more other and or really very kind sort of")
_BESIDE_GENRES = _MODIFIERS | FILM_NOUNS | {"but", "yet"}
_CLOSINGS = word_set("please thanks from in of made and or too but yet though")


def read_genres(text: Text, *, changes_films: bool = False) -> list[Found[GenreWord]]:
    """Return the words for genres that a request asks for, and mark those read that need not be compared.

    `changes_films` is whether the request names films and says how others should differ: "but with jokes".
    """
    ages = [Found(index, index + 2, _FOR_CHILDREN) for index in range(len(text)) if _is_age_of_child(text, index)]
    for age in ages:
        text.mark_read(age.start - 1, age.end)
    audiences = []
    for phrase in GENRE_WORDS.all(text):
        start = _audience_start(text, phrase)
        if start is not None:
            audiences.append(phrase)
            text.mark_read(start, phrase.end)
    as_topics = _has_only_genres(text)
    found = [
        phrase
        for phrase in GENRE_WORDS.all(text)
        if _NO_GENRES.ending_at(text, phrase.end) is None
        and (as_topics or _is_asked_for(text, phrase) or _is_part_of_film(text, phrase, changes_films=changes_films))
    ]
    if changes_films:
        found += MOODS.all(text)
        for phrase in found:
            text.mark_read(_start_of_amount(text, phrase), phrase.start)
    for phrase in found:
        if not phrase.value.stays:
            text.mark_read(phrase.start, phrase.end)
    return found + audiences + ages


def _is_age_of_child(text: Text, index: int) -> bool:
    """Return whether words say that the film is for a child: "for my 6 year old"."""
    if text.at(index) not in ("year", "years", "yr") or text.at(index + 1) not in ("old", "olds"):
        return False
    age = number_at(text, index - 1)
    lead = index - 2
    while text.at(lead) in ("a", "an", "my", "our", "the", "their"):
        lead -= 1
    is_child = age is not None and age.value <= _MAX_AGE_OF_CHILD
    return is_child and (text.at(lead) in ("for", "with") or _will_watch(text, lead + 1, index + 2))


def _will_watch(text: Text, start: int, end: int) -> bool:
    """Return whether words name those who watch: "my kids would love", "our 8 year old can watch"."""
    return text.at(start) in ("my", "our") and text.at(end) in _AUXILIARIES and text.at(end + 1) in _VERBS_OF_WATCHING


def _has_only_genres(text: Text) -> bool:
    """Return whether only words for genres remain, so that "war" alone asks for the genre."""
    index = 0
    while index < len(text):
        found = GENRE_WORDS.at(text, index)
        if found is not None:
            index = found.end
        elif text.is_read[index] or text.plain[index] in _BESIDE_GENRES:
            index += 1
        else:
            return False
    return True


def _is_asked_for(text: Text, phrase: Found[GenreWord]) -> bool:
    """Return whether a word for a genre describes the films wanted, and not what they are about."""
    if is_in_theme(text, phrase.start) or text.at(phrase.end) in NOUNS_AFTER_KINDS:
        return False
    if phrase.value.is_noun:
        return not (text.at(phrase.start - 1) == "the" and text.at(phrase.end) == "of")  # "the horror of war"
    return describes_film(text, phrase.end) or _is_head(text, phrase)


def _is_part_of_film(text: Text, phrase: Found[GenreWord], *, changes_films: bool) -> bool:
    """Return whether a genre is asked for as a part of films: "films with romance", "like Heat but with comedy"."""
    if phrase.value.role is Role.TOPIC:
        return False
    lead = _start_of_amount(text, phrase) - 1
    if not changes_films:
        is_last = phrase.end >= len(text) or text.words[phrase.end].begins_clause
        of_films = text.at(lead - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, lead) is not None
        return text.at(lead) == "with" and of_films and is_last
    return text.at(lead) in ("with", "as", "has", "but", "on")


def _start_of_amount(text: Text, phrase: Found[GenreWord]) -> int:
    """Return the index of the first word that says how much of a genre is wanted: "a lot of comedy"."""
    index = phrase.start
    while text.at(index - 1) in _MODIFIERS or text.at(index - 1) in _AMOUNTS:
        index -= 1
    return index


def _is_head(text: Text, phrase: Found[GenreWord]) -> bool:
    """Return whether a part of the request ends with this word: "80s action", "pirate adventure with a parrot"."""
    after = phrase.end
    while after < len(text) and (text.is_read[after] or text.plain[after] in _CLOSINGS):
        after += 1
    is_last = after == len(text) or text.words[after].begins_clause
    if phrase.value.role is Role.HEAD:
        return is_last or text.plain[after] in THEME_OPENINGS
    return is_last and all(text.is_read[i] or text.plain[i] in _MODIFIERS for i in range(phrase.start))


def _audience_start(text: Text, phrase: Found[GenreWord]) -> int | None:
    """Return where "for kids", "for my children" or "to watch with the family" begins; None if it is not there."""
    if text.at(phrase.start) not in _AUDIENCE:
        return None
    index = phrase.start - 1
    while text.at(index) in _BEFORE_AUDIENCE:
        index -= 1
    if text.at(index) == "for":
        return index
    if _will_watch(text, index + 1, phrase.end):
        return index + 1
    names_company = text.at(index) == "with" and phrase.start > index + 1 and text.ends_clause(phrase.end)
    if names_company and index > 0 and text.is_read[index - 1]:  # "for a lazy sunday with the kids"
        return index
    return index - 1 if text.at(index) == "with" and text.at(index - 1) in ("watch", "see", "watching") else None


def is_in_theme(text: Text, index: int) -> bool:
    """Return whether a word belongs to what a film is about: after "about", "with" or "where" in the same clause."""
    for place in range(index - 1, -1, -1):
        if text.words[place + 1].begins_clause if place + 1 < len(text) else False:
            return False
        if text.plain[place] in THEME_OPENINGS and not text.is_read[place]:
            return True
        if text.plain[place] == "of" and text.at(place - 1) in FILM_NOUNS and not text.is_read[place]:
            return True
    return False


def describes_film(text: Text, index: int) -> bool:
    """Return whether a film noun or a noun for a kind of film follows, after nothing but words like adjectives."""
    for place in range(index, min(index + 4, len(text))):
        word = text.words[place]
        if word.begins_sentence or text.plain[place] in LINKING_WORDS:
            return False
        if text.plain[place] in FILM_NOUNS:
            return True
        kind = GENRE_WORDS.at(text, place)
        if kind is not None and (kind.value.is_noun or _ends_part(text, kind)):
            return True
    return False


def _ends_part(text: Text, phrase: Found[GenreWord]) -> bool:
    return phrase.value.role is Role.HEAD and text.ends_clause(phrase.end)
