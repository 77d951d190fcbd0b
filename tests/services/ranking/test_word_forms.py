import pytest

from app.services.ranking.word_forms import with_word_forms


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("trains", "trains train"),
        ("train", "train trains"),
        ("Witches", "Witches witch"),
        ("families", "families family familie"),
        ("wolves", "wolves wolf wolve"),
        ("chess", "chess"),
        ("go", "go"),
        ("", ""),
    ],
)
def test_singular_and_plural_of_each_word_are_added(text: str, forms: str) -> None:
    assert with_word_forms(text) == forms
