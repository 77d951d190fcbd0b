"""Films that a request names as examples: "like Alien", "Jaws but not a horror movie", "more Shaun of the Dead"."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import is_in_theme
from app.services.understanding.understood import NamedFilm, TitleLookup
from app.services.understanding.words import Found, Text, phrase_set, word_set

MAX_TITLE_WORDS = 10
MAX_EXAMPLES = 5
_MAX_WORDS_OF_MOVED = 7
_MIN_MISSPELT_LETTERS = 6
"""A shorter word in lower case is more often another word than a title with a typing error."""

_STRONG_CUES = phrase_set(
    "like, similar to, in the style of, in the vein of, in the same vein as, in the spirit of",
    "along the lines of, akin to, reminds me of, reminded me of, remind me of, remind you of, reminds you of",
    "reminiscent of, resembling, resembles, same vibe as, same vibes as, vibe of, vibes of, same feel as",
    "feel of, same feeling as, same mood as, mood of, tone of, same tone as, same style as, style of",
    "spirit of, same spirit as, comparable to, such as, as good as, a la, close to, fans of, fan of",
    "lovers of, liked, loved, enjoyed, adored, just watched, just saw, just finished, after watching",
    "cross between, crossover of, mix of, mix between, mixture of, mashup of, blend of, combination of",
    "same as, alike, more like, compares to, equivalent of, version of, answer to, as in, if you like",
    "if you love, if i like, if i love, something between, somewhere between, halfway between, cross of, fusion of",
    "similar vibe to, similar feel to, similar style to, similar tone to, similar in style to, similar in tone to",
    "its like, it's like, kind of like, kinda like, a bit like, a lot like, exactly like, just like, same energy as",
    "in the mould of, in the mold of, if i enjoy, if you enjoy, if i enjoyed, if we enjoyed",
    "hybrid of, marriage of, mixing, crossing, combining, simular to, similiar to, similar too",
)
_WEAK_CUES = phrase_set("more, another, i like, i love, i really like, we love, love, enjoy, next, think, watch after")
_NO_CUES = phrase_set(
    "i'd like, id like, would like, feel like, feels like, felt like, look like, looks like, don't like",
    "dont like",
)
_BETWEEN = phrase_set(
    "the movie, the film, the movies, the films, movies, films, movie, film, maybe, say, eg, e g",
    "when i watched",
)
_JOINTS = phrase_set("and, or, meets, crossed with, mixed with, combined with, plus, and also, as well as")
_BOUNDARIES = word_set(
    "but and or with without for except from in set that where about only just not no please starring directed",
    "by who which minus plus meets crossed mixed combined on this if when as is are was were to made than",
    "because thanks tonight i my again style vibes vibe type kind feel esque also anymore a the they it's its",
    "has have what should which",
)
_AFTER_TITLE = word_set("but minus meets crossed style vibes vibe esque")
_SMALL_WORDS = word_set(
    "a an the it its he she him her hers his they them their you your we us our i me my this that these those",
    "who what of in on at to for and or but not no up out so is are was be do go if as by all any more most",
    "one ones other others some something anything everything nothing movies films mine yours that's it's same",
    "far here there now then",
)
_OTHER_COMPARATIVES = word_set("other rather later earlier older newer recent longer shorter fewer")
_QUOTES = "\"“”„«»‘'’"


@dataclass(frozen=True, slots=True)
class _Place:
    """The index at which a title may begin, and the cue before it."""

    start: int
    cue_start: int
    is_strong: bool


def read_titles(text: Text, titles: TitleLookup) -> tuple[NamedFilm, ...]:
    """Return the films that a request names as examples, and mark their titles as read."""
    named: list[NamedFilm] = []
    for place in _places(text):
        if place.start < len(text) and not _is_taken(text, place):
            _read_list(text, titles, place, named)
    if not named:
        _read_leading_title(text, titles, named)
    return tuple(dict.fromkeys(named))[:MAX_EXAMPLES]


def _is_taken(text: Text, place: _Place) -> bool:
    return text.is_read[place.start] and not (place.start and place.cue_start < place.start and not place.is_strong)


def _places(text: Text) -> Iterator[_Place]:
    for index in range(1, len(text)):
        is_strong = (cue := _STRONG_CUES.ending_at(text, index)) is not None
        if cue is None and _is_compared(text, index - 1):
            cue, is_strong = Found(index - 1, index, True), True
        if cue is None:
            cue = _WEAK_CUES.ending_at(text, index, longest=3)
        if cue is None or (text.at(index - 1) == "like" and _NO_CUES.ending_at(text, index) is not None):
            continue
        start = index
        between = _BETWEEN.at(text, start)
        is_strong = is_strong and not is_in_theme(text, cue.start)  # "about people who live like animals"
        yield _Place(start, cue.start, is_strong)
        if between is not None:
            yield _Place(between.end, cue.start, is_strong)


def _is_compared(text: Text, than: int) -> bool:
    """Return whether a word compares films: "funnier than", "more serious than", "as funny as"."""
    if text.at(than) == "as":
        return text.at(than - 2) == "as"
    if text.at(than) != "than" or text.at(than - 1) in _OTHER_COMPARATIVES or text.at(than + 1).isdigit():
        return False
    return text.at(than - 1).endswith("er") or text.at(than - 2) in ("more", "less")


def _read_list(text: Text, titles: TitleLookup, place: _Place, named: list[NamedFilm]) -> None:
    """Read a title, and those that follow it after a comma, "and" or "meets"."""
    mark_from, start = place.cue_start, place.start
    while start < len(text):
        found = title_at(text, titles, start, is_strong=place.is_strong)
        if found is None:
            return
        named.append(found.value)
        text.mark_read(mark_from, found.end)
        mark_from = found.end
        joint = _JOINTS.at(text, found.end)
        if joint is not None:
            start = joint.end
        elif found.end < len(text) and "," in text.words[found.end].gap:
            start = found.end
        else:
            return


def _read_leading_title(text: Text, titles: TitleLookup, named: list[NamedFilm]) -> None:
    """Read a title that begins the request and is changed by what follows: "Jaws but funny", "Alien meets Heat"."""
    start = next((index for index in range(len(text)) if not text.is_read[index]), len(text))
    for end in range(min(start + MAX_TITLE_WORDS, len(text) - 1), start, -1):
        follows = text.at(end)
        is_moved = _is_moved(text, titles, start, end)
        if not (follows in _AFTER_TITLE or is_moved) or not has_name(text, start, end):
            continue
        if end == start + 1 and not _may_lead(text, titles, start):
            continue
        film = film_titled(text, titles, start, end) or (None if is_moved else _misspelt(text, titles, start, end))
        if film is not None:
            named.append(film)
            text.mark_read(start, end + (follows != "minus" and not is_moved))
            if follows in ("meets", "crossed"):
                second = end + 1 + (text.at(end + 1) == "with")
                _read_list(text, titles, _Place(second, end, is_strong=True), named)
            return


def _is_moved(text: Text, titles: TitleLookup, start: int, end: int) -> bool:
    """Return whether another place follows a title of two or more names: "Die Hard on a boat", "Star Wars in Japan"."""
    words = text.words[start:]
    if (
        len(words) > _MAX_WORDS_OF_MOVED
        or text.at(end) not in ("on", "in")
        or film_titled(text, titles, start, len(text))
    ):
        return False
    names = [word.is_capital for word in text.words[start:end] if word.plain not in _SMALL_WORDS]
    return len(names) > 1 and all(names) and not text.text.rstrip().endswith(".")


def _may_lead(text: Text, titles: TitleLookup, start: int) -> bool:
    """Return whether one word at the beginning may be a title: not "ghosts but not scary", "Boy meets girl"."""
    if text.at(start + 1) in ("meets", "crossed"):
        second = start + 2 + (text.at(start + 2) == "with")
        if text.words[start].is_capital and second < len(text):
            return text.words[second].is_capital
        is_name = len(text) > second + 1 and not text.has_capitals
        return is_name and title_at(text, titles, second, is_strong=False) is not None  # "jaws meets star wars"
    return text.words[start].is_capital


def title_at(text: Text, titles: TitleLookup, start: int, *, is_strong: bool) -> Found[NamedFilm] | None:
    """Return the film whose title is the longest run of words at an index, otherwise a film whose title begins so."""
    stop = start + 1
    while stop < min(start + MAX_TITLE_WORDS, len(text)) and not _ends_title(text, stop):
        stop += 1
    for end in range(stop, start, -1):
        if _may_be_title(text, start, end, is_strong=is_strong):
            film = film_titled(text, titles, start, end)
            if film is not None:
                longer = _part_at(text, titles, start, stop) if is_strong and end < stop else None
                return longer if longer is not None and longer.end > end else Found(start, end, film)
    return _part_at(text, titles, start, stop) if is_strong else None


def _ends_title(text: Text, index: int) -> bool:
    return any(mark in text.words[index].gap for mark in ";!?\n()[]") or '"' in text.words[index].gap


def film_titled(text: Text, titles: TitleLookup, start: int, end: int) -> NamedFilm | None:
    """Return the best-known film of this title, with or without an article."""
    written = text.written(start, end).strip(_QUOTES)
    candidates = [written]
    if text.at(start) in ("the", "a", "an"):
        if end - start > 1:
            candidates.append(text.written(start + 1, end))
    else:
        candidates.append(f"the {written}")
    for title in candidates:
        films = titles.films_titled(title)
        if films:
            return films[0]
    return None


def _part_at(text: Text, titles: TitleLookup, start: int, stop: int) -> Found[NamedFilm] | None:
    """Return the film whose title begins with the words up to the next joint, or is misspelt by them."""
    end = start + 1
    while end < stop and not _is_boundary(text, end, start):
        end += 1
    names = [index for index in range(start, end) if text.plain[index] not in _SMALL_WORDS]
    if not names or not has_name(text, start, end):
        return None
    is_capital = all(text.words[index].is_capital for index in names)
    film = _film_beginning(text, titles, start, end) if len(names) > 1 or is_capital else None
    film = film or _misspelt(text, titles, start, end)
    return None if film is None else Found(start, end, film)


def _misspelt(text: Text, titles: TitleLookup, start: int, end: int) -> NamedFilm | None:
    """Return the film whose title differs from these words by typing errors: "Interstelar"."""
    is_name = all(text.words[index].is_capital for index in range(start, end))
    if not is_name and end == start + 1 and len(text.plain[start]) < _MIN_MISSPELT_LETTERS:
        return None
    films = titles.films_nearly_titled(text.written(start, end).strip(_QUOTES), is_name=is_name)
    return films[0] if films else None


def _film_beginning(text: Text, titles: TitleLookup, start: int, end: int) -> NamedFilm | None:
    """Return the best known film whose title begins with these words: "like Harry Potter"."""
    written = text.written(start, end)
    candidates = [written, f"the {written}"] if text.at(start) != "the" else [written, text.written(start + 1, end)]
    for title in candidates:
        films = titles.films_beginning(title) if title else ()
        if films:
            return films[0]
    return None


def _is_boundary(text: Text, index: int, start: int) -> bool:
    word = text.at(index)
    if text.words[index].begins_clause:
        return True
    if word in ("of", "the", "in", "and", "a", "for", "with", "from", "to", "on") and text.has_capitals:
        return not (
            index + 1 < len(text)
            and text.words[min(index + 1 + (text.at(index + 1) == "the"), len(text) - 1)].is_capital
        )
    return word in _BOUNDARIES and word not in ("the", "in", "a") and index > start


def has_name(text: Text, start: int, end: int) -> bool:
    """Return whether any word is not a small word, a noun for films or a word for a genre."""
    index = start
    while index < end:
        genre = GENRE_WORDS.at(text, index)
        if genre is not None and genre.end <= end:
            index = genre.end
        elif text.plain[index] in _SMALL_WORDS or text.plain[index] in FILM_NOUNS:
            index += 1
        else:
            return True
    return False


def _may_be_title(text: Text, start: int, end: int, *, is_strong: bool) -> bool:
    """Return whether words after a cue may be a title and not the beginning of a description."""
    words = text.words[start:end]
    if _is_quoted(text, start, end):
        return True
    names = [word for word in words if word.plain not in _SMALL_WORDS]
    is_delimited = end == len(text) or text.words[end].begins_clause or text.plain[end] in _BOUNDARIES
    is_delimited = is_delimited or '"' in text.words[end].gap
    is_capital = words[-1].is_capital and words[0].is_capital
    if not has_name(text, start, end):
        return is_capital and is_delimited and (text.has_capitals or len(names) > 1) and end - start > 0
    next_is_capital = end < len(text) and text.words[end].is_capital and not text.words[end].begins_clause
    if is_strong:
        return is_delimited or len(names) > 1 or (is_capital and not next_is_capital)
    ends_clause = end == len(text) or text.words[end].begins_clause or text.plain[end] in ("but", "and", "or")
    return ends_clause and (is_capital or len(names) > 1)


def _is_quoted(text: Text, start: int, end: int) -> bool:
    after = text.words[end].gap if end < len(text) else text.text[text.words[end - 1].end :]
    return any(mark in text.words[start].gap for mark in _QUOTES) and any(mark in after for mark in _QUOTES)
