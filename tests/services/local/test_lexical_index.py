from pathlib import Path

import numpy as np
import pytest

from app.services.errors import ModelFileError
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.terms import terms

FILMS = [
    film_words("Alien", "The crew of the Nostromo answers a distress call and meets a deadly creature."),
    film_words("Aliens", "Ripley returns with marines to the planet where the creatures were found."),
    film_words("Jaws", "A police chief hunts a great white shark that attacks swimmers off a small island."),
    film_words("The Piano", "A mute woman is sent to New Zealand with her daughter and her piano."),
    film_words("Silence", None),
    film_words("Amélie", "A shy waitress in Montmartre decides to change the lives of those around her."),
]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.from_texts(FILMS)


class TestTerms:
    def test_drops_stop_words_accents_capitals_and_possessives(self) -> None:
        assert terms("Amélie's café is NOT the one") == ["amelie", "cafe"]

    def test_keeps_six_letters_so_that_endings_do_not_matter(self) -> None:
        assert terms("werewolf werewolves") == ["werewo", "werewo"]

    @pytest.mark.parametrize("text", ["", "the of and", "!?… 🦈", "\ud800"])
    def test_finds_none_where_there_are_none(self, text: str) -> None:
        assert terms(text) == []

    def test_reads_other_scripts(self) -> None:
        assert terms("Семь самураев, 七人の侍") == ["семь", "самура", "七人の侍"]


class TestScores:
    def test_find_the_film_that_a_name_stands_in(self, index: LexicalIndex) -> None:
        assert index.scores("What happened aboard the Nostromo?").argmax() == 0

    def test_weigh_rare_words_above_common_ones(self, index: LexicalIndex) -> None:
        scores = index.scores("creature Ripley")
        assert scores[1] > scores[0] > 0

    def test_find_titles(self, index: LexicalIndex) -> None:
        assert index.scores("silence").argmax() == 4

    def test_give_nonsense_nothing(self, index: LexicalIndex) -> None:
        assert not index.scores("asdf qwer zxcv").any()
        assert not index.scores("").any()

    def test_are_a_share_of_what_the_words_could_reach(self, index: LexicalIndex) -> None:
        own = np.array([index.scores(text)[position] for position, text in enumerate(FILMS)])
        assert (own > 0).all()
        assert (own <= 1).all()

    def test_fall_when_words_are_added_that_no_film_has(self, index: LexicalIndex) -> None:
        unknown = " ".join(f"zzz{number}" for number in range(60))
        assert index.scores(f"Nostromo {unknown}")[0] < index.scores("Nostromo")[0] / 2

    def test_do_not_grow_without_end_when_a_word_is_repeated(self, index: LexicalIndex) -> None:
        assert index.scores("shark " * 500)[2] < 3 * index.scores("shark")[2] + 1e-6

    def test_agree_with_the_formula(self) -> None:
        """BM25 by hand: one term in one of two films of equal length, k1 = 1.2."""
        index = LexicalIndex.from_texts(["shark shark", "piano piano"])
        rarity = 1.0  # in one film, as few as can be
        assert index.scores("shark").tolist() == pytest.approx([rarity * 2 / (2 + 1.2) / 20, 0], rel=1e-3)

    def test_of_a_catalogue_without_words(self) -> None:
        assert LexicalIndex.from_texts(["", "the"]).scores("shark").tolist() == [0, 0]


class TestFiles:
    def test_come_back_as_they_were_saved(self, index: LexicalIndex, tmp_path: Path) -> None:
        index.save(tmp_path)
        opened = LexicalIndex.open(tmp_path)
        assert len(opened) == len(FILMS)
        np.testing.assert_array_equal(opened.scores("creature marines"), index.scores("creature marines"))

    def test_are_the_same_for_the_same_films(self, index: LexicalIndex, tmp_path: Path) -> None:
        for name, made in (("one", index), ("two", LexicalIndex.from_texts(FILMS))):
            (tmp_path / name).mkdir()
            made.save(tmp_path / name)
        for path in (tmp_path / "one").iterdir():
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()

    @pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00v\x00{", b"PK\x03\x04"])
    def test_are_refused_where_damaged(self, content: bytes | None, index: LexicalIndex, tmp_path: Path) -> None:
        index.save(tmp_path)
        path = tmp_path / "lexical_weights.npy"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelFileError, match=r"lexical_weights\.npy cannot be read"):
            LexicalIndex.open(tmp_path)
