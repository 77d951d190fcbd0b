"""Middleware that limits requests per client; imported only when a limit is set."""

import ipaddress
import math
import time
from http import HTTPStatus

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware.api_keys import is_guarded_request

_POLICY = "default"
_BITS_OF_AN_IPV6_SITE = 64


class RateLimitMiddleware:
    """Answers 429 if a client address has exceeded its limit; /health and pages are not limited.

    The address is that of the connection, or the one forwarded by a trusted proxy (uvicorn's FORWARDED_ALLOW_IPS). The
    headers follow https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 10).
    """

    def __init__(self, app: ASGIApp, limit: str) -> None:
        """Parse a limit such as "60/minute"; raises ValueError if it is invalid."""
        self._app = app
        self._limit: RateLimitItem = parse(limit)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._policy = f'"{_POLICY}";q={self._limit.amount};w={self._limit.get_expiry()}'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] != "http" or not is_guarded_request(scope):
            await self._app(scope, receive, send)
            return
        client = _client_network(scope)
        is_allowed = await self._limiter.hit(self._limit, client)
        reset_time, remaining = await self._limiter.get_window_stats(self._limit, client)
        seconds = max(math.ceil(reset_time - time.time()), 1)

        async def send_with_limit(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = self._policy
                headers["RateLimit"] = f'"{_POLICY}";r={remaining};t={seconds}'
            await send(message)

        if is_allowed:
            await self._app(scope, receive, send_with_limit)
            return
        detail = f"Too many requests from this address: at most {self._limit}; try again in {seconds} s."
        refusal = JSONResponse({"detail": detail}, HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})
        await refusal(scope, receive, send_with_limit)


def _client_network(scope: Scope) -> str:
    """Return the client's address; for IPv6 its /64 network, because a site may use any address in it."""
    host = scope["client"][0] if scope["client"] else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address  # dual-stack proxies write IPv4 addresses this way
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), _BITS_OF_AN_IPV6_SITE), strict=False))
