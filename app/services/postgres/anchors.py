"""Anchors of a query as conditions in SQL, by which candidates are found."""

from typing import LiteralString

from app.services.catalogue import Handles
from app.services.postgres.filters import Condition
from app.services.ranking.ranking_query import Anchors, Target

_YEARS_AROUND = 8
"""Years around a requested year within which candidates are searched for; films further away lose nearly all."""


def anchor_conditions(target: Target, anchors: Anchors, films_of_people: list[Handles]) -> list[Condition]:
    """Return conditions for all that is requested, for less of it, and for the films of people.

    They only find candidates; the losses by anchors are part of the raw scores.
    """
    genres = [list(group) for group in anchors.genres] or ([list(target.genres)] if target.genres else [])
    people = [films.tolist() for films in films_of_people]
    strict, relaxed = Condition(), Condition()
    for number, group in enumerate(genres):
        strict.require_one_of(f"genres_{number}", "f.genres && {}", _folded(group))
    for number, films in enumerate(people):
        strict.require_one_of(f"people_{number}", "f.handle = ANY({})", films)
    for condition in (strict, relaxed):
        _require_years(condition, target, anchors)
        _require_limits(condition, anchors)
        if anchors.languages:
            condition.require("f.language = ANY(%(spoken)s)", spoken=[code.casefold() for code in anchors.languages])
        if anchors.excluded_genres:
            condition.require("NOT f.genres && %(unwanted)s", unwanted=_folded(anchors.excluded_genres))
        if anchors.excluded_languages:
            condition.require(
                "coalesce(f.language <> ALL(%(unspoken)s), true)", unspoken=_folded(anchors.excluded_languages)
            )
    less = [relaxed] if anchors != Anchors() and len(relaxed.parts) < len(strict.parts) else []
    if people:
        by_or_with = Condition()
        by_or_with.require("f.handle = ANY(%(anyone)s)", anyone=sorted({film for films in people for film in films}))
        less.append(by_or_with)
    return [condition for condition in (strict, *less) if condition.parts]


def _require_years(condition: Condition, target: Target, anchors: Anchors) -> None:
    first, last = anchors.first_year, anchors.last_year
    if first is None and last is None and target.year is not None:
        first, last = target.year - _YEARS_AROUND, target.year + _YEARS_AROUND
    if first is not None or last is not None:
        condition.require("f.year > 0")
    if first is not None:
        condition.require("f.year >= %(anchor_first)s", anchor_first=first)
    if last is not None:
        condition.require("f.year <= %(anchor_last)s", anchor_last=last)


def _require_limits(condition: Condition, anchors: Anchors) -> None:
    limits: tuple[tuple[str, LiteralString, float | None], ...] = (
        ("anchor_runtime_min", "f.runtime >= {}", anchors.runtime_min),
        ("anchor_runtime_max", "f.runtime <= {}", anchors.runtime_max),
        ("anchor_votes", "f.vote_average >= 1000 * {}::float8", anchors.min_vote_average),
    )
    for name, part, value in limits:
        if value is not None:
            condition.require_one_of(name, part, value)


def _folded(names: list[str] | tuple[str, ...]) -> list[str]:
    return [name.casefold() for name in names]
