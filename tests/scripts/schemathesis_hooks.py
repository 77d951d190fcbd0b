"""What JSON Schema cannot say of a proper request: which fields must fit each other, and that blanks count for nothing.

Read by Schemathesis.
"""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: Any) -> bool:  # noqa: ANN401
    """Leave out requests that ask for years out of order, like and dislike one film, or have texts of blanks.

    All are rightly refused; a text with blanks around it may be too short without them.
    """
    parts = _parts(case.body) + _parts(case.query)
    return not any(_contradicts_itself(part) or _has_blanks(list(part.values())) for part in parts)


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
