"""Repair of UTF-8 text that was decoded in another encoding and saved again (`CafÃ©` for `Café`)."""

import re

_SUSPECT = re.compile("[^\x00-\x7f][^\x00-\x7f]|[\u00c2\u00c3] ")
"""A non-ASCII character became two or more such characters, the last of which may be a no-break space."""


def repaired(text: str) -> str:
    """Return the text with a wrong decoding undone, or `text` itself if it was decoded correctly."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    import ftfy  # only catalogues with such text pay for the import

    return ftfy.fix_encoding(text)
