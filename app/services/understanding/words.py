"""The words of a text with their positions, and tables of phrases to search for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

Value = TypeVar("Value")

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?;:\n]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its form for comparison, and its position in the text."""

    plain: str
    """Lower case, without accents and possessive ending, with straight apostrophes."""
    start: int
    end: int
    gap: str
    """The characters between the previous word and this one."""
    is_capital: bool
    is_possessive: bool

    @property
    def begins_clause(self) -> bool:
        """Whether punctuation separates this word from the previous one; the point in "E.T." does not."""
        return (
            (self.gap != "." and any(mark in self.gap for mark in ",.;:!?()[]\n"))
            or " - " in self.gap
            or "–" in self.gap
        )

    @property
    def begins_sentence(self) -> bool:
        """Whether the previous word ends a sentence or a part of one."""
        return self.gap != "." and _SENTENCE_END.search(self.gap) is not None


class Text:
    """A text with its words, and marks for the words that have been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = tuple(_split(text))
        self.plain = tuple(word.plain for word in self.words)
        self.is_read = [False] * len(self.words)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def has_capitals(self) -> bool:
        """Whether the writer uses capitals for names: neither none at all nor nothing else."""
        return not self.text.isupper() and any(
            word.is_capital and not word.plain[0].isdigit() for word in self.words[1:]
        )

    def at(self, index: int) -> str:
        """Return the plain word at an index, or an empty text outside."""
        return self.plain[index] if 0 <= index < len(self.plain) else ""

    def written(self, start: int, end: int) -> str:
        """Return words start to end - 1 as they were written."""
        return self.text[self.words[start].start : self.words[end - 1].end] if start < end else ""

    def ends_clause(self, end: int) -> bool:
        """Return whether nothing unread follows in the clause of the word before `end`."""
        return end >= len(self) or self.words[end].begins_clause or self.is_read[end]

    def mark_read(self, start: int, end: int) -> None:
        """Mark words start to end - 1 as read."""
        for index in range(max(start, 0), min(end, len(self))):
            self.is_read[index] = True

    def unread_text(self) -> str:
        """Return the words that were not read, as they were written, with single spaces between the pieces."""
        pieces: list[str] = []
        previous = -2
        for index, word in enumerate(self.words):
            if self.is_read[index]:
                continue
            if index == previous + 1:
                pieces.append(self.text[self.words[previous].end : word.end])
            else:
                pieces.append((" " if pieces else "") + self.text[word.start : word.end])
            previous = index
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A phrase in a text: words start to end - 1, and their meaning."""

    start: int
    end: int
    value: Value


class Phrases(Generic[Value]):
    """Phrases of one or more words and their meanings; the longest phrase at an index is found."""

    def __init__(self, meanings: Mapping[str, Value]) -> None:
        self._meanings = {tuple(phrase.split()): value for phrase, value in meanings.items()}
        self._lengths: dict[str, list[int]] = {}
        for words in self._meanings:
            lengths = self._lengths.setdefault(words[0], [])
            if len(words) not in lengths:
                lengths.append(len(words))
        for lengths in self._lengths.values():
            lengths.sort(reverse=True)

    def at(self, text: Text, index: int) -> Found[Value] | None:
        """Return the longest phrase that begins at a word; None if no phrase does or one of its words was read."""
        for length in self._lengths.get(text.at(index), ()):
            end = index + length
            value = self._meanings.get(text.plain[index:end])
            if value is not None and end <= len(text) and not any(text.is_read[index:end]):
                return Found(index, end, value)
        return None

    def ending_at(self, text: Text, end: int, longest: int = 5) -> Found[Value] | None:
        """Return the longest phrase whose last word is the one before `end`, whether or not it was read."""
        for start in range(max(0, end - longest), end):
            value = self._meanings.get(text.plain[start:end])
            if value is not None:
                return Found(start, end, value)
        return None

    def all(self, text: Text) -> Iterator[Found[Value]]:
        """Yield the phrases of a text from left to right; none overlaps another."""
        index = 0
        while index < len(text):
            found = self.at(text, index)
            if found is None:
                index += 1
            else:
                yield found
                index = found.end


def phrase_set(*lines: str) -> Phrases[bool]:
    """Return phrases, separated by commas, without a meaning of their own."""
    return Phrases({phrase.strip(): True for line in lines for phrase in line.split(",") if phrase.strip()})


def word_set(*lines: str) -> frozenset[str]:
    """Return a set of words, separated by spaces."""
    return frozenset(word for line in lines for word in line.split())


def plain_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [word.plain for word in _split(text)]


def without_repeats(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return values in the order of their first appearance."""
    return tuple(dict.fromkeys(values))


def _split(text: str) -> Iterator[Word]:
    previous_end = 0
    for match in _WORD.finditer(text):
        written = match.group()
        plain, is_possessive = _plain(written)
        yield Word(
            plain=plain,
            start=match.start(),
            end=match.end(),
            gap=text[previous_end : match.start()],
            is_capital=written[0].isupper() or written[0].isdigit(),
            is_possessive=is_possessive,
        )
        previous_end = match.end()


def _plain(word: str) -> tuple[str, bool]:
    folded = word.casefold()
    if not folded.isascii():
        folded = folded.replace("’", "'").replace("ʼ", "'")
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if folded.endswith("'s") and len(folded) > 2 and not _is_contraction(folded):
        return (f"{folded[:-2]}s", False) if folded[:-2].endswith("0") else (folded[:-2], True)  # "80's"
    return folded, False


def _is_contraction(word: str) -> bool:
    return word in _CONTRACTIONS


_CONTRACTIONS: Sequence[str] = ("it's", "that's", "what's", "who's", "there's", "let's", "he's", "she's", "where's")
