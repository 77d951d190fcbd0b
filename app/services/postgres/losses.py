"""Losses for unmet parts of a query as an expression in SQL, by which films with shared words are ordered.

It only finds candidates. Their raw scores are computed by the formula that all engines share.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString

from psycopg import sql

from app.services.catalogue import Handles
from app.services.ranking.ranking_query import Anchors, RangeAnchor, Target

_MISSES: LiteralString = "CASE WHEN {} THEN 0 ELSE {} END"
_RANGE: LiteralString = (
    "{loss} * CASE WHEN {column} > 0 "
    "THEN 1 - exp(greatest({first}::int - {column}, {column} - {last}::int, 0) / -{scale}::float8) ELSE 1 END"
)


@dataclass(slots=True)
class Losses:
    """A sum of losses of a film of the table `films f`, and its parameters by name."""

    parts: list[sql.Composable] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> sql.Composable:
        """The sum as SQL."""
        return sql.SQL("({})").format(sql.SQL(" + ").join(self.parts))

    def unless(self, condition: LiteralString, value: object, loss: float) -> None:
        """Add a loss of films that do not meet a condition; `value` replaces {} in it."""
        self.parts.append(sql.SQL(_MISSES).format(sql.SQL(condition).format(self._add(value)), self._add(loss)))

    def outside(self, wanted: RangeAnchor) -> None:
        """Add a loss that grows with the distance from a range; see `range_losses`."""
        values = {"loss": wanted.weight, "first": wanted.first, "last": wanted.last, "scale": wanted.scale}
        column = sql.Identifier("f", wanted.column)
        self.parts.append(
            sql.SQL(_RANGE).format(column=column, **{name: self._add(value) for name, value in values.items()})
        )

    def _add(self, value: object) -> sql.Composable:
        """Return the placeholder of a new parameter."""
        name = f"loss_{len(self.parameters)}"
        self.parameters[name] = value
        return (
            sql.SQL("{}::float8").format(sql.Placeholder(name)) if isinstance(value, float) else sql.Placeholder(name)
        )


def losses_of(target: Target, anchors: Anchors, films_of_people: list[Handles]) -> Losses:
    """Return the losses by what a target and the anchors ask for."""
    losses = Losses()
    weights = target.weights
    for genre in target.genres:
        losses.unless("f.genres @> {}", [genre.casefold()], weights.genres / len(target.genres))
    if target.year is not None:
        losses.outside(RangeAnchor("year", target.year, target.year, weights.year, weights.year_scale))
    for condition, value, loss in _conditions(anchors, films_of_people):
        losses.unless(condition, value, loss)
    for wanted in anchors.ranges():
        losses.outside(wanted)
    return losses


def _conditions(anchors: Anchors, films_of_people: list[Handles]) -> Iterator[tuple[LiteralString, object, float]]:
    """Yield the conditions of anchors, the values for {} in them, and the loss of films that do not meet them."""
    weights = anchors.weights
    for group in anchors.genres:
        yield "f.genres && {}", [name.casefold() for name in group], weights.genre
    for name in anchors.excluded_genres:
        yield "NOT f.genres @> {}", [name.casefold()], weights.excluded_genre
    if anchors.languages:
        yield "f.language = ANY({})", [code.casefold() for code in anchors.languages], weights.languages
    if anchors.excluded_languages:
        excluded = [code.casefold() for code in anchors.excluded_languages]
        yield "coalesce(f.language <> ALL({}), true)", excluded, weights.languages
    for films in films_of_people:
        yield "f.handle = ANY({})", films.tolist(), weights.people / len(films_of_people)
