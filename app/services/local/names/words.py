"""The words of a name, in the form in which names are compared."""

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"№": "#", "♥": " heart ", "❤": " heart "}
)
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_OWN_WORD = re.compile(r"[¼-¾⅐-⅞↉]|[⁰¹²³⁴-⁹]+")  # "8½" is 8 and 1/2, "Alien³" is Alien 3
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[^\W_]+(?:[-·.:/*&][^\W_]+)+")
_SYMBOLS = re.compile(r"[$&+#@%€£¥♥❤^=|~<>°]")
_DIGITS_AS_LETTERS = re.compile(r"(?=[a-z]*\d)[a-z][a-z0-9]*[a-z]")
_LETTERS_OF_DIGITS = str.maketrans("013457", "oieasv")  # S1m0ne, Se7en
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

# Spellings that mean the same, in the order in which they are replaced.
_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\d)[,.](?=\d{3}(?!\d))", ""),  # 20,000
        (r"(?<=\d)\.5(?!\d)", " 1/2 "),
        (r"(?:#|\bno\. ?)(?=\d)", " number "),
        (r"(?<=\d) ?%", " percent "),
        (r"(?<=\d)\+(?=\d)", " "),  # 33+1/3
        (r"(?<![^\w\s])&(?![^\w\s])", " and "),
        (r"(?<=[\w\s])\+(?=\s*\w)", " and "),
        (r"(?<=[^\W\d_])\$|\$(?=[^\W\d_])", "s"),  # Ca$h
        (r"(?<=\w)@(?=\w)", " at "),
    )
)
_NEEDED_BY_SPELLINGS = re.compile(r"[\d&+$@]")
"""Each pattern needs one of these characters, which few names have."""


def name_words(name: str) -> list[str]:
    """Return the words of a name: lower case, without accents, apostrophes and punctuation.

    A name without letters and digits ("$") is one word of its symbols.
    """
    plain = _plain(name)
    if not _WORD.search(plain):
        symbols = "".join(name.split())
        return [symbols] if symbols else []
    if _NEEDED_BY_SPELLINGS.search(plain):
        for pattern, replacement in _SPELLINGS:
            plain = pattern.sub(replacement, plain)
    return plain.split() if plain.isalnum() else _split(plain)


def other_words(name: str) -> list[str]:
    """Return more words that find a name: "spiderman" for "Spider-Man", "seven" for "Se7en", "$" for "$9.99"."""
    plain = _plain(name)
    joined = ["".join(_WORD.findall(part)) for part in _JOINED.findall(plain)]
    letters = [word.translate(_LETTERS_OF_DIGITS) for word in name_words(name) if _DIGITS_AS_LETTERS.fullmatch(word)]
    return [*joined, *letters, *_SYMBOLS.findall(name)]


def has_no_spaces(word: str) -> bool:
    """Return whether a word is in a script that puts no spaces between words, such as Chinese or Thai."""
    return _SPACELESS.search(word) is not None


def letter_bits(word: str) -> int:
    """Return 64 bits that say which letters a word has; letters 64 apart in Unicode share a bit."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits


def _plain(name: str) -> str:
    """Return the name in lower case, without accents and apostrophes, its fractions and exponents as words."""
    if name.isascii():
        return _APOSTROPHES.sub("", name.lower())
    spaced = _OWN_WORD.sub(r" \g<0> ", _APOSTROPHES.sub("", name))
    decomposed = unicodedata.normalize("NFKD", spaced.translate(_PLAIN_LETTERS))
    kept = "".join(
        letter for letter in decomposed if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return kept.casefold().translate(_PLAIN_LETTERS)


def _split(plain: str) -> list[str]:
    if plain.isascii():
        return _WORD.findall(plain)
    # Vowel signs of Thai or Devanagari belong to the word; the pattern \w leaves them out.
    return "".join(letter if _is_of_word(letter) else " " for letter in plain).split()


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"
