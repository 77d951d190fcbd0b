"""The query cache: what it stores and evicts, and concurrent equal texts."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from app.services.caches.query_cache import QueryCache
from app.services.encoder.text_encoder import Encoding


class CountingEncoder:
    """A fake encoder that records the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, text: str) -> Encoding:
        self.texts.append(text)
        return Encoding(np.full(384, len(text), np.float32), truncated=False, tokens=3)


def test_a_text_is_encoded_once() -> None:
    encoder, cache = CountingEncoder(), QueryCache(10)
    first, was_at_hand = cache.get("a film", encoder.encode)
    again, is_at_hand = cache.get("a film", encoder.encode)
    assert again is first
    assert (was_at_hand, is_at_hand) == (False, True)
    assert encoder.texts == ["a film"]


def test_the_least_recently_used_text_is_evicted() -> None:
    encoder, cache = CountingEncoder(), QueryCache(2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.get(text, encoder.encode)
    assert encoder.texts == ["a", "b", "c", "b"]


def test_a_cache_of_size_0_stores_nothing() -> None:
    encoder, cache = CountingEncoder(), QueryCache(0)
    cache.get("a", encoder.encode)
    cache.get("a", encoder.encode)
    assert encoder.texts == ["a", "a"]


def test_concurrent_equal_texts_are_encoded_once() -> None:
    encoder, cache = CountingEncoder(), QueryCache(10)
    begun, may_end = threading.Event(), threading.Event()

    def slow(text: str) -> Encoding:
        begun.set()
        assert may_end.wait(10)
        return encoder.encode(text)

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(cache.get, "a", slow)
        assert begun.wait(10)
        others = [threads.submit(cache.get, "a", slow) for _ in range(3)]
        may_end.set()
        encodings = {id(future.result()[0]) for future in (first, *others)}
    assert encoder.texts == ["a"]
    assert len(encodings) == 1


def test_an_error_is_raised_and_not_cached() -> None:
    cache, encoder = QueryCache(10), CountingEncoder()

    def fails(text: str) -> Encoding:
        raise RuntimeError(text)

    with pytest.raises(RuntimeError, match="a"):
        cache.get("a", fails)
    assert cache.get("a", encoder.encode)[1] is False
