"""A MovieFilter as a condition in SQL; every value is a parameter."""

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

    def require(self, part: LiteralString, **parameters: object) -> None:
        """Add a condition; `part` names the parameters as %(name)s."""
        self.parts.append(sql.SQL("({})").format(sql.SQL(part)))
        self.parameters |= parameters

    def require_any(self, part: LiteralString, prefix: LiteralString, values: list[list[str]]) -> None:
        """Add a condition that `part` holds for one of the values, which it takes in place of {}."""
        names = [f"{prefix}_{number}" for number in range(len(values))]
        each = [sql.SQL(part).format(sql.Placeholder(name)) for name in names]
        self.parts.append(sql.SQL("({})").format(sql.SQL(" OR ").join(each)))
        self.parameters |= dict(zip(names, values, strict=True))

    def negate_last(self) -> None:
        """Turn the condition added last into its opposite."""
        self.parts[-1] = sql.SQL("NOT {}").format(self.parts[-1])

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
    return condition


def _add_filter(condition: Condition, wanted: MovieFilter) -> None:
    if wanted.genres_any:
        condition.require_any("f.genres @> {}", "any", [_folded(choice) for choice in wanted.genres_any])
    if wanted.genres_none:
        condition.require_any("f.genres @> {}", "none", [_folded(choice) for choice in wanted.genres_none])
        condition.negate_last()
    if wanted.year_min is not None or wanted.year_max is not None:
        condition.require("f.year > 0")
    if wanted.year_min is not None:
        condition.require("f.year >= %(year_min)s", year_min=wanted.year_min)
    if wanted.year_max is not None:
        condition.require("f.year <= %(year_max)s", year_max=wanted.year_max)
    if wanted.original_language is not None:
        condition.require("f.language = %(language)s", language=wanted.original_language.casefold())
    if wanted.min_vote_count:
        condition.require("f.vote_count >= %(min_vote_count)s", min_vote_count=wanted.min_vote_count)


def _folded(choice: GenreChoice) -> list[str]:
    return [name.casefold() for name in ([choice] if isinstance(choice, str) else choice)]
