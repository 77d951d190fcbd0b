"""Cache headers of answers that change only with the index."""

from http import HTTPStatus

from fastapi import HTTPException, Request, Response

from app.api.dependencies import Runner

SECONDS_FRESH = 60


async def index_version_etag(runner: Runner, request: Request, response: Response) -> None:
    """Give the answer the index's version as its ETag; answer 304 where the caller has that version already."""
    version = runner.slot.index_version
    if version is None:
        return
    headers = {"ETag": f'W/"{version}"', "Cache-Control": f"public, max-age={SECONDS_FRESH}"}
    known = request.headers.get("If-None-Match", "")
    if headers["ETag"] in (tag.strip() for tag in known.split(",")):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
