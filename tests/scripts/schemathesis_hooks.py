"""Schemathesis hooks: constraints that JSON Schema cannot express, between fields and on blank texts."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: Any) -> bool:  # noqa: ANN401
    """Skip requests with years out of order, a film both liked and disliked, or texts with blanks.

    The service refuses all of them, because a text may be too short once its blanks are removed.
    """
    parts = _parts(case.body) + _parts(case.query)
    return not any(_is_contradictory(part) or _has_blanks(list(part.values())) for part in parts)


def _has_blanks(values: list[Any]) -> bool:
    return any(
        value != value.strip() if isinstance(value, str) else isinstance(value, list) and _has_blanks(value)
        for value in values
    )


def _parts(content: object) -> list[dict[str, Any]]:
    if isinstance(content, list):
        return [part for item in content for part in _parts(item)]
    if not isinstance(content, dict):
        return []
    return [content, *(part for value in content.values() for part in _parts(value))]


def _is_contradictory(part: dict[str, Any]) -> bool:
    earliest, latest = _number(part.get("year_min")), _number(part.get("year_max"))
    liked, disliked = part.get("liked"), part.get("disliked")
    years_cross = earliest is not None and latest is not None and earliest > latest
    both = isinstance(liked, list) and isinstance(disliked, list) and any(item in disliked for item in liked)
    return years_cross or both


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
