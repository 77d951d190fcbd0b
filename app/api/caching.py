"""Cache headers of answers that change only with the index."""

from http import HTTPStatus

from fastapi import HTTPException, Request

from app.services.service_slot import ServiceSlot

SECONDS_FRESH = 60


def index_version_headers(request: Request, slot: ServiceSlot) -> dict[str, str]:
    """Return headers with the index's version as ETag, none where it has no version.

    Where keys are set, caches that several callers share may not keep the answer.
    Raises HTTPException 304 where the caller has that version already.
    """
    version = slot.index_version
    if version is None:
        return {}
    audience = "private" if request.app.state.settings.api_key_list else "public"
    headers = {"ETag": f'W/"{version}"', "Cache-Control": f"{audience}, max-age={SECONDS_FRESH}"}
    if is_known(request, headers["ETag"]):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    return headers


def is_known(request: Request, etag: str) -> bool:
    """Tell whether If-None-Match names this ETag: compared weakly, as RFC 9110, section 13.1.2, has it."""
    given = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in given or etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in given)
