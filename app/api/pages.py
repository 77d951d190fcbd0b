"""The pages /docs, /redoc and /demo with all their files, so that they work without internet access."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from app.api.caching import is_known

_ASSETS_PACKAGE = "fastapi_standalone_docs"
_ALWAYS_ASK_AGAIN = "no-cache"
_FRESH_FOR_A_DAY = "public, max-age=86400"
_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_COMMON_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
DEMO_POLICY = f"{_COMMON_POLICY}; style-src 'self'; img-src 'self' data: https://image.tmdb.org"
SWAGGER_POLICY = f"{_COMMON_POLICY}; style-src 'self'; img-src 'self' data:"
REDOC_POLICY = f"{_COMMON_POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:"
"""ReDoc writes its styles into the page."""


@dataclass(frozen=True)
class StaticFile:
    """A file that is read and compressed on its first request."""

    name: str
    cache_control: str = _ALWAYS_ASK_AGAIN
    policy: str | None = None
    package: str = "app"

    @cached_property
    def _file(self) -> Traversable:
        return resources.files(self.package) / "static" / self.name

    @cached_property
    def _compressed(self) -> tuple[bytes, str]:
        """The compressed bytes and the ETag, which depends only on the uncompressed bytes."""
        content = self._file.read_bytes()
        return gzip.compress(content, mtime=0), f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'

    def response(self, request: Request) -> Response:
        """Return the file, or 304 if the caller has it already.

        AcceptEncodingMiddleware has reduced Accept-Encoding to `gzip` or `identity`.
        """
        compressed, etag = self._compressed
        headers = {
            "ETag": etag,
            "Cache-Control": self.cache_control,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        if self.policy is not None:
            headers["Content-Security-Policy"] = self.policy
        if is_known(request, etag):
            return Response(status_code=304, headers=headers)
        media_type = _MEDIA_TYPES[self.name.rpartition(".")[2]]
        headers["Vary"] = "Accept-Encoding"
        if request.headers.get("Accept-Encoding") != "gzip":
            return Response(gzip.decompress(compressed), headers=headers, media_type=media_type)
        return Response(compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)


def _packaged(name: str) -> StaticFile:
    return StaticFile(name, cache_control=_FRESH_FOR_A_DAY, package=_ASSETS_PACKAGE)


def _demo_modules() -> dict[str, StaticFile]:
    """Return the demo's JavaScript modules by path, listed once, at import."""
    names = sorted(file.name for file in (resources.files("app") / "static" / "demo").iterdir())
    return {f"/demo/{name}": StaticFile(f"demo/{name}") for name in names if name.endswith(".js")}


_DEMO_FILES = {
    "/demo": StaticFile("demo/demo.html", policy=DEMO_POLICY),
    "/demo/demo.css": StaticFile("demo/demo.css"),
    "/favicon.svg": StaticFile("favicon.svg"),
    **_demo_modules(),
}
_DOCS_FILES = {
    "/docs": StaticFile("docs.html", policy=SWAGGER_POLICY),
    "/docs/docs.js": StaticFile("docs.js"),
    "/docs/swagger-ui.css": _packaged("swagger/swagger-ui.css"),
    "/docs/swagger-ui-bundle.js": _packaged("swagger/swagger-ui-bundle.js"),
    "/redoc": StaticFile("redoc.html", policy=REDOC_POLICY),
    "/redoc/redoc.css": StaticFile("redoc.css"),
    "/redoc/redoc.standalone.js": _packaged("redoc/redoc.standalone.js"),
    "/redoc/logo-mini.svg": _packaged("redoc/logo-mini.svg"),
    "/llms.txt": StaticFile("llms.txt"),
}


def _endpoint(file: StaticFile) -> Callable[[Request], Response]:
    def serve(request: Request) -> Response:
        if file.policy is not None and request.scope.get("raw_path", b"").endswith(b"/"):
            return _without_slash(request)
        return file.response(request)

    return serve


def _without_slash(request: Request) -> Response:
    """Redirect /page/ to /page by a relative address: pages name their files and the API relatively to it."""
    raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
    slashes = len(raw_path) - len(raw_path.rstrip(b"/"))
    query = f"?{request.url.query}" if request.url.query else ""
    page = request.scope["path"].rpartition("/")[2]
    return Response(status_code=308, headers={"Location": f"{'../' * slashes}{page}{query}"})


def _router(files: dict[str, StaticFile]) -> APIRouter:
    """Serve each file at its path. No part of a request's path reaches the file system."""
    router = APIRouter()
    for path, file in files.items():
        router.add_api_route(path, _endpoint(file), methods=["GET", "HEAD"], include_in_schema=False)
    return router


demo_router = _router(_DEMO_FILES)
docs_router = _router(_DOCS_FILES)
