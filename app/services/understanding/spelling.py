"""Correction of typing errors in the words by which requests name kinds of film: "horor", "documantary", "fench"."""

from app.services.understanding.words import Text, word_set

_MIN_LETTERS = 5
_MIN_LETTERS_FOR_TWO_ERRORS = 9

_ALIASES = {
    **dict.fromkeys(("syfy", "scfi", "sifi", "scyfi", "scifie", "scify"), "scifi"),
    **{
        "wester": "western",
        "westers": "westerns",
        "flim": "film",
        "flims": "films",
        "comedie": "comedy",
        "comedys": "comedies",
    },
    **{"musicles": "musicals", "musicle": "musical", "mysterys": "mysteries", "documentarys": "documentaries"},
}
_NATIONALITIES = word_set(
    "french italian japanese spanish german korean chinese russian swedish danish norwegian finnish mexican brazilian",
    "hungarian turkish iranian british american australian scandinavian bollywood",
)
_WORDS = _NATIONALITIES | word_set(
    "comedy comedies drama dramas horror thriller thrillers western westerns documentary documentaries romance",
    "romances romantic musical musicals animation animated cartoon cartoons mystery mysteries fantasy adventure",
    "adventures action superhero superheroes slasher movie movies science similar directed starring",
    "twenties thirties forties fifties sixties seventies eighties nineties",
)
"""Words that are typed wrong often enough; those that are near many other words are not among them."""

_REAL_WORDS = word_set(
    "moves moved mover starting starling starving sparring stirring staring finish auction auctions thrilled romanced",
    "adventurer adventurers smasher smashers brutish comely mastery carton cartons animating germain fortier",
    "americana americano americas italiano italiana mexicana",
)
"""Words that differ little from those above and are no typing errors."""


def correct_spelling(text: Text) -> None:
    """Replace misspelt words for genres, nationalities, decades and films in the compared form of a request."""
    text.plain = tuple(_corrected(text, index) for index in range(len(text)))


def _corrected(text: Text, index: int) -> str:
    word = text.plain[index]
    if len(word) < _MIN_LETTERS or word in _WORDS or word in _ALIASES:
        return _ALIASES.get(word, word)
    if word.endswith("ys") and f"{word[:-2]}ies" in _WORDS:  # "fiftys"
        return f"{word[:-2]}ies"
    near = {other for variant in _variants(word) for other in _BY_VARIANT.get(variant, ()) if other[0] == word[0]}
    if not near or word in _REAL_WORDS:
        return word
    if text.has_capitals and text.words[index].is_capital and index:
        near &= _NATIONALITIES  # other words with a capital are names
    from rapidfuzz.distance import OSA

    allowed = 2 if len(word) >= _MIN_LETTERS_FOR_TWO_ERRORS else 1
    found = [(OSA.distance(word, other), other) for other in near if not _is_form_of(word, other)]
    return min((pair for pair in found if pair[0] <= allowed), default=(0, word))[1]


def _is_form_of(word: str, other: str) -> bool:
    """Return whether the words differ in their endings only: "Germans", "Germany", "Russia"."""
    short, long = sorted((word, other), key=len)
    return long.startswith(short) and long != short and long[len(short) :] in ("s", "n", "y", "d", "r")


def _variants(word: str) -> set[str]:
    """Return a word, and what is left of it without any one letter; words with one error share a variant."""
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}


def _by_variant() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in sorted(_WORDS):
        for variant in _variants(word):
            words.setdefault(variant, []).append(word)
    return words


_BY_VARIANT = _by_variant()
