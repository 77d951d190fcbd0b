"""The result of the reader, and the lookups for titles and people that it uses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["plot", "request", "memory"]
"""A plot is a synopsis, a request asks for films, and a memory describes a film that a person saw long ago."""


@dataclass(frozen=True, slots=True)
class Years:
    """The years in which a film was released, both included; None if that side is open."""

    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        """Refuse a range without bounds, or with the bounds in the wrong order."""
        if self.first is None and self.last is None:
            raise ValueError("A range of years needs a first or a last year.")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"The first year, {self.first}, is after the last, {self.last}.")


@dataclass(frozen=True, slots=True)
class NamedFilm:
    """A film of the catalogue that a text names as an example."""

    movie_id: int
    title: str
    year: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for. A plot has only its text."""

    kind: Kind
    text: str
    """The remaining text, which is compared with films; all of a plot or a memory. May be empty."""
    genres: tuple[str, ...] = ()
    """Requested genres, by the names in `genre_names`."""
    excluded_genres: tuple[str, ...] = ()
    years: Years | None = None
    languages: tuple[str, ...] = ()
    """Codes of original languages, any of which is requested."""
    people: tuple[str, ...] = ()
    """Directors and actors, by their full names."""
    like: tuple[NamedFilm, ...] = ()
    unlike: tuple[NamedFilm, ...] = ()
    """Films that are not wanted themselves: "by Hitchcock except Psycho"."""
    excluded_languages: tuple[str, ...] = ()
    runtime_min: int | None = None
    """Minutes."""
    runtime_max: int | None = None
    min_vote_average: float | None = None

    def __post_init__(self) -> None:
        """Refuse a shortest runtime above the longest."""
        if self.runtime_min is not None and self.runtime_max is not None and self.runtime_min > self.runtime_max:
            raise ValueError(f"The shortest runtime, {self.runtime_min}, is above the longest, {self.runtime_max}.")

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the text was read."""
        return self == Understood(self.kind, self.text)


class TitleLookup(Protocol):
    """Finds films by their whole titles."""

    def films_titled(self, title: str) -> Sequence[NamedFilm]:
        """Return films of this title, most votes first; case, accents and punctuation are ignored."""

    def films_beginning(self, title: str) -> Sequence[NamedFilm]:
        """Return films whose titles begin with these words and have more, most votes first."""

    def films_nearly_titled(self, title: str, *, is_name: bool) -> Sequence[NamedFilm]:
        """Return films whose titles, or the beginnings of whose titles, differ from this one by typing errors.

        Unless it `is_name` without doubt, one of its words must be in no title: "trains" is not "Train" misspelt.
        """


class PeopleLookup(Protocol):
    """Finds directors and actors by their names."""

    def people_named(self, name: str) -> Sequence[str]:
        """Return the people of this full name; case and accents are ignored."""

    def people_surnamed(self, surname: str) -> Sequence[str]:
        """Return the people of this surname, those with the most films first."""

    def people_nearly_named(self, name: str) -> Sequence[str]:
        """Return the people whose full name, or surname if it is one word, differs from this by typing errors.

        None if one word is also a word of a title: "trains" is not "Rains" misspelt.
        """


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the reader uses of a catalogue."""

    titles: TitleLookup
    people: PeopleLookup
    newest_year: int
    """Year of the newest film: "recent" is counted back from it."""
