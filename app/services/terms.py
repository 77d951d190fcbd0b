"""The terms of a text: the words by which a query and a film are compared, whatever their endings."""

import hashlib
import re
import unicodedata
from functools import lru_cache

_STEM_LETTERS = 6
"""Words are equal if their first letters are: as good as a Porter stemmer here, in any language, without a library."""

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
    """Return the words of a text that are compared: without accents, capitals and endings; no stop words."""
    plain = _POSSESSIVE.sub("", text)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word[:_STEM_LETTERS] for word in _WORD.findall(plain.lower()) if word not in _STOP_WORDS]


@lru_cache(maxsize=8192)
def term_key(term: str) -> int:
    """Return the number that stands for a term in the index: the first eight bytes of its BLAKE2b hash."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
