"""Parsing of languages into ISO 639-1 codes, from codes, locales and names."""

import re
from functools import lru_cache

from app.indexing.catalogue.fields.names import names
from app.services.names.language_names import usual_code

_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)


def language_of(value: object) -> str | None:
    """Return the code of the first language in a value (`en`, `en-US`, `eng`, `English, French`), or None."""
    if not isinstance(value, str) or value[:1] in {"[", "{"}:
        value = next(iter(names(value)), None)
    return _of_text(value) if isinstance(value, str) else None


@lru_cache(maxsize=1024)
def _of_text(text: str) -> str | None:
    first = re.split(r"[,;|/]", text)[0].strip(" []'\"{}")
    if code := usual_code(first):
        return code
    match = _CODE.fullmatch(first)  # a code that no list has, such as one of a catalogue's own
    return match[1].lower() if match else None
