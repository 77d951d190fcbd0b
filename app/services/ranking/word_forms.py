"""Singular and plural forms of the words of a request: "trains" finds a film about a train."""

import re

_WORD = re.compile(r"[^\W_]+")
_MIN_LETTERS = 3


def with_word_forms(text: str) -> str:
    """Return a text followed by the plural of its singular words and the singular of its plural words, in English.

    A plot does not need this, because it has enough words.
    """
    words = _WORD.findall(text.lower())
    return " ".join([text, *(form for word in words for form in _other_forms(word))])


def _other_forms(word: str) -> list[str]:
    if len(word) < _MIN_LETTERS:
        return []
    if word.endswith("ies"):
        return [f"{word[:-3]}y", word[:-1]]
    if word.endswith(("sses", "xes", "ches", "shes")):
        return [word[:-2]]
    if word.endswith("ves"):
        return [f"{word[:-3]}f", word[:-1]]
    if word.endswith("ss"):
        return []
    if word.endswith("s"):
        return [word[:-1]]
    return [f"{word}s"]
