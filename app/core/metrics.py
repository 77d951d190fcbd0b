"""Prometheus metrics of the service."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters and histograms of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "recommender_requests",
            "Requests by method, route template and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.request_seconds = Histogram(
            "recommender_request_seconds",
            "Time from a request's first byte to its answer's last, by route template.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.encode_seconds = Histogram(
            "recommender_encode_seconds", "Time to embed a query.", buckets=_SECONDS, registry=self._registry
        )
        self.search_seconds = Histogram(
            "recommender_search_seconds", "Time to search and rank.", buckets=_SECONDS, registry=self._registry
        )
        cached_queries = Counter(
            "recommender_query_cache",
            "Queries by whether their embedding was cached.",
            ["result"],
            registry=self._registry,
        )
        self.cached_hits = cached_queries.labels("hit")
        self.cached_misses = cached_queries.labels("miss")

    def add_gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        """Add a gauge whose value is read at each scrape."""
        Gauge(name, description, registry=self._registry).set_function(read)

    def to_text(self) -> bytes:
        """Return everything in the Prometheus text format."""
        return generate_latest(self._registry)
