"""Keys of names that ignore case, accents, spaces and punctuation."""

import unicodedata


def spelling_key(name: str) -> str:
    """Return the letters and digits of a name, case-folded and without accents: "Sci-Fi" and "sci fi" are "scifi"."""
    decomposed = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("+", " and ").casefold())
    return "".join(character for character in decomposed if character.isalnum())
