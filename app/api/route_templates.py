"""Route templates of requests, such as /api/v1/movies/{movie_id}."""

import re
from collections.abc import Sequence
from functools import cached_property

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path
from starlette.types import Scope

UNKNOWN_ROUTE = "(none)"


class RouteTemplates:
    """Finds the template of a request, even if a middleware answered it before routing.

    The `route` in the scope cannot be used: its path lacks the prefixes of nested routers.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    def of(self, scope: Scope) -> str:
        """Return the template of the request's route, or UNKNOWN_ROUTE."""
        path = path_in_app(scope)
        path = path.rstrip("/") or path
        return next((template for template, regex in self._patterns if regex.match(path)), UNKNOWN_ROUTE)

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        paths = [route.path for route in iter_route_contexts(self._routes) if route.path is not None]
        return [(template, regex) for regex, template, _ in map(compile_path, paths)]


def path_in_app(scope: Scope) -> str:
    """Return a request's path without a proxy's prefix (uvicorn's --root-path)."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"
