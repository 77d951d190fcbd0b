"""Resumable download of one large file with a known SHA-256, from https, file or localhost."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from app.indexing.errors import IndexingError
from app.indexing.progress import progress, say

MAX_BYTES = 4_000_000_000
"""A larger file is not a bundle."""

ATTEMPTS = 6
"""Consecutive attempts without progress before the download fails."""

FIRST_WAIT = 1.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_MAX_REDIRECTS = 10
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


def parse_sha256(text: str) -> str:
    """Return a SHA-256 in lower-case hexadecimal digits; raises IndexingError if it is not one."""
    match = _DIGEST.fullmatch(text.strip())
    if not match:
        raise IndexingError("--sha256 takes 64 hexadecimal digits, as the bundle command prints them")
    return match.group(1).lower()


@contextmanager
def fetched_file(url: str, sha256: str, folder: Path) -> Iterator[Path]:
    """Download the file at `url`, check it, and yield its path; the download is removed when the block ends.

    A partial download is kept in `folder`, so that the next call resumes it.

    Raises:
        IndexingError: The address is not allowed, does not answer, or has another file.
    """
    sha256 = parse_sha256(sha256)
    if url.lower().startswith("file:"):
        path = _local_path(url)
        _check(path, sha256, shown(url))
        yield path
        return
    _check_address(url)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".fetch-{sha256[:16]}.partial"
    _download_checked(url, sha256, partial)
    try:
        yield partial
    except IndexingError:  # the file is unusable; after other errors, such as a full disk or Ctrl-C, it is kept
        _remove(partial)
        raise
    _remove(partial)


def shown(url: str) -> str:
    """Return an address for messages: without user, password and query, which may contain secrets."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else f"{host}{parts.path}"


def _local_path(url: str) -> Path:
    try:
        parts = urlsplit(url)
        is_here = parts.netloc in {"", "localhost"} and parts.path.startswith("/")
    except ValueError:
        is_here = False
    if not is_here:
        raise IndexingError(f"{shown(url)} is not a file on this machine: write file:///path/to/bundle.tar.gz")
    path = Path(unquote(parts.path))
    if not path.is_file():
        raise IndexingError(f"{path} does not exist: check the address")
    return path


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        local = parts.hostname in _LOCAL_HOSTS
        usable = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise IndexingError(
            f"{shown(url)} is not an address to fetch from: give https://..., or file:///... for a file here"
        )


