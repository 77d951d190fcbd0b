"""A cache of query embeddings, in which equal queries that arrive at the same time are encoded once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.services.caches.lru_cache import LruCache
from app.services.encoder.text_encoder import Encoding


class QueryCache:
    """Caches the embeddings of up to `size` texts, least recently used; safe to use from any thread."""

    def __init__(self, size: int) -> None:
        self._kept = LruCache[Encoding](size)
        self._lock = threading.Lock()
        self._being_encoded: dict[str, Future[Encoding]] = {}

    def get(self, text: str, encode: Callable[[str], Encoding]) -> tuple[Encoding, bool]:
        """Return the embedding of a text, and False if this call encoded it, otherwise True.

        If another thread is encoding the text, the call waits for its result, or raises what its `encode` raises.
        """
        with self._lock:
            kept = self._kept.get(text)
            if kept is not None:
                return kept, True
            others = self._being_encoded.get(text)
            if others is None:
                own = self._being_encoded[text] = Future[Encoding]()
        if others is not None:
            return others.result(), True
        try:
            encoding = encode(text)
        except BaseException as error:
            self._finish(text)
            own.set_exception(error)
            raise
        self._finish(text, encoding)
        own.set_result(encoding)
        return encoding, False

    def _finish(self, text: str, encoding: Encoding | None = None) -> None:
        with self._lock:
            del self._being_encoded[text]
            if encoding is not None:
                self._kept.put(text, encoding)
