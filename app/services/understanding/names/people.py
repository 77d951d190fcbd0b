"""Directors and actors in a request: by full name, or by surname with a cue such as "directed by"."""

from collections.abc import Sequence

from app.services.understanding.film_nouns import FILM_NOUNS, LINKING_WORDS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film
from app.services.understanding.understood import Lookups, PeopleLookup
from app.services.understanding.words import Text, phrase_set, plain_words, without_repeats, word_set

MAX_NAME_WORDS = 4

_MIN_MISSPELT_LETTERS = 6
_MIN_LETTERS_BEFORE_GENRE = 8
_MAX_WORDS_AFTER_SURNAME = 2

_CREDIT_CUES = phrase_set(
    "staring, whit, w, directed bye, dir by, direct by, directer",
    "by, by the, directed by, directed by the, director, from director, made by, film by, films by, movies by",
    "movie by, starring, stars, with actor, with actress, actor, actress, filmmaker, auteur, featuring",
    "written by, helmed by, shot by, from the director",
)
_LOOSE_CUES = phrase_set("with, from, and, of, star")
_NEGATORS = phrase_set("not, no, except, without, excluding, other than, besides, minus, isn't, but not")
_SIBLINGS = frozenset({"brothers", "bros", "siblings", "sisters", "brother"})
_JOINTS = word_set("and or")
_AFTER_LIST = word_set("from about with set in that where please")
_SUBJECTS = frozenset({"about", "like", "on"})
_STARTS_NO_NAME = word_set(
    "a an the of in on at to for and or but with by from like as is are was film films movie movies about not",
    "no i me my has have had who",
)
_MODIFIERS = word_set("a an the some any good best great early late other more classic vintage old famous all")
_ORDINARY_WORDS = word_set(
    "young king love west ford stone lean hill wise lee ray gray grey black white brown green day hall wood",
    "woods reed rice fox wolf bird cook baker hunter knight page price rose cross field fields forest lake",
    "rivers banks bank bush cage church grant hurt hunt law long lord major may power powers star swift winter",
    "winters summer waters ward wells swan short small strong good best hope joy grace faith rock cruise",
    "bridges parks french german english ireland holland london paris berlin lynch mann man bay anger marker",
    "night dark light war peace crime guest gold golden silver head heard hardy noir carpenter smith taylor",
    "mason miller fisher shepherd butler parker porter sharp simple savage moody blood bond bloom berry child",
    "christian dance dee cool crook drama fear fire freeman gore glass hand hard hart hawks heart holm horn",
    "house kid killer lane little loy marks marsh mars mills monk moon more moss murder new north nun old olds",
    "pan park peck penny pope rain ran root sand sea shark ship snow soul south space sun sweet thing time",
    "town train trains twins valley voice walker wall wayne weeks wild will wolfe wright year",
)
"""Surnames that are also words: without a capital letter they are names only after "by"."""


def read_people(text: Text, lookups: Lookups) -> tuple[str, ...]:
    """Return the people that a request names, and mark their names as read."""
    people = lookups.people
    names = _read_full_names(text, people)
    if not names:
        names = _read_surnames(text, people) or _read_misspelt(text, people)
    if not names:
        names = _read_rare_surname(text, lookups)
    return without_repeats(names)


def _read_full_names(text: Text, people: PeopleLookup) -> list[str]:
    names: list[str] = []
    index = 0
    while index < len(text):
        end = _full_name_end(text, people, index, names)
        if end is None:
            index += 1
        else:
            if _mark_with_cue(text, index, end):
                names.pop()
            index = end
    return names


def _full_name_end(text: Text, people: PeopleLookup, start: int, names: list[str]) -> int | None:
    """Add the person whose full name begins at a word; return the end of the name, or None if no name begins."""
    if text.plain[start] in _STARTS_NO_NAME or text.at(start - 1) == "about" or text.is_read[start]:
        return None
    if _has_capitals(text) and not text.words[start].is_capital:
        return None
    for end in range(min(start + MAX_NAME_WORDS, len(text)), start + 1, -1):
        if any(word.begins_sentence and "." not in word.gap for word in text.words[start + 1 : end]):
            continue
        if any(text.is_read[start:end]):
            continue
        found = people.people_named(" ".join(text.plain[start:end]))
        if found:
            names.append(found[0])
            return end
    return None


def _read_surnames(text: Text, people: PeopleLookup) -> list[str]:
    names = _read_list(text, people)
    for index, word in enumerate(text.words):
        if text.is_read[index] or word.plain in _STARTS_NO_NAME or not _has_cue(text, index):
            continue
        found = people.people_surnamed(word.plain) or people.people_surnamed(word.plain.removesuffix("s"))
        if not found or (not word.is_capital and not _has_credit_cue(text, index) and _begins_with(found, word.plain)):
            continue  # "john wayn" is not John Rhys-Davies
        are_siblings = text.at(index + 1) in _SIBLINGS
        if not _mark_with_cue(text, index, index + 1 + are_siblings):
            names += found if are_siblings else found[:1]
    return names


def _read_list(text: Text, people: PeopleLookup) -> list[str]:
    """Return the people of surnames joined by "and" or "or": "Truffaut and Godard", "keaton or chaplin shorts"."""
    for start in range(len(text) - 2):
        if not (_has_credit_cue(text, start) or _is_at_head(text, start)):
            continue
        names: list[str] = []
        end = start
        while (found := _listed_at(text, people, end)) is not None:
            names.append(found)
            end += 2
        end -= 1  # the joint after the last name
        follows = text.at(end) in FILM_NOUNS or GENRE_WORDS.at(text, end) is not None
        if len(names) > 1 and (text.ends_clause(end) or follows or text.at(end) in _AFTER_LIST):
            return [] if _mark_with_cue(text, start, end) else names
    return []


