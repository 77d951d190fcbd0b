"""Detection of the language of a text from its frequent words or its script; no guess if it has too few of them."""

import unicodedata
from collections import Counter

from app.services.understanding.words import plain_words, word_set

MAX_CHARACTERS = 300
"""Only the beginning of a text is looked at."""

_MIN_WORDS = 5
_MIN_FREQUENT_WORDS = 3
_MIN_SHARE = 0.2
_MIN_SHARE_AT_A_GLANCE = 0.3
_MIN_SHARE_OF_SCRIPT = 0.5

# Without accents and capitals, as words are compared.
_FREQUENT_WORDS = {
    "en": word_set(
        "the of and to in a is his her with for on who he she that an as by it from they at when their was",
        "are but not movie film about like i my movies films",
    ),
    "pt": word_set(
        "de a o que e do da em um para com nao uma os no se na por mais as dos como mas ao ele das seu sua ou",
        "quando muito nos ja tambem pelo pela ate ela entre depois sem mesmo aos seus quem nas eles filme",
        "filmes",
    ),
    "es": word_set(
        "de la que el en y a los se del las un por con no una su para es al lo como mas o pero sus le ha sin",
        "sobre este ya entre cuando todo esta ser son tambien fue habia era muy hasta desde pelicula",
        "peliculas",
    ),
    "fr": word_set(
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec",
        "son sa ses mais comme ou leur elle aux cette l'un d'un d'une qu'il films",
    ),
    "de": word_set(
        "der die und in den von zu das mit sich des auf fur ist im dem nicht ein eine als auch es an werden",
        "aus er hat dass sie nach wird bei einer um am sind noch wie einem uber einen zum war haben nur oder",
        "aber filme",
    ),
    "it": word_set(
        "di e il la che in un a per una sono con non del si da al le dei come ma anche piu della nel alla gli",
        "lo ha suo sua dopo suoi dell'uomo film",
    ),
    "nl": word_set(
        "de het een en van in is op te dat die voor met zijn hij niet aan er om maar ook als bij door naar",
        "haar wordt uit",
    ),
    "sv": word_set("och att det som en pa ar av for med den till i han hon inte om ett sig fran men hans filmer"),
    "da": word_set("og at det som en pa er af for med den til i han hun ikke om et sig fra men hans"),
    "pl": word_set("i w na z do sie ze nie jest to jak po o od za przez jego jej dla ale ktory ktora film filmy"),
    "tr": word_set("bir ve bu icin ile da de cok olan daha gibi kadar sonra olarak ama her film filmi"),
}
_NAMES = {
    **{"pt": "Portuguese", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian", "nl": "Dutch"},
    **{"sv": "Swedish", "da": "Danish or Norwegian", "pl": "Polish", "tr": "Turkish", "ru": "Russian", "el": "Greek"},
    **{"he": "Hebrew", "ar": "Arabic", "hi": "Hindi", "th": "Thai", "ko": "Korean", "ja": "Japanese", "zh": "Chinese"},
}
_SCRIPTS = {
    **{"CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "DEVANAGARI": "hi", "THAI": "th"},
    **{"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh"},
}


def language_of(text: str) -> str | None:
    """Return the code of the language of a text; None if it is not clear."""
    beginning = text[:MAX_CHARACTERS]
    if _is_plainly_english(beginning):
        return "en"
    if not beginning.isascii():
        language = _language_of_script(beginning)
        if language is not None:
            return language
    words = plain_words(beginning)
    if len(words) < _MIN_WORDS:
        return None
    counts = {language: sum(word in frequent for word in words) for language, frequent in _FREQUENT_WORDS.items()}
    best, second = sorted(counts, key=lambda language: -counts[language])[:2]
    is_clear = counts[best] >= max(_MIN_FREQUENT_WORDS, _MIN_SHARE * len(words)) and counts[best] > counts[second]
    return best if is_clear else None


def _is_plainly_english(text: str) -> bool:
    """Return whether a text is English by a quick test, because most texts are."""
    words = text.lower().split()
    english = sum(map(_FREQUENT_WORDS["en"].__contains__, words))
    return len(words) >= _MIN_WORDS and english >= max(_MIN_FREQUENT_WORDS, _MIN_SHARE_AT_A_GLANCE * len(words))


def language_name(code: str) -> str:
    """Return the English name of a language that `language_of` returns."""
    return _NAMES.get(code, "English")


def _language_of_script(text: str) -> str | None:
    """Return the language of the script of most letters; None for the Latin script."""
    letters = [letter for letter in text if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters if not letter.isascii())
    languages = Counter[str]()
    for script, count in scripts.items():
        if script in _SCRIPTS:
            languages[_SCRIPTS[script]] += count
    if not languages:
        return None
    if languages["ja"] and languages["zh"]:  # Japanese has both kana and Chinese characters
        languages["ja"] += languages.pop("zh")
    language, count = languages.most_common(1)[0]
    return language if count >= _MIN_SHARE_OF_SCRIPT * len(letters) else None
