"""What JSON Schema cannot say of a proper request: which fields must fit each other. Read by Schemathesis."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: Any) -> bool:  # noqa: ANN401
    """Leave out requests that ask for years out of order, or like and dislike one film: both are rightly refused."""
    return not any(_contradicts_itself(part) for part in _parts(case.body) + _parts(case.query))


def _parts(content: object) -> list[dict[str, Any]]:
    if isinstance(content, list):
        return [part for item in content for part in _parts(item)]
    if not isinstance(content, dict):
        return []
    return [content, *(part for value in content.values() for part in _parts(value))]


def _contradicts_itself(part: dict[str, Any]) -> bool:
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
