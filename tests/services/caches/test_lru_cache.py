from concurrent.futures import ThreadPoolExecutor

from app.services.caches.lru_cache import LruCache


def test_the_least_recently_used_value_is_evicted() -> None:
    cache = LruCache[int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_a_new_value_replaces_the_old_one() -> None:
    cache = LruCache[int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    cache.put("c", 4)
    assert (cache.get("a"), cache.get("b")) == (3, None)


def test_a_cache_of_size_0_stores_nothing() -> None:
    cache = LruCache[int](0)
    cache.put("a", 1)
    assert cache.get("a") is None


def test_any_text_is_a_key() -> None:
    cache = LruCache[int](10)
    for number, key in enumerate(["", "\ud800", "\ud801", "x" * 100_000]):
        cache.put(key, number)
    assert [cache.get(key) for key in ("", "\ud800", "\ud801", "x" * 100_000)] == [0, 1, 2, 3]


def test_threads_share_it() -> None:
    cache = LruCache[int](50)

    def use(number: int) -> None:
        cache.put(str(number % 70), number % 70)
        assert cache.get(str(number % 70)) in (number % 70, None)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(5000)))
    assert sum(cache.get(str(number)) == number for number in range(70)) == 50
