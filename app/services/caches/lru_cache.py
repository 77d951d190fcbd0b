"""A bounded cache of what was used last, keyed by digests, so that it holds no texts."""

import hashlib
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
_DIGEST_BYTES = 16


class LruCache(Generic[Value]):
    """Keeps the values used last, at most `size` of them; safe to use from any thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Value] = OrderedDict()

    def get(self, key: str) -> Value | None:
        """Return the cached value, or None on a miss."""
        digest = _digest(key)
        with self._lock:
            kept = self._kept.get(digest)
            if kept is not None:
                self._kept.move_to_end(digest)
            return kept

    def put(self, key: str, value: Value) -> None:
        """Keep a value for a text; the one used longest ago makes room."""
        digest = _digest(key)
        with self._lock:
            self._kept[digest] = value
            self._kept.move_to_end(digest)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
