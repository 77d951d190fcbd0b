"""The names that the filters of one catalogue may use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.services.catalogue import Catalogue, Narrowing
from app.services.movie_record import MovieType
from app.services.names.genre_names import GenreNames
from app.services.names.language_names import LanguageNames
from app.services.queries import MovieFilter

_FACTS = {
    "year": (("year_min", "year_max"), MovieFilter(year_min=1)),
    "runtime": (("runtime_min", "runtime_max"), MovieFilter(runtime_min=1)),
    "vote count": (("min_vote_count",), MovieFilter(min_vote_count=1)),
    "mean vote": (("min_vote_average",), MovieFilter(min_vote_average=0.0)),
}
"""The filter fields of each fact, and a filter that every film with a known value passes."""


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """Genres and languages by any usual spelling, and tests for directors, keywords, people and types."""

    genres: GenreNames
    languages: LanguageNames
    has_director: Callable[[str], bool]
    has_keyword: Callable[[str], bool]
    has_person: Callable[[str], bool]
    has_film: Callable[[MovieFilter], bool]

    def has_type(self, name: MovieType) -> bool:
        """Return whether any film has a type."""
        return self.has_film(MovieFilter(type=name))

    def missing_facts(self, wanted: MovieFilter) -> list[str]:
        """Return the facts in a filter that are known of no film."""
        return [
            fact
            for fact, (fields, known) in _FACTS.items()
            if any(getattr(wanted, field) is not None for field in fields) and not self.has_film(known)
        ]


def names_of(catalogue: Catalogue) -> CatalogueNames:
    """Return the names of a catalogue."""
    return CatalogueNames(
        genre_names(tuple(catalogue.genres())),
        language_names(tuple(catalogue.languages())),
        catalogue.has_director,
        catalogue.has_keyword,
        has_person=lambda name: bool(catalogue.people_named(name)),
        has_film=lambda wanted: catalogue.count(Narrowing(wanted)) > 0,
    )


@lru_cache(maxsize=2)
def genre_names(names: tuple[str, ...]) -> GenreNames:
    """Return the GenreNames of a catalogue with these genres."""
    return GenreNames(names)


@lru_cache(maxsize=2)
def language_names(codes: tuple[str, ...]) -> LanguageNames:
    """Return the LanguageNames of a catalogue with these codes."""
    return LanguageNames(codes)
