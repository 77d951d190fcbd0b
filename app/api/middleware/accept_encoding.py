"""Middleware that decides whether a client accepts gzip."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

_HEADER = b"accept-encoding"
_GZIP_NAMES = ("gzip", "x-gzip")


class AcceptEncodingMiddleware:
    """Replaces Accept-Encoding by `gzip` or `identity`.

    What compresses then only has to look for the word, as Starlette's GZipMiddleware does. By itself it would take
    `gzip;q=0`, which refuses gzip, for a request of gzip, and would not know `GZIP` or `*`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the decision."""
        given = [value for name, value in scope["headers"] if name == _HEADER] if scope["type"] == "http" else []
        if given not in ([], [b"gzip"]):
            scope = {**scope, "headers": list(scope["headers"])}
            accepted = accepts_gzip(b",".join(given).decode("latin-1"))
            MutableHeaders(scope=scope)["Accept-Encoding"] = "gzip" if accepted else "identity"
        await self._app(scope, receive, send)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether the header accepts gzip, by name or by `*` (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for choice in accept_encoding.lower().split(","):
        name, _, parameters = choice.partition(";")
        weights[name.strip()] = _weight(parameters)
    named = [weights[name] for name in _GZIP_NAMES if name in weights]
    return max(named) > 0 if named else weights.get("*", 0) > 0


def _weight(parameters: str) -> float:
    """Return the value of `q`, 1 if there is none, or 0 if it cannot be read: uncompressed bytes are always safe."""
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
