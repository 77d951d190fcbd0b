"""The names that the filters of one catalogue may use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.services.catalogue import Catalogue, Narrowing
from app.services.movie_record import MovieType
from app.services.names.genre_names import GenreNames
from app.services.names.language_names import LanguageNames
from app.services.queries import MovieFilter


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """Genres and languages by any usual spelling, and tests for directors, keywords, people and types."""

    genres: GenreNames
    languages: LanguageNames
    has_director: Callable[[str], bool]
    has_keyword: Callable[[str], bool]
    has_person: Callable[[str], bool]
    has_type: Callable[[MovieType], bool]


def names_of(catalogue: Catalogue) -> CatalogueNames:
    """Return the names of a catalogue."""
    return CatalogueNames(
        genre_names(tuple(catalogue.genres())),
        language_names(tuple(catalogue.languages())),
        catalogue.has_director,
        catalogue.has_keyword,
        has_person=lambda name: bool(catalogue.people_named(name)),
        has_type=lambda name: catalogue.count(Narrowing(MovieFilter(type=name))) > 0,
    )


@lru_cache(maxsize=2)
def genre_names(names: tuple[str, ...]) -> GenreNames:
    """Return the GenreNames of a catalogue with these genres."""
    return GenreNames(names)


@lru_cache(maxsize=2)
def language_names(codes: tuple[str, ...]) -> LanguageNames:
    """Return the LanguageNames of a catalogue with these codes."""
    return LanguageNames(codes)