def _check(path: Path, sha256: str, source: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise IndexingError(
            f"{source} has SHA-256 {found}, not {sha256}: it is another file, or the --sha256 is wrong. "
            "Nothing was changed"
        )


class _TransientError(Exception):
    """The download failed; another attempt may succeed."""


def _download_checked(url: str, sha256: str, partial: Path) -> None:
    """Download to `partial` and check it. If a resumed download was of another file, download it from the start."""
    resumed = _download(url, partial)
    try:
        _check(partial, sha256, shown(url))
    except IndexingError:
        _remove(partial)
        if not resumed:
            raise
        say("The partial download belongs to another file: starting again")
        _download(url, partial)
        try:
            _check(partial, sha256, shown(url))
        except IndexingError:
            _remove(partial)
            raise


def _remove(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _validator_path(partial).unlink(missing_ok=True)


def _download(url: str, partial: Path) -> bool:
    """Download the rest of a file and return whether a part of it was present."""
    resumed = _size(partial) > 0
    retrying = Retrying(
        retry=retry_if_exception_type(_TransientError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=FIRST_WAIT, max=30.0, jitter=FIRST_WAIT),
        reraise=True,
    )
    try:
        with httpx.Client(timeout=_TIMEOUT) as client:
            retrying(_download_rest, client, url, partial)
    except _TransientError as error:
        raise IndexingError(
            f"{shown(url)} does not answer ({error}): check the network, then run the same command again; it resumes"
        ) from None
    return resumed


def _download_rest(client: httpx.Client, url: str, partial: Path) -> None:
    """Download the rest, and retry at once after progress, because a bad connection may fail often."""
    while True:
        have = _size(partial)
        try:
            _download_once(client, url, partial)
        except _TransientError:
            if _size(partial) <= have:
                raise
        else:
            return


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _download_once(client: httpx.Client, url: str, partial: Path) -> None:
    have = _size(partial)
    try:
        with _response(client, url, _resume_headers(partial, have)) as response:
            if response.status_code == 416:  # the partial file is complete, or of another file
                if have == _whole_size(response):
                    return
                _remove(partial)
                raise _TransientError("the file has changed")
            begin = _offset_of(response, have)
            _append(response, partial, begin)
    except httpx.TransportError as error:
        raise _TransientError(type(error).__name__) from None
    except (httpx.InvalidURL, UnicodeError):  # a host name that cannot exist
        raise IndexingError(f"{shown(url)} is not an address to fetch from") from None


@contextmanager
def _response(client: httpx.Client, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """Yield the response, after following redirects to allowed addresses."""
    for _ in range(_MAX_REDIRECTS):
        with client.stream("GET", url, headers=headers) as response:
            if not response.has_redirect_location:
                _check_status(url, response)
                yield response
                return
            url = str(response.url.join(response.headers["Location"]))
        _check_address(url)
    raise IndexingError(f"{shown(url)} is redirected too often: check the address")


def _check_status(url: str, response: httpx.Response) -> None:
    status = response.status_code
    if status in {200, 206, 416}:
        return
    if status == 429 or status == 408 or status >= 500:
        raise _TransientError(f"status {status}")
    raise IndexingError(f"{shown(url)} gives status {status}: check the address, and that it needs no login")


def _resume_headers(partial: Path, have: int) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if validator := _read_validator(partial):
            headers["If-Range"] = validator
    return headers


def _offset_of(response: httpx.Response, have: int) -> int:
    """Return the offset in the file at which the response begins."""
    if response.status_code != 206:
        return 0
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if not match or int(match.group(1)) > have:
        raise _TransientError("a part of the file that was not requested")
    return int(match.group(1))


def _whole_size(response: httpx.Response) -> int | None:
    match = re.fullmatch(r"bytes \*/(\d+)", response.headers.get("Content-Range", ""))
    return int(match.group(1)) if match else None


def _append(response: httpx.Response, partial: Path, begin: int) -> None:
    length = response.headers.get("Content-Length", "")
    total = begin + int(length) if length.isdigit() else None
    if total is not None and total > MAX_BYTES:
        raise _too_large()
    if total is not None and total - begin > shutil.disk_usage(partial.parent).free:
        raise IndexingError(
            f"{partial.parent} has no room for {total / 1e6:,.0f} MB: make room and run the same command again"
        )
    _write_validator(partial, response)
    with (
        partial.open("r+b" if partial.exists() else "wb") as file,
        progress(total=total, label="Downloading", unit="B", done=begin) as advance,
    ):
        file.truncate(begin)
        file.seek(begin)
        for chunk in response.iter_raw():
            file.write(chunk)
            advance(len(chunk))
            if file.tell() > MAX_BYTES:
                raise _too_large()


def _too_large() -> IndexingError:
    return IndexingError(f"The file is larger than {MAX_BYTES / 1e9:.0f} GB, so it is not a bundle: refused")


def _validator_path(partial: Path) -> Path:
    return partial.with_suffix(".json")


def _write_validator(partial: Path, response: httpx.Response) -> None:
    """Store what identifies this version of the file: a strong ETag, otherwise Last-Modified."""
    tag = response.headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    _validator_path(partial).write_text(json.dumps({"validator": validator}), encoding="utf-8")


def _read_validator(partial: Path) -> str:
    try:
        value = json.loads(_validator_path(partial).read_text(encoding="utf-8"))["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""
