"""What was read out of a text: the result of the reader, and the lookups that it asks for titles and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["plot", "request", "memory"]
"""A plot is a synopsis; a request asks for films; a memory tells of a film that somebody saw long ago."""


@dataclass(frozen=True, slots=True)
class Years:
    """The years in which a film was released, both included; None if that side is open."""

    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        """Refuse a range without a bound, and one that is upside down."""
        if self.first is None and self.last is None:
            raise ValueError("A range of years needs a first or a last year.")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"The first year, {self.first}, is after the last, {self.last}.")


@dataclass(frozen=True, slots=True)
class NamedFilm:
    """A film of the catalogue that a text names as an example."""

    movie_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A text, read. A plot has nothing but its text."""

    kind: Kind
    text: str
    """What remains to be compared with films; the whole text of a plot or a memory. May be empty."""
    genres: tuple[str, ...] = ()
    """Genres wanted, under the names of `genre_names`."""
    excluded_genres: tuple[str, ...] = ()
    years: Years | None = None
    languages: tuple[str, ...] = ()
    """Codes of original languages, one of which is wanted."""
    people: tuple[str, ...] = ()
    """Directors and actors, by their full names."""
    like: tuple[NamedFilm, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the text was read."""
        return not (self.genres or self.excluded_genres or self.years or self.languages or self.people or self.like)


class TitleLookup(Protocol):
    """Finds films by their whole titles."""

    def films_titled(self, title: str) -> Sequence[NamedFilm]:
        """Return films of this title, most votes first; capitals, accents and punctuation make no difference."""

    def films_beginning(self, title: str) -> Sequence[NamedFilm]:
        """Return films whose titles begin with these words and go on, most votes first."""

    def films_nearly_titled(self, title: str, *, is_name: bool) -> Sequence[NamedFilm]:
        """Return films whose titles, or the beginnings of whose titles, differ from this one by typing errors.

        Unless it `is_name` without doubt, one of its words must be in no title: "trains" is not "Train" misspelt.
        """


class PeopleLookup(Protocol):
    """Finds directors and actors by their names."""

    def people_named(self, name: str) -> Sequence[str]:
        """Return the people of this full name; capitals and accents make no difference."""

    def people_surnamed(self, surname: str) -> Sequence[str]:
        """Return the people of this surname, those with the most films first."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the reader needs to know of the catalogue."""

    titles: TitleLookup
    people: PeopleLookup
    newest_year: int
    """Year of the newest film: "recent" is counted back from it."""
