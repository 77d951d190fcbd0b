"""Removal of what programs wrap around the values of a film in JSON: an object, a type, the name of a site."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.indexing.catalogue.columns import KNOWN_KEYS, column_key
from app.indexing.catalogue.files.json_shape import are_keys_of_a_film, is_page_key

_WRAPPERS = frozenset(("_source", "fields", "node", "movie", "film", "show", "attributes", "document", "doc"))
_IDS = frozenset(("ids", "providerids", "uniqueid", "uniqueids", "guid", "guids"))
"""Keys under which trackers and media servers have the ids of a film by site."""

_SITES = frozenset(("tmdb", "imdb"))
_SITE_KEYS = ("@type", "type", "provider", "source")
_ID_KEYS = ("#text", "value", "id")
_SPARQL_TYPES = ("uri", "literal", "typed-literal", "bnode")
_MAX_DEPTH = 3


def page_of(value: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """Return the films of a page of results, at most three objects deep, or None for a film."""
    if "overview" in value:
        return None
    lists: dict[str, list[Any]] = {key: items for key, items in value.items() if isinstance(items, list)}
    usual = (items for key, items in lists.items() if is_page_key(key))
    found = next((items for items in usual if all(isinstance(item, dict) for item in items[:1])), None)
    if found is not None or depth == _MAX_DEPTH or not KNOWN_KEYS.isdisjoint(map(column_key, _scalar_keys(value))):
        return found
    for key, items in lists.items():
        first = items[0] if items and column_key(key) not in KNOWN_KEYS else None
        if isinstance(first, dict) and are_keys_of_a_film(set(map(column_key, first))):
            return items
    inner = (item for key, item in value.items() if isinstance(item, dict) and key not in _WRAPPERS)
    return next((page for item in inner if (page := page_of(item, depth + 1)) is not None), None)


def _scalar_keys(value: Mapping[str, Any]) -> Iterator[str]:
    return (key for key, item in value.items() if key != "id" and not isinstance(item, dict | list))


def unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the film in an object, without what a search engine, a framework or a media server wraps around it."""
    nested = {key: plain(item) for key, item in value.items() if isinstance(item, dict | list)}
    film: Mapping[str, Any] = {**value, **nested} if nested else value
    for key in _WRAPPERS & nested.keys():
        inner = film.get(key)
        if isinstance(inner, dict) and any(column_key(name) in KNOWN_KEYS for name in inner):
            film = {name: item for name, item in film.items() if name != key and name not in inner} | inner
            break
    return _with_ids(film) if nested else film


def plain(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return a value without notation of types: `{"$numberInt": "1"}`, `{"type": "literal", "value": "1"}` are "1"."""
    if isinstance(value, list):
        return [plain(item) if isinstance(item, dict | list) else item for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and (key := next(iter(value))).startswith("$"):
            return plain(value[key])
        if value.get("type") in _SPARQL_TYPES and "value" in value:
            return value["value"]
        return {key: plain(item) if isinstance(item, dict | list) else item for key, item in value.items()}
    return value


def _with_ids(film: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a film with `tmdb` and `imdb` in place of an object or a list of ids by site."""
    for key in film:
        if isinstance(film[key], dict | list) and column_key(key) in _IDS and (ids := dict(_ids_by_site(film[key]))):
            return ids | {name: item for name, item in film.items() if name != key}
    return film


def _ids_by_site(ids: object) -> Iterator[tuple[str, object]]:
    """Yield TMDB's and IMDb's ids from `{"Tmdb": "278"}`, `[{"@type": "tmdb", "#text": "278"}]`, `["tmdb://278"]`."""
    if isinstance(ids, dict):
        yield from ((site.casefold(), number) for site, number in ids.items() if site.casefold() in _SITES)
    for item in ids if isinstance(ids, list) else ():
        site, number = "", item
        if isinstance(item, dict):
            site = str(next((item[key] for key in _SITE_KEYS if key in item), ""))
            number = next((item[key] for key in _ID_KEYS if key in item), None)
        if not site and isinstance(number, str):
            site, _, number = number.partition("://")
        if site.casefold() in _SITES:
            yield site.casefold(), number
