"""Conversion of a MovieFilter into a condition in SQL, in which every value is a parameter."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

from psycopg import sql

from app.services.catalogue import Narrowing
from app.services.queries import GenreChoice, MovieFilter


@dataclass(slots=True)
class Condition:
    """Conditions on the table `films f` that a film must all meet, and their parameters by name."""

    parts: list[sql.Composable] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    is_filter: bool = False
    """Whether a large part of the films may not meet them."""

    def require(self, part: LiteralString, **parameters: object) -> None:
        """Add a condition; `part` names the parameters as %(name)s."""
        self.parts.append(sql.SQL("({})").format(sql.SQL(part)))
        self.parameters |= parameters

    def require_one_of(self, name: str, part: LiteralString, value: object) -> None:
        """Add a condition whose only parameter replaces {} and is called `name`."""
        self.parts.append(sql.SQL("({})").format(sql.SQL(part).format(sql.Placeholder(name))))
        self.parameters[name] = value

    def require_any(self, prefix: str, part: LiteralString, values: Sequence[object], *, negated: bool = False) -> None:
        """Add a condition that `part` holds for one of the values (or for none), each in place of {}."""
        names = [f"{prefix}_{number}" for number in range(len(values))]
        each = sql.SQL(" OR ").join(sql.SQL(part).format(sql.Placeholder(name)) for name in names)
        self.parts.append(sql.SQL("(NOT ({}))" if negated else "({})").format(each))
        self.parameters |= dict(zip(names, values, strict=True))

    @property
    def text(self) -> sql.Composable:
        """The condition as SQL."""
        return sql.SQL(" AND ").join(self.parts) if self.parts else sql.SQL("true")


def condition_of(narrowing: Narrowing) -> Condition:
    """Return the condition that the films of an answer meet; see MovieFilter."""
    condition = Condition()
    if narrowing.exclude:
        condition.require("f.movie_id <> ALL(%(exclude)s)", exclude=list(narrowing.exclude))
    if narrowing.movie_filter is not None:
        _add_filter(condition, narrowing.movie_filter)
        condition.is_filter = True
    return condition


def _add_filter(condition: Condition, wanted: MovieFilter) -> None:
    if wanted.genres_any:
        condition.require_any("any", "f.genres @> {}", [_genres(choice) for choice in wanted.genres_any])
    if wanted.genres_none:
        choices = [_genres(choice) for choice in wanted.genres_none]
        condition.require_any("none", "f.genres @> {}", choices, negated=True)
    if wanted.year_max is not None:
        condition.require("f.year > 0")
    for name, part, value in _limits(wanted):
        if value is not None:
            condition.require_one_of(name, part, value)


def _limits(wanted: MovieFilter) -> Iterator[tuple[str, LiteralString, object]]:
    """Yield the name, the condition and the value of each condition on one column; omitted conditions have None.

    A comparison with a value that is not known (NULL) is not met.
    """
    language, average = wanted.original_language, wanted.min_vote_average
    yield "year_min", "f.year >= {}", wanted.year_min
    yield "year_max", "f.year <= {}", wanted.year_max
    yield "original_language", "f.language = {}", None if language is None else language.casefold()
    yield "min_vote_count", "f.vote_count >= {}", wanted.min_vote_count or None
    yield "min_vote_average", "f.vote_average >= {}", None if average is None else math.ceil(round(1000 * average, 6))
    yield "runtime_min", "f.runtime >= {}", wanted.runtime_min
    yield "runtime_max", "f.runtime <= {}", wanted.runtime_max
    yield "is_tv", "f.is_tv = {}", None if wanted.type is None else wanted.type == "tv"
    yield "directors_any", "f.directors && {}", _names(wanted.directors_any)
    yield "keywords_any", "f.keywords && {}", _names(wanted.keywords_any)


def _names(names: tuple[str, ...]) -> list[str] | None:
    return [name.strip().casefold() for name in names] or None


def _genres(choice: GenreChoice) -> list[str]:
    return [name.casefold() for name in ([choice] if isinstance(choice, str) else choice)]
