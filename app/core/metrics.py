"""The metrics that Prometheus reads at /metrics."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters and histograms of one application, in their own registry."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter and histogram, which nothing reads
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
            "Time from the first byte of a request to the last of its response, by route template.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.requests_in_flight = Gauge(
            "recommender_requests_in_flight", "Requests that have not been answered yet.", registry=self._registry
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

    def add(self, collector: Collector) -> None:
        """Add metrics whose values are read at each scrape."""
        self._registry.register(collector)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return everything in the format that an Accept header prefers, and its media type.

        The formats are OpenMetrics and, by default, the Prometheus text format.
        """
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type
