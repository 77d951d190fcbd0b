"""Warnings for texts in a language that the model does not read."""

from app.services.encoder.model_spec import ModelSpec
from app.services.understanding.text_language import language_name, language_of

MULTILINGUAL_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"


def language_warnings(text: str | None, model: ModelSpec) -> tuple[str, ...]:
    """Return a warning if the model does not read the language of a text; none if it lists no languages."""
    if text is None or not model.languages:
        return ()
    language = language_of(text)
    if language is None or language in model.languages:
        return ()
    return (
        f"The text seems to be in {language_name(language)}, which {model.model_id} does not read well: films match "
        f"better if it is in {language_name(model.languages[0])}. A multilingual model such as {MULTILINGUAL_MODEL} "
        "would help.",
    )
