"""Parsing of settings that are lists: JSON arrays, or items separated by commas, semicolons or line breaks."""

import json
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_QUOTES = "\"'"
_SEPARATOR = re.compile(r"[,;\r\n]")


def read_list(text: str) -> list[str]:
    """Return the items of a JSON array, or of a text with commas, semicolons or line breaks, without quotes.

    Raises ValueError if a JSON array has an item that is not a string.
    """
    text = _unquoted(text)
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            return read_list(text.strip("[]"))  # the shell removed the quotes: [a,b]
        if not all(isinstance(item, str) for item in items):
            raise ValueError('write a list of strings, such as ["one", "two"]')
        return _without_blanks(items)
    return _without_blanks(_unquoted(item) for item in _SEPARATOR.split(text))


def read_origins(text: str) -> tuple[str, ...]:
    """Return origins as browsers send them, or only "*". Raises ValueError naming each that no browser can send."""
    origins, problems = [], []
    for item in [part for listed in read_list(text) for part in listed.split()]:
        try:
            origins.append(browser_origin(item))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("; ".join(problems))
    return ("*",) if "*" in origins else tuple(dict.fromkeys(origins))


def browser_origin(text: str) -> str:
    """Return an origin as a browser writes it: lower case, no default port, no slash. Raises ValueError."""
    text = text.lower()
    text = text if text.endswith("://") else text.rstrip("/")
    if text in {"*", "null"}:
        return text
    if "*" in text:
        raise ValueError(f"{text} has a wildcard: list each origin, or write * alone for any")
    if "://" not in text:
        raise ValueError(
            f"{text} has no scheme: write https://{text}" if text[:1].isalnum() else f"{text} is no origin"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        raise ValueError(f"{text} is not a valid address") from None
    _refuse_more_than_origin(text, parts, host)
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, _DEFAULT_PORTS.get(parts.scheme)} else "")


def read_keys(text: str) -> tuple[str, ...]:
    """Return API keys. Raises ValueError if the list has none, or one that a header cannot carry; quotes no key."""
    keys = tuple(dict.fromkeys(read_list(text)))
    if text.strip() not in {"", "[]"} and not keys:
        raise ValueError("has no key, which would let everybody call: add a key, or leave the setting empty")
    if not all(key.isprintable() for key in keys):
        raise ValueError("a key has a control character, which an HTTP header cannot carry: use letters and digits")
    return keys


def _refuse_more_than_origin(text: str, parts: SplitResult, host: str) -> None:
    if not host:
        raise ValueError(f"{text} has no host: pages from files send the origin null")
    if parts.path or parts.query or parts.fragment:
        raise ValueError(f"{text} has a path: an origin ends after its host and port")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{text} has a user name: an origin has none")


def _without_blanks(items: Iterable[str]) -> list[str]:
    return [stripped for item in items if (stripped := item.strip())]


def _unquoted(text: str) -> str:
    text = text.strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES and text.count(text[0]) == 2:
        text = text[1:-1].strip()
    return text
