"""A bounded least-recently-used cache. Its keys are digests, which take less memory than texts."""

import hashlib
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
_DIGEST_BYTES = 16


class LruCache(Generic[Value]):
    """Caches up to `size` values by text; safe to use from any thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[bytes, Value] = OrderedDict()

    def get(self, key: str) -> Value | None:
        """Return the cached value, or None on a miss."""
        digest = _digest(key)
        with self._lock:
            value = self._values.get(digest)
            if value is not None:
                self._values.move_to_end(digest)
            return value

    def put(self, key: str, value: Value) -> None:
        """Store a value; if the cache is full, the least recently used value is evicted."""
        digest = _digest(key)
        with self._lock:
            self._values[digest] = value
            self._values.move_to_end(digest)
            while len(self._values) > self._size:
                self._values.popitem(last=False)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
