"""Access to TMDB's API: its address, the key, and the rate of requests."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from app.indexing.errors import IndexingError

API_URL = "https://api.themoviedb.org/3"
KEY_VARIABLE = "TMDB_API_KEY"
KEY_PAGE = "https://www.themoviedb.org/settings/api"

REQUESTS_PER_SECOND = 35.0
MAX_REQUESTS_PER_SECOND = 40.0
"""TMDB's documented limit."""

_V3_KEY = re.compile(r"[0-9a-fA-F]{32}")
_V4_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pace:
    """The rate of requests, and the retries of failed ones; times in seconds.

    A request that fails with a transient error is tried up to `attempts` times in all. The wait before a retry starts
    at `first_wait` and doubles up to `max_wait`, or is TMDB's Retry-After if that is longer.
    """

    requests_per_second: float = REQUESTS_PER_SECOND
    connections: int = 8
    attempts: int = 8
    first_wait: float = 0.5
    max_wait: float = 60.0
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class TmdbKey:
    """A key to TMDB's API: a v3 key (32 hexadecimal digits) or a v4 read access token. Its value is never shown."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _V3_KEY.fullmatch(self.value) and not _V4_TOKEN.fullmatch(self.value):
            raise IndexingError(
                "The TMDB key is neither an API key (32 hexadecimal digits) nor a read access token (three parts "
                f"joined by dots): copy it again from {KEY_PAGE}"
            )

    @property
    def is_token(self) -> bool:
        """True for a v4 read access token, which goes into a header; a v3 key goes into the address."""
        return not _V3_KEY.fullmatch(self.value)


def read_key(key_file: Path | None = None) -> TmdbKey:
    """Read the key from a file if one is given, otherwise from the environment variable TMDB_API_KEY.

    Raises:
        IndexingError: There is no key, or it does not look like one.
    """
    if key_file is None:
        value = os.environ.get(KEY_VARIABLE, "").strip()
        if not value:
            raise IndexingError(
                f"No TMDB key: put it into the environment variable {KEY_VARIABLE}, or into a file named by "
                f"--key-file. A key is free: {KEY_PAGE}"
            )
        return TmdbKey(value)
    try:
        with key_file.open("rb") as file:
            content = file.read(10_000)
        return TmdbKey(content.decode("utf-8-sig").strip())
    except OSError as error:
        raise IndexingError(f"Cannot read the key file {key_file}: {error.strerror or error}") from None
    except ValueError:
        raise IndexingError(f"The key file {key_file} is not text: it should hold the key and nothing else") from None
