import pytest

from app.services.encoder.language_warnings import MULTILINGUAL_MODEL, language_warnings
from app.services.encoder.model_spec import ModelSpec

SPANISH = "Una mujer vuelve a su pueblo para enterrar a su madre y descubre que no está sola en la casa."


def test_a_text_in_another_language_is_said_to_match_less_well() -> None:
    (warning,) = language_warnings(SPANISH, ModelSpec())
    assert "Spanish" in warning
    assert MULTILINGUAL_MODEL in warning


@pytest.mark.parametrize("text", ["A woman returns to the village to bury her mother.", "trains", None])
def test_english_needs_no_warning(text: str | None) -> None:
    assert language_warnings(text, ModelSpec()) == ()


def test_a_model_that_reads_the_language_or_does_not_say_needs_no_warning() -> None:
    assert language_warnings(SPANISH, ModelSpec(languages=("en", "es"))) == ()
    assert language_warnings(SPANISH, ModelSpec(languages=())) == ()
