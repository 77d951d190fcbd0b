"""Conversion of text with markup, entities, invisible characters or compatibility forms to plain text."""

import html
import re
import unicodedata

_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code dfn em font i ins kbd mark nobr q s samp small span strike strong sub sup "
    "tt u var wbr"
)
_BLOCK_TAGS = (
    "address article aside blockquote body br button center dd del details div dl dt figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hr html img label li link main meta nav ol option p picture pre section select source "
    "summary table tbody td tfoot th thead time title tr ul video"
)
_TAG = r"</?(?:{names})(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*\s*/?>"
_HIDDEN = re.compile(
    r"<(?P<opened>style|script|xml|head|object|template)\b[^<>]*>|</(?P<closed>style|script|xml|head|object|template)\s*>"
    r"|(?P<comment><!--)|(?P<end>-->)",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"<!\[[^<>]*\]>|<!doctype[^<>]*>|<\?[a-z][^<>]*>", re.IGNORECASE)
_INLINE = re.compile(_TAG.format(names=_INLINE_TAGS.replace(" ", "|") + r"|[a-z]\w*:[a-z]\w*"), re.IGNORECASE)
_BLOCK = re.compile(_TAG.format(names=_BLOCK_TAGS.replace(" ", "|")), re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|&nbsp(?![a-zA-Z])")
_MAX_ESCAPES = 3
"""How often text may have been escaped: `&amp;lt;b&amp;gt;` was escaped twice."""

_CONTROLS = re.compile("[\0-\x08\x0e-\x1b\x7f]")
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
    # Joiners shape Arabic and Indic words and emoji; next to Latin letters they have no effect.
    "|(?<=[\u0000-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u024f])|^[\u200c\u200d]|[\u200c\u200d]$"
)
_MAYBE_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_NOT_FOLDED = re.compile(
    # Superscripts and fractions (Alien³, 8½) would become other numbers, spacing accents a space and a loose accent,
    # the trademark sign letters, and the ellipsis and primes several characters.
    "[\u00a8\u00aa\u00af\u00b2-\u00b4\u00b8-\u00ba\u00bc-\u00be\u02d8-\u02dd\u037a\u0384\u0385\u1d2c-\u1d6a"
    "\u1fbd\u1fbf-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed-\u1fef\u1ffd\u1ffe\u2017\u2026\u2033-\u2037\u203e\u2057\u2070-\u209f"
    "\u2120\u2122\u2150-\u215f\u2189]"
)


def plain_text(text: str) -> str:
    """Return `text` without tags, entities, control characters and invisible characters, in NFKC.

    A `<` that opens no HTML tag is kept. So are superscripts, fractions and a few signs that NFKC would turn into other
    words. Line breaks and spaces are kept; if markup was removed, repeated spaces become one.
    """
    text = _CONTROLS.sub("", text)
    if text.isascii() and "<" not in text and "&" not in text:
        return text
    for _ in range(_MAX_ESCAPES):
        unescaped = _ENTITY.sub(_character, _without_tags(text)) if "<" in text or "&" in text else text
        if unescaped == text:
            break
        text = unescaped
    if text.isascii():
        return text
    if _MAYBE_INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    return text if unicodedata.is_normalized("NFKC", text) else _folded(text)


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    spaced = _BLOCK.sub(" ", _INLINE.sub("", _DECLARATION.sub(" ", _without_hidden(text))))
    return text if spaced == text else re.sub(" {2,}", " ", spaced).strip()


def _without_hidden(text: str) -> str:
    """Remove comments and the elements whose content is never shown; keep an element without a closing tag."""
    kept = []
    position = start = 0
    inside = ""
    for match in _HIDDEN.finditer(text):
        opened = "comment" if match["comment"] else (match["opened"] or "").lower()
        closed = "comment" if match["end"] else (match["closed"] or "").lower()
        if not inside and opened:
            inside, start = opened, match.start()
        elif inside and inside == closed:
            kept += [text[position:start], " "]
            position, inside = match.end(), ""
    return "".join([*kept, text[position:]])


def _character(match: re.Match[str]) -> str:
    entity = match[0] if match[0].endswith(";") else match[0] + ";"
    character = html.unescape(entity)
    return match[0] if character == entity else character


def _folded(text: str) -> str:
    """Apply NFKC to all but the characters that it would turn into other words."""
    pieces = []
    position = 0
    for match in _NOT_FOLDED.finditer(text):
        pieces += [unicodedata.normalize("NFKC", text[position : match.start()]), match[0]]
        position = match.end()
    pieces.append(unicodedata.normalize("NFKC", text[position:]))
    return "".join(pieces)
