"""The context template, compared letter by letter because existing clients and indexes depend on it."""

from app.services.encoder.movie_text import context_text


def test_full_context() -> None:
    text = context_text("A family mourns.", genres=["Horror", "Mystery"], year=2018, title="Hereditary")
    assert text == "Genre: Horror, Mystery. Year: 2018. Title: Hereditary. Overview: A family mourns."


def test_keywords_follow_the_genres() -> None:
    text = context_text("A family mourns.", genres=["Horror"], keywords=["cult", "grief"], year=2018)
    assert text == "Genre: Horror. Keywords: cult, grief. Year: 2018. Overview: A family mourns."


def test_missing_parts_are_left_out() -> None:
    assert context_text("A family mourns.", title="Hereditary") == "Title: Hereditary. Overview: A family mourns."
    assert context_text("A family mourns.", year="1999") == "Year: 1999. Overview: A family mourns."


def test_a_plain_synopsis_stays_as_it_is() -> None:
    assert context_text("A family mourns.") == "A family mourns."
