"""The genres and languages of one catalogue, by any usual spelling."""

from dataclasses import dataclass
from functools import lru_cache

from app.services.names.genre_names import GenreNames
from app.services.names.language_names import LanguageNames


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """The names that filters may use."""

    genres: GenreNames
    languages: LanguageNames


@lru_cache(maxsize=2)
def catalogue_names(genres: tuple[str, ...], languages: tuple[str, ...]) -> CatalogueNames:
    """Return the names of a catalogue with these genres and language codes."""
    return CatalogueNames(GenreNames(genres), LanguageNames(languages))