def _listed_at(text: Text, people: PeopleLookup, index: int) -> str | None:
    """Return the person whose surname is at an index and is the first of a list or follows a joint."""
    if index >= len(text) or not (text.at(index + 1) in _JOINTS or text.at(index - 1) in _JOINTS):
        return None
    word = text.words[index]
    if text.is_read[index] or word.plain in _STARTS_NO_NAME or (word.plain in _ORDINARY_WORDS and not word.is_capital):
        return None
    found = people.people_surnamed(word.plain)
    return found[0] if found and (word.is_capital or not _begins_with(found, word.plain)) else None


def _read_misspelt(text: Text, people: PeopleLookup) -> list[str]:
    """Return the person whose name has typing errors, after "by" or alone: "by hitchcok", "tarentino films"."""
    for start in range(len(text)):
        has_cue = _has_credit_cue(text, start)
        if text.is_read[start] or not (has_cue or _is_at_head(text, start)) or text.at(start) in _STARTS_NO_NAME:
            continue
        for end in range(min(start + MAX_NAME_WORDS - 1, len(text)), start, -1):
            if not _may_be_misspelt(text, start, end, has_cue=has_cue):
                continue
            found = people.people_nearly_named(text.written(start, end))
            if found:
                return [] if _mark_with_cue(text, start, end) else [found[0]]
    return []


def _may_be_misspelt(text: Text, start: int, end: int, *, has_cue: bool) -> bool:
    if any(text.is_read[start:end]) or any(word in FILM_NOUNS for word in text.plain[start:end]):
        return False
    if len(text.plain[end - 1]) < _MIN_MISSPELT_LETTERS or GENRE_WORDS.ending_at(text, end) is not None:
        return False
    kind = GENRE_WORDS.at(text, end)
    if kind is not None and kind.value.is_noun:
        return end > start + 1 or len(text.plain[start]) >= _MIN_LETTERS_BEFORE_GENRE
    return (
        text.ends_clause(end)
        or text.at(end) in FILM_NOUNS
        or (has_cue and text.at(end) in ("about", "with", "from", "set"))
    )


def _read_rare_surname(text: Text, lookups: Lookups) -> list[str]:
    """Return the person of a surname with which no title begins: "kurosawa samurai", "films from scorsese"."""
    for index, word in enumerate(text.plain):
        is_short = 1 < len(text) <= _MAX_WORDS_AFTER_SURNAME + 1 and text.at(1) not in LINKING_WORDS
        is_first = index == 0 and (is_short or text.at(1) == "but")
        is_last = text.at(index - 1) in ("from", "with") and index + 1 == len(text)
        if not (is_first or is_last) or len(word) < _MIN_MISSPELT_LETTERS or text.is_read[index]:
            continue
        found = [] if word in _ORDINARY_WORDS | _STARTS_NO_NAME else lookups.people.people_surnamed(word)
        if found and not lookups.titles.films_titled(word) and not lookups.titles.films_beginning(word):
            text.mark_read(index - is_last, index + 1)
            return [found[0]]
    return []


def _has_capitals(text: Text) -> bool:
    """Return whether the writer uses capitals, apart from those of titles, which have been read."""
    return any(
        word.is_capital and not word.plain[0].isdigit() and not text.is_read[index]
        for index, word in enumerate(text.words)
        if index
    )


def _begins_with(names: Sequence[str], word: str) -> bool:
    """Return whether a word is the beginning of each name, such as "Bong" of "Bong Joon-ho"."""
    return all(plain_words(name)[:1] == [word] for name in names)


def _has_credit_cue(text: Text, index: int) -> bool:
    return _CREDIT_CUES.ending_at(text, index, longest=3) is not None


def _has_cue(text: Text, index: int) -> bool:
    """Return whether the words around a word show that it is a name."""
    word = text.words[index]
    if text.at(index - 1) in _SUBJECTS:
        return False
    if _has_credit_cue(text, index) or (text.at(index - 1) == "did" and text.at(index + 1) in ("direct", "make")):
        return True
    if text.at(index + 1) in _SIBLINGS:
        return True
    if word.plain in FILM_NOUNS or GENRE_WORDS.at(text, index) is not None:
        return False
    is_name_like = word.plain not in _ORDINARY_WORDS if not word.is_capital else True
    if not is_name_like or (word.is_capital and index == 0 and word.plain in _ORDINARY_WORDS):
        return False
    if all(is_read or place == index or text.plain[place] in _MODIFIERS for place, is_read in enumerate(text.is_read)):
        return True
    if describes_film(text, index + 1) and (word.is_possessive or _is_at_head(text, index)):
        return True
    return word.is_capital and _has_capitals(text) and _LOOSE_CUES.ending_at(text, index, longest=1) is not None


def _is_at_head(text: Text, index: int) -> bool:
    """Return whether only articles and read words precede a word: "a Tarantino film", "the best Ozu dramas"."""
    return all(text.is_read[place] or text.plain[place] in _MODIFIERS for place in range(index))


def _mark_with_cue(text: Text, start: int, end: int) -> bool:
    """Mark a name as read with the words that lead to it; return whether they say that the person is not wanted."""
    cue = _CREDIT_CUES.ending_at(text, start, longest=3) or _LOOSE_CUES.ending_at(text, start, longest=1)
    first = cue.start if cue is not None else start
    negator = _NEGATORS.ending_at(text, first, longest=2)
    text.mark_read(first if negator is None else negator.start, end)
    return negator is not None
