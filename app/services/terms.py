"""The terms of a text: its words, reduced to the form in which queries and films are compared."""

import hashlib
import re
import unicodedata
from functools import lru_cache

_STEM_LETTERS = 6
"""Words with the same first letters are the same term. Measured here, this is as good as a Porter stemmer; it works in
any language and needs no library."""

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does don down during each few for from further had has have having he her here hers herself him himself
    his how i if in into is it its itself just ll may me more most my no nor not now of off on once one only or
    other our out over own re s same she should so some such t than that the their them themselves then there these
    they this those through to too under until up ve very was we were what when where which while who whom why will
    with would you your film movie
    """.split()  # noqa: SIM905
)


def terms(text: str) -> list[str]:
    """Return the terms of a text: its words without stop words, in lower case, without accents and endings."""
    plain = _POSSESSIVE.sub("", text)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word[:_STEM_LETTERS] for word in _WORD.findall(plain.lower()) if word not in _STOP_WORDS]


@lru_cache(maxsize=8192)
def term_key(term: str) -> int:
    """Return the key of a term in the index: the first eight bytes of its BLAKE2b hash."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
