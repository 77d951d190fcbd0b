"""What plain_text removes from text, and what it keeps."""

import pytest

from app.core.plain_text import plain_text

WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {margin:0}</style></head><body>"
    "<!--[if gte mso 9]><xml><o:Office/></xml><![endif]-->"
    "<p class=\"MsoNormal\" style='margin-bottom:8.0pt'><span lang=EN-GB>A diver maps a <b>drowned</b>&nbsp;opera "
    "house<o:p></o:p></span></p>\n<p class=MsoNormal>and hears an over&shy;ture.</p></body></html>"
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (WORD, "A diver maps a drowned opera house \n and hears an overture."),
        ("<p>First.</p><p>Second.</p>", "First. Second."),
        ("One<br/>two<BR>three", "One two three"),
        ("An <i>un</i>finished <a href='https://a.example/?a=1&b=2'>story</a>", "An unfinished story"),
        ("<script>if (a < b) { alert('x') }</script>A clerk.", "A clerk."),
        ("&lt;p&gt;Escaped &amp;amp; twice&lt;/p&gt;", "Escaped & twice"),
        ("Tom &amp; Jerry &quot;at&quot; sea&#39;s end &#x2014; again", 'Tom & Jerry "at" sea\'s end — again'),
        ("soft\u00adhyphen, zero\u200bwidth, \ufeffmark, non\u2060break", "softhyphen, zerowidth, mark, nonbreak"),
        ("ﬁlm, Ｆｕｌｌ　ｗｉｄｔｈ, cafe\u0301", "film, Full width, café"),
        ("no\u00a0break", "no break"),
        ("nul\0, esc\x1b[31m, del\x7f\nline", "nul, esc[31m, del\nline"),
    ],
)
def test_markup_and_compatibility_forms_become_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "A plain synopsis.",
        "If 5 < 6 and 7 > 3, then a<b",
        "I <3 this film",
        "a <b and c> d",
        "<Unknown> speaks, <harmony/> answers",
        "An arrow -> and <- another",
        "AT&T, Q&A, R&B; rock & roll",
        "&unknown; stays",
        "Alien³, 8½, Nº 9, Barbie™, and so on…",
        "don´t",
        "می\u200cخواهم",
        "👨\u200d👩\u200d👧",
        "two  spaces\nand a line",
    ],
)
def test_prose_is_not_changed(text: str) -> None:
    assert plain_text(text) == text


def test_an_element_without_a_closing_tag_is_kept() -> None:
    assert plain_text("Before <script> after") == "Before <script> after"


def test_an_unclosed_tag_at_the_end_is_kept() -> None:
    assert plain_text("He says <b") == "He says <b"


@pytest.mark.parametrize("opening", ["<p ", "<style>", "<!--", "&#", "<b a=", "</style>", "<p a='"])
def test_long_runs_of_opening_tags_take_linear_time(opening: str) -> None:
    plain_text("</style>-->" + opening * 200_000)  # quadratic time would take minutes
