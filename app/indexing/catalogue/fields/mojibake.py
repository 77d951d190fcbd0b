"""Repair of text that was UTF-8, was read in another encoding, and was saved again (`CafÃ©` for `Café`)."""

import re

_SUSPECT = re.compile("[^\x00-\x7f][^\x00-\x7f]|[\u00c2\u00c3] ")
"""A character beyond ASCII became two or more of them, of which the last may have been read as a no-break space."""


def repaired(text: str) -> str:
    """Return the text that decodes back from `text`, or `text` itself if it does not decode back."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    import ftfy  # only catalogues with such text pay for the import

    return ftfy.fix_encoding(text)
