"""Cache headers of answers that change only with the index."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Header, HTTPException, Response

from app.api.dependencies import Runner

SECONDS_FRESH = 60


async def index_version_etag(
    runner: Runner, response: Response, if_none_match: Annotated[str | None, Header(include_in_schema=False)] = None
) -> None:
    """Give the answer the index's version as its ETag; answer 304 where the caller has that version already."""
    version = runner.slot.index_version
    if version is None:
        return
    headers = {"ETag": f'W/"{version}"', "Cache-Control": f"public, max-age={SECONDS_FRESH}"}
    if if_none_match and headers["ETag"] in (tag.strip() for tag in if_none_match.split(",")):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
