"""Middleware that requires an API key when keys are configured."""

import hashlib
import hmac
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.route_templates import path_in_app

API_KEY_HEADER = "X-API-Key"
GUARDED_PATHS = ("/api/", "/metrics")
"""Paths that need a key: those that compute, or that report traffic. Other paths are the same for every client."""

_REFUSAL = f"An API key is needed: send it as {API_KEY_HEADER}, or as Authorization: Bearer."


class ApiKeysMiddleware:
    """Answers 401 if a request for a guarded path has no accepted key.

    Only digests of the keys are kept, and they are compared in constant time, so that neither memory nor response times
    reveal a key.
    """

    def __init__(self, app: ASGIApp, keys: Sequence[str]) -> None:
        self._app = app
        self._digests = [_digest(key.encode()) for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] != "http" or not is_guarded_request(scope) or self._knows(_given_key(Headers(scope=scope))):
            await self._app(scope, receive, send)
            return
        refusal = JSONResponse(
            {"detail": _REFUSAL}, HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer realm="recommender"'}
        )
        await refusal(scope, receive, send)

    def _knows(self, key: bytes) -> bool:
        digest = _digest(key)
        return bool(sum([hmac.compare_digest(digest, known) for known in self._digests]))


def is_guarded(path: str) -> bool:
    """Return whether a path needs a key."""
    return path.startswith(GUARDED_PATHS)


def is_guarded_request(scope: Scope) -> bool:
    """Return whether a request's path is guarded, with or without a proxy's prefix (uvicorn's --root-path)."""
    return is_guarded(scope["path"]) or is_guarded(path_in_app(scope))


def _given_key(headers: Headers) -> bytes:
    key = headers.get(API_KEY_HEADER)
    if key is None:
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else ""
    return key.encode("latin-1")  # the encoding that the headers were decoded with


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
