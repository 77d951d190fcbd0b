"""Parsing of genres in the notations of catalogues, into TMDB's spelling."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from app.core.plain_text import plain_text
from app.indexing.catalogue.fields.cells import MISSING_TEXTS, integer
from app.indexing.catalogue.fields.names import MAX_NAME_LENGTH, looks_like_list, names
from app.services.names.genre_names import TMDB_MOVIE_GENRES, TMDB_TV_GENRES

TMDB_GENRES: Mapping[int, str] = {**TMDB_MOVIE_GENRES, **TMDB_TV_GENRES}

_OTHER_GENRES = (
    "Adult, Anime, Art House, Biography, Children, Children's, Dance, Disaster, Erotic, Experimental, Faith, "
    "Film Noir, Foreign, Game Show, Holiday, IMAX, Independent, Indie, LGBTQ, Live Action, Martial Arts, Musical, "
    "Noir, Political, Reality TV, Satire, Short, Silent, Slasher, Sport, Sports, Spy, Stand-Up, Superhero, "
    "Supernatural, Suspense, Talk Show, Teen"
)
"""Names that other catalogues use and TMDB does not. They are recognized in joined text and kept unchanged."""

_ALIASES: Mapping[str, str] = {
    "sci fi": "Science Fiction",
    "scifi": "Science Fiction",
    "sf": "Science Fiction",
    "science fi": "Science Fiction",
    "sciencefiction": "Science Fiction",
    "sci fi and fantasy": "Sci-Fi & Fantasy",
    "scifi and fantasy": "Sci-Fi & Fantasy",
    "science fiction and fantasy": "Sci-Fi & Fantasy",
    "war politics": "War & Politics",
    "animated": "Animation",
    "animations": "Animation",
    "cartoon": "Animation",
    "comedies": "Comedy",
    "dramas": "Drama",
    "thrillers": "Thriller",
    "westerns": "Western",
    "musicals": "Musical",
    "docu": "Documentary",
    "documentaries": "Documentary",
    "historical": "History",
    "romantic": "Romance",
    "mysteries": "Mystery",
    "biographical": "Biography",
    "biopic": "Biography",
    "tvmovie": "TV Movie",
    "television movie": "TV Movie",
    "tv film": "TV Movie",
    "romcom": "Romance|Comedy",
    "rom com": "Romance|Comedy",
    "romantic comedy": "Romance|Comedy",
    "romantic comedies": "Romance|Comedy",
    "dramedy": "Drama|Comedy",
    "comedy drama": "Comedy|Drama",
    "docudrama": "Documentary|Drama",
}
"""Other spellings; `|` separates several genres that one name means."""

_WORDS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?|&")
_STRONG = re.compile(r"[|;,\n\t]|\s[·•/+>]\s|[·•、，#]")
_BRACKETS = re.compile(r"[\[\]{}()]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FILM = re.compile(r" (?:film|movie)s?$")
_MAX_WORDS = 4


def _key(name: str) -> str:
    return " ".join(map(_word, _WORDS.findall(name)))


def _word(text: str) -> str:
    return "and" if text == "&" else text.casefold().replace("\u2019", "'")


_KNOWN: Mapping[str, tuple[str, ...]] = {
    **{_key(name): (name,) for name in TMDB_GENRES.values()},
    **{alias: tuple(names_meant.split("|")) for alias, names_meant in _ALIASES.items()},
}
_IDS = frozenset(map(str, TMDB_GENRES))
_OTHERS = frozenset(map(_key, _OTHER_GENRES.split(", ")))


def genres_of(values: Iterable[object]) -> tuple[str, ...]:
    """Return the genres of the first value that has any, in TMDB's spelling if TMDB has them."""
    for value in values:
        if found := _genres_of_text(value) if isinstance(value, str) else genre_names(names(value)):
            return found
    return ()


@lru_cache(maxsize=4096)
def _genres_of_text(text: str) -> tuple[str, ...]:
    """Return the genres of a list written as text; an item of several known genres is split."""
    if not looks_like_list(text.strip()):
        return genre_names([plain_text(text)])
    listed = names(text)
    if not listed and len(text) < MAX_NAME_LENGTH:  # a list in no known notation, such as [{18, Drama}, {28, Action}]
        listed = tuple(filter(is_known, _STRONG.split(_BRACKETS.sub(" ", text))))
    return genre_names(listed)


def is_known(name: str) -> bool:
    """Return whether a name is a genre of TMDB or another usual catalogue, in any spelling, or an id of TMDB's."""
    return _is_known_key(_key(name))


def _is_known_key(key: str) -> bool:
    return key in _KNOWN or key in _OTHERS or key in _IDS


def genre_names(items: Iterable[str]) -> tuple[str, ...]:
    """Return genres in TMDB's spelling: ids become names, joined names are split, unknown names are kept unchanged."""
    return tuple(dict.fromkeys(chain.from_iterable(map(_genres_in, items))))


@lru_cache(maxsize=2048)
def _genres_in(item: str) -> tuple[str, ...]:
    found = chain.from_iterable(_spelled(name) for name in _parts(item))
    return tuple(name for name in found if name and name.casefold() not in MISSING_TEXTS)


def _spelled(name: str) -> Sequence[str]:
    name = " ".join(name.split())
    if len(name) > MAX_NAME_LENGTH:
        return ()
    if (number := integer(name)) is not None:
        return (TMDB_GENRES.get(number, ""),)
    key = _key(name)
    return _KNOWN.get(key) or _KNOWN.get(_FILM.sub("", key), (name,))


def _parts(item: str) -> Iterator[str]:
    """Yield the genres in one item, split at `|`, `;` and `,`, and at other signs if the parts are known genres."""
    if _is_known_key(_key(item)) or len(item) > 20 * MAX_NAME_LENGTH:
        yield item
        return
    for piece in map(str.strip, _STRONG.split(item)):
        if piece:
            yield from (
                [piece] if _is_known_key(_key(piece)) else (_split_words(piece) or _split_camel_case(piece) or [piece])
            )


def _split_words(piece: str) -> list[str]:
    """Split text such as `Action-Adventure-Science Fiction`; [] unless nearly all of it is known genres."""
    tokens = list(_WORDS.finditer(piece))
    words = [_word(token[0]) for token in tokens]
    found: list[str] = []
    known = unknown = position = 0
    while position < len(words):
        length = _known_length(words, position)
        if length:
            known += 1
        elif words[position] != "and":
            unknown += 1
        if length or words[position] != "and":
            last = tokens[position + max(length, 1) - 1]
            found.append(piece[tokens[position].start() : last.end()])
        position += max(length, 1)
    if unknown and (known < 2 or known < 2 * unknown):
        return []
    return found if known + unknown > 1 else []


def _split_camel_case(piece: str) -> list[str]:
    """Split text such as `ActionScienceFiction`; [] unless all of it is known genres."""
    spaced = _CAMEL.sub(" ", piece)
    parts = _split_words(spaced) if spaced != piece else []
    return parts if all(map(is_known, parts)) else []


def _known_length(words: Sequence[str], position: int) -> int:
    """Return the number of words in the longest known genre that begins at `position`; 0 if none does."""
    longest = min(_MAX_WORDS, len(words) - position)
    return next(
        (n for n in range(longest, 0, -1) if _is_known_key(" ".join(words[position : position + n]))),
        0,
    )
