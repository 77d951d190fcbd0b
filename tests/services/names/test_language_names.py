"""Languages by code, locale and name."""

import pytest

from app.services.names.language_names import LanguageNames

CATALOGUE = LanguageNames(["en", "fr", "ja", "no", "cn", "zh", "pt"])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" en ", "en"),
        ("en-US", "en"),
        ("en_GB", "en"),
        ("pt-BR", "pt"),
        ("zh-Hant-HK", "zh"),
        ("eng", "en"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("English", "en"),
        ("french", "fr"),
        ("Français", "fr"),
        ("日本語", "ja"),
        ("Cantonese", "cn"),
        ("Mandarin", "zh"),
        ("nb", "no"),
        ("nb-NO", "no"),
        ("Norwegian", "no"),
    ],
)
def test_a_language_is_found_by_its_usual_spellings(written: str, code: str) -> None:
    assert CATALOGUE.find(written) == code


@pytest.mark.parametrize(("written", "code"), [("German", "de"), ("de-AT", "de"), ("iw", "he"), ("sw", "sw")])
def test_a_language_without_a_film_is_known(written: str, code: str) -> None:
    assert CATALOGUE.find(written) == code
    assert code not in CATALOGUE.codes


@pytest.mark.parametrize("written", ["Klingon", "qq", "", "Englisch-ish", "e"])
def test_an_unknown_language_is_none(written: str) -> None:
    assert CATALOGUE.find(written) is None


def test_a_catalogue_may_have_its_own_codes() -> None:
    assert LanguageNames(["English", "tlh"]).find("tlh") == "tlh"
    assert LanguageNames(["English"]).find("english") == "English"
