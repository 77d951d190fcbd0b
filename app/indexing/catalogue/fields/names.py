"""Parsing of lists of names in the notations of catalogues: JSON, Python, numpy, PostgreSQL, Spark, joined text."""

import ast
import csv
import json
import re
import warnings
from collections.abc import Iterable
from itertools import chain

from app.core.plain_text import plain_text
from app.indexing.catalogue.fields.cells import MISSING_TEXTS, integer, one_line

MAX_NAME_LENGTH = 500

MAX_LIST_LENGTH = 1_000_000
"""Characters of a list written as text; the limit bounds the time and memory that a hostile literal takes."""

MAX_PYTHON_LENGTH = 400_000
"""The same for a Python literal, whose syntax tree takes far more memory than its text."""

_WRAPPED = re.compile(
    r"(?:np\.)?(?:array|set|frozenset|list|tuple|ndarray|WrappedArray|ArrayBuffer|List|Set|Vector)\((.*?)(?:,\s*dtype=[^()]*)?\)",
    re.DOTALL,
)
_ADJACENT_STRINGS = re.compile(r"""['"]\s+['"]""")
_ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,\[\](){}'"][^,\[\](){}]*))\s*,?""", re.DOTALL)
_NAME_KEYS = ("name", "Name", "title", "label", "genre", "keyword", "tag", "value", "id")
_SEPARATOR = re.compile(r"[|;\n,/•·、，]")
_QUOTED = re.compile(r'(?:^|,)\s*"[^"]+"\s*(?:,|$)')
_SEPARATORS = (r"\|", r";", r"\n", r"\s[/•·]\s|[•·]", r"[,、，]")


def names(value: object) -> tuple[str, ...]:
    """Return the names in a list of any notation: values, {"name": ...} objects, JSON, Python, or joined text."""
    found = (one_line(name) for name in _flat(list_of(value)) if name)
    return tuple(
        dict.fromkeys(name for name in found if len(name) <= MAX_NAME_LENGTH and name.casefold() not in MISSING_TEXTS)
    )


def list_of(value: object) -> list[object]:
    """Return the items of a list in any notation, unchanged; [] if there are none or they cannot be read."""
    if isinstance(value, str):
        value = _list_of_text(value.strip())
    if isinstance(value, dict):  # TMDB's API wraps keywords in an object of the same name, pandas numbers them
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        value = lists[0] if lists else [value] if any(key in value for key in _NAME_KEYS) else list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _flat(items: Iterable[object]) -> Iterable[str]:
    return chain.from_iterable(_flat(item) if isinstance(item, list | tuple) else (_name_of(item),) for item in items)


def _name_of(item: object) -> str:
    if isinstance(item, dict):
        name = next((item[key] for key in _NAME_KEYS if key in item), None)
        return "" if isinstance(name, dict) else _name_of(name)
    if isinstance(item, str):
        return item
    number = integer(item)  # a genre's id, which pandas writes as 18.0 in a column with empty cells
    return "" if number is None else str(number)


def _list_of_text(text: str) -> object:
    if len(text) > MAX_LIST_LENGTH or text.casefold() in MISSING_TEXTS:
        return None
    if match := _WRAPPED.fullmatch(text):
        text = match[1].strip()
    if looks_like_list(text):
        value = literal(text)
        if value is not None or text[0] != '"':
            return value
    return split_joined(plain_text(text))


def looks_like_list(text: str) -> bool:
    """Return True for text that begins as a list or object does in JSON, Python, numpy or PostgreSQL."""
    return text[:1] in {"[", "{", "(", '"'} or _WRAPPED.fullmatch(text) is not None


def split_joined(text: str) -> list[str]:
    """Split names that are joined by one of the usual separators; names with commas may be in quotes, as in CSV."""
    if _QUOTED.search(text):
        try:
            return next(csv.reader([text], skipinitialspace=True, strict=True))
        except csv.Error:
            pass
    used = set(_SEPARATOR.findall(text))
    if used == {","}:
        return text.split(",")
    if not used:
        return [text]
    for separator in _SEPARATORS:
        if len(parts := re.split(separator, text)) > 1:
            return parts
    return [text]


def literal(text: str) -> object:
    """Read a list or object written as text; None if the text is not one."""
    try:
        value = json.loads(text)
        return list_of(value) if isinstance(value, str) and value != text else value
    except (ValueError, RecursionError):
        pass
    if not _ADJACENT_STRINGS.search(text):  # Python would join the strings of numpy's ['Action' 'Drama'] into one
        value = _python_literal(text)
        if value is not None and not isinstance(value, set | frozenset):  # a set forgets the order
            return value
    return _bare_list(text) if text[0] in "[{(" else None


def _python_literal(text: str) -> object:
    if len(text) > MAX_PYTHON_LENGTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about unknown escapes in the text
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _bare_list(text: str) -> list[object] | None:
    """Read a list without nested lists, of items with or without quotes, with or without commas (numpy)."""
    if text[-1] not in "]})":
        return None
    inner, position, items = text[1:-1].rstrip().removesuffix("..."), 0, []
    while position < len(inner):
        match = _ITEM.match(inner, position)
        if not match or match.end() == position:
            return None
        quoted = match[1] if match[1] is not None else match[2]
        items.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (match[3] or "").strip())
        position = match.end()
    return list(items)
