"""Classification of a text as a plot, a request for films or a memory of one."""

import re

from app.services.understanding.film_nouns import NOUNS_AFTER_KINDS, STRICT_FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.openings import is_question, opens_like_request
from app.services.understanding.understood import Kind
from app.services.understanding.words import Text, word_set

MAX_REQUEST_WORDS = 25
MAX_SHORT_WORDS = 8
MAX_MEMORY_CHARACTERS = 3000
_EARLY_WORDS = 6

_FIRST_PERSON = re.compile(r"\b(?:I|[Mm]y|i)\b")
_FILM = re.compile(r"\b(?:film|movie|flick|cartoon|anime)\b", re.IGNORECASE)
_REMEMBERING = word_set("remember remembered saw seen watched recall forgot forgotten rented remembering childhood")


def is_plainly_plot(text: str) -> bool:
    """Return whether a text is a plot by a quick test: a long text is, unless it speaks of a film that was seen."""
    if text.count(" ") <= 2 * MAX_REQUEST_WORDS and "\n" not in text:
        return False
    return len(text) > MAX_MEMORY_CHARACTERS or not is_told_in_first_person(text)


def is_told_in_first_person(text: str) -> bool:
    """Return whether the writer speaks of themselves and of a film."""
    return _FILM.search(text) is not None and _FIRST_PERSON.search(text) is not None


def kind_of(text: Text) -> Kind:
    """Return what kind of text it is."""
    if _is_memory(text):
        return "memory"
    if len(text) > MAX_REQUEST_WORDS:
        return "plot"
    if len(text) > MAX_SHORT_WORDS and _is_statement(text):
        return "plot"
    if len(text) <= MAX_SHORT_WORDS or is_question(text) or opens_like_request(text) or _names_films_early(text):
        return "request"
    return "plot"


def _is_memory(text: Text) -> bool:
    if len(text) <= MAX_SHORT_WORDS or not is_told_in_first_person(text.text):
        return False
    return len(text) > MAX_REQUEST_WORDS or any(word in _REMEMBERING for word in text.plain)


def _names_films_early(text: Text) -> bool:
    for index in range(min(_EARLY_WORDS, len(text))):
        found = GENRE_WORDS.at(text, index)
        is_kind = found is not None and found.value.is_noun
        end = found.end if found is not None and is_kind else index + 1
        if (is_kind or text.plain[index] in STRICT_FILM_NOUNS) and text.at(end) not in NOUNS_AFTER_KINDS:
            return True
    return False


def _is_statement(text: Text) -> bool:
    """Return whether a text says what a film is: "The Killing is a 1956 crime film ..."."""
    if is_question(text) or opens_like_request(text):
        return False
    for index in range(1, len(text) - 1):
        if text.plain[index] in ("is", "was") and text.plain[index + 1] in ("a", "an", "the"):
            return text.plain[index - 1] not in ("that", "which", "who", "there", "it", "this", "not")
    return False
