"""Languages as ISO 639-1 codes, from codes, locales and English names."""

import re
from functools import lru_cache

_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)

_NAMES = (
    "af Afrikaans, sq Albanian, am Amharic, ar Arabic, hy Armenian, az Azerbaijani, eu Basque, be Belarusian, "
    "bn Bengali, bs Bosnian, bg Bulgarian, my Burmese, cn Cantonese, ca Catalan, zh Chinese, hr Croatian, cs Czech, "
    "da Danish, nl Dutch, en English, et Estonian, fi Finnish, fr French, gl Galician, ka Georgian, de German, "
    "el Greek, gu Gujarati, he Hebrew, hi Hindi, hu Hungarian, is Icelandic, id Indonesian, ga Irish, it Italian, "
    "ja Japanese, kn Kannada, kk Kazakh, km Khmer, ko Korean, ku Kurdish, ky Kyrgyz, lo Lao, la Latin, lv Latvian, "
    "lt Lithuanian, mk Macedonian, ms Malay, ml Malayalam, zh Mandarin, mr Marathi, mn Mongolian, ne Nepali, "
    "no Norwegian, nb Norwegian Bokmål, fa Persian, fa Farsi, pl Polish, pt Portuguese, pa Punjabi, ro Romanian, "
    "ru Russian, sr Serbian, sh Serbo-Croatian, si Sinhala, sk Slovak, sl Slovenian, so Somali, es Spanish, "
    "sw Swahili, sv Swedish, tl Tagalog, tl Filipino, ta Tamil, te Telugu, th Thai, bo Tibetan, tr Turkish, "
    "uk Ukrainian, ur Urdu, uz Uzbek, vi Vietnamese, cy Welsh, wo Wolof, yi Yiddish, zu Zulu, xx No Language"
)
_THREE_LETTERS = (
    "ara ar, ben bn, bul bg, cat ca, ces cs, cze cs, chi zh, cmn zh, zho zh, yue cn, dan da, deu de, ger de, dut nl, "
    "nld nl, ell el, gre el, eng en, est et, fas fa, per fa, fin fi, fra fr, fre fr, heb he, hin hi, hrv hr, hun hu, "
    "ice is, isl is, ind id, ita it, jpn ja, kan kn, kor ko, lit lt, lav lv, mal ml, mar mr, nor no, pol pl, por pt, "
    "ron ro, rum ro, rus ru, slk sk, slo sk, slv sl, spa es, srp sr, swe sv, tam ta, tel te, tha th, tgl tl, tur tr, "
    "ukr uk, urd ur, vie vi"
)
_CODE_OF_NAME = {name.casefold(): code for code, name in (item.split(" ", 1) for item in _NAMES.split(", "))}
_CODE_OF_LETTERS = dict(item.split(" ") for item in _THREE_LETTERS.split(", "))


def language_of(value: object) -> str | None:
    """Return the code of the first language in a value (`en`, `en-US`, `eng`, `English, French`), or None."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return _of_text(value) if isinstance(value, str) else None


@lru_cache(maxsize=1024)
def _of_text(text: str) -> str | None:
    first = re.split(r"[,;|/]", text)[0].strip(" []'\"{}")
    if code := _CODE_OF_NAME.get(first.casefold()):
        return code
    match = _CODE.fullmatch(first)
    letters = match[1].lower() if match else None
    return _CODE_OF_LETTERS.get(letters, letters) if letters else None
