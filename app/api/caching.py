"""Cache headers of responses that change only with the index."""

from http import HTTPStatus

from fastapi import HTTPException, Request

from app import __version__
from app.services.service_slot import ServiceSlot

SECONDS_FRESH = 60


def index_version_headers(request: Request, slot: ServiceSlot) -> dict[str, str]:
    """Return headers with an ETag for the index and this version of the service, or none if the index has no version.

    If keys are configured, shared caches may not keep the response.
    Raises HTTPException 304 if the caller already has that version.
    """
    version = slot.index_version
    if version is None:
        return {}
    audience = "private" if request.app.state.settings.api_key_list else "public"
    headers = {"ETag": f'W/"{version}-{__version__}"', "Cache-Control": f"{audience}, max-age={SECONDS_FRESH}"}
    if is_known(request, headers["ETag"]):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    return headers


def is_known(request: Request, etag: str) -> bool:
    """Return whether If-None-Match names this ETag, by the weak comparison of RFC 9110, section 13.1.2."""
    given = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in given or etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in given)
