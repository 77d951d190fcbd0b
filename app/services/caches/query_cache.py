"""Embeddings of recent queries, by text; equal queries that come at once are encoded once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.services.caches.lru_cache import LruCache
from app.services.encoder.text_encoder import Encoding


class QueryCache:
    """Keeps the embeddings of the texts used last, at most `size` of them; safe to use from any thread."""

    def __init__(self, size: int) -> None:
        self._kept = LruCache[Encoding](size)
        self._lock = threading.Lock()
        self._being_encoded: dict[str, Future[Encoding]] = {}

    def get(self, text: str, encode: Callable[[str], Encoding]) -> tuple[Encoding, bool]:
        """Return the embedding of a text and whether it was at hand (True) or had to be encoded by this call.

        A call for a text that another thread is encoding waits for that one; an error of `encode` reaches all of them.
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
