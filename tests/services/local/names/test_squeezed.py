"""Names without spaces: the sorted beginnings of words must give the results of a look at every name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.services.local.names.squeezed import SqueezedNames

WORDS = st.text("aбé", min_size=1, max_size=6)
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=12)


def squeezed(names: list[list[str]]) -> SqueezedNames:
    text = bytearray()
    starts = []
    for words in names:
        for word in words:
            starts.append(len(text))
            text += word.encode()
        text += b"\n"
    return SqueezedNames(np.frombuffer(bytes(text), np.uint8), np.array(starts, np.int64))


@given(NAMES, st.text("aбé", min_size=1, max_size=14))
def test_names_that_begin_with_a_text_are_found(names: list[list[str]], typed: str) -> None:
    joined = ["".join(words) for words in names]
    found, is_whole = squeezed(names).beginning(typed)
    assert found.tolist() == [place for place, name in enumerate(joined) if name.startswith(typed)]
    assert is_whole.tolist() == [name == typed for name in joined if name.startswith(typed)]


@given(NAMES, st.text("aбé", min_size=1, max_size=14))
def test_names_with_words_that_begin_with_a_text_together_are_found(names: list[list[str]], typed: str) -> None:
    found = squeezed(names).containing(typed, at_word=True)
    expected = [
        place
        for place, words in enumerate(names)
        if any("".join(words[first:]).startswith(typed) for first in range(len(words)))
    ]
    assert np.unique(found).tolist() == expected
    assert found.tolist() == sorted(found.tolist())


@given(NAMES, st.text("aбé", min_size=1, max_size=4))
def test_names_that_contain_a_text_anywhere_are_found(names: list[list[str]], typed: str) -> None:
    found = squeezed(names).containing(typed, at_word=False)
    assert np.unique(found).tolist() == [place for place, words in enumerate(names) if typed in "".join(words)]


def test_the_lines_come_back_as_they_were() -> None:
    assert squeezed([["star", "wars"], ["alien"]]).lines.tobytes() == b"starwars\nalien\n"
