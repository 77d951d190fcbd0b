"""The names that the filters of one catalogue may use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.services.names.genre_names import GenreNames
from app.services.names.language_names import LanguageNames


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """Genres and languages by any usual spelling, and which directors and keywords there are."""

    genres: GenreNames
    languages: LanguageNames
    has_director: Callable[[str], bool]
    has_keyword: Callable[[str], bool]


@lru_cache(maxsize=2)
def genre_names(names: tuple[str, ...]) -> GenreNames:
    """Return the GenreNames of a catalogue with these genres."""
    return GenreNames(names)


@lru_cache(maxsize=2)
def language_names(codes: tuple[str, ...]) -> LanguageNames:
    """Return the LanguageNames of a catalogue with these codes."""
    return LanguageNames(codes)
