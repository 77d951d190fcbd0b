"""Lookup of language codes by code, locale or name."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.services.names.spelling import spelling_key

_FILE = Path(__file__).with_name("languages.txt")
_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "scr": "hr", "scc": "sr"}
_ALTERNATIVES = {"nb": "no", "nn": "no", "no": "nb", "cn": "zh"}
"""The code that a catalogue may use in place of the first."""


class LanguageNames:
    """The languages of one catalogue, found by code, locale or name."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        self._codes = {code.casefold(): code for code in self.codes}

    def find(self, written: str) -> str | None:
        """Return the catalogue's code of a language; the usual code if no film has the language; None if unknown."""
        code = self._codes.get(written.casefold()) or usual_code(written)
        if code is None or code in self.codes:
            return code
        alternative = _ALTERNATIVES.get(code)
        return alternative if alternative in self.codes else code

    def suggestions(self) -> dict[str, str]:
        """Return the languages to suggest for an unknown name, as "code (name)": each by code and by name."""
        _, names = _read_languages()
        labels = {code: f"{code} ({names[code]})" if code in names else code for code in self.codes}
        return labels | {names[code]: label for code, label in labels.items() if code in names}


def usual_code(written: str) -> str | None:
    """Return the code for a name, a three-letter code, or a locale such as en-US."""
    codes, _ = _read_languages()
    primary, separator, _ = written.replace("_", "-").partition("-")
    return codes.get(spelling_key(written)) or (codes.get(primary.strip().casefold()) if separator else None)


def language_name(code: str) -> str | None:
    """Return the English name of a language, or None if the code is unknown."""
    _, names = _read_languages()
    return names.get(code)


@cache
def _read_languages() -> tuple[dict[str, str], dict[str, str]]:
    """Return codes by code or spelling key of a name, and English names by code."""
    codes = dict(_OLD_CODES)
    names_by_code = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines()[1:]:
        code, longer_codes, names = line.split(" ", 2)
        names_by_code[code] = names.partition("|")[0]
        codes |= dict.fromkeys([code, *longer_codes.split(","), *map(spelling_key, names.split("|"))], code)
    return codes, names_by_code
