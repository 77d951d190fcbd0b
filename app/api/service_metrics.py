"""Metrics of the service in use: its build, model, index, queue and reloads."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app import __version__
from app.api.dependencies import ServiceRunner
from app.services.catalogue import CatalogueInfo
from app.services.catalogue_age import age_in_seconds
from app.services.encoder.model_spec import ModelSpec
from app.services.errors import ServiceClosedError


class ServiceCollector(Collector):
    """Reads the current service at each scrape."""

    def __init__(self, get_runner: Callable[[], ServiceRunner | None]) -> None:
        """Take a function that returns the runner, or None before the start."""
        self._get_runner = get_runner

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics; those of the model and the index only if there is a service."""
        yield _info("recommender_build", "The program.", version=__version__)
        runner = self._get_runner()
        if runner is None:
            return
        yield GaugeMetricFamily("recommender_queue_length", "Requests waiting.", runner.queue.waiting)
        yield GaugeMetricFamily("recommender_films", "Films in the index.", runner.slot.films)
        reloads = CounterMetricFamily(
            "recommender_index_reloads", "New indexes by whether they were taken or refused.", labels=["result"]
        )
        reloads.add_metric(["taken"], runner.slot.reloads_taken)
        reloads.add_metric(["refused"], runner.slot.reloads_refused)
        yield reloads
        try:
            with runner.slot.acquire() as service:
                facts, model = service.info, service.model
        except ServiceClosedError:
            return
        yield from _of_service(facts, model)


def _of_service(facts: CatalogueInfo, model: ModelSpec) -> Iterable[Metric]:
    yield _info("recommender_model", "The model in use.", model_id=model.model_id, dimension=str(model.dimension))
    yield _info(
        "recommender_index",
        "The index in use.",
        version=facts.index_version or "",
        built_at=facts.built_at or "",
        search_engine=facts.search_engine,
    )
    age = age_in_seconds(facts.built_at)
    if age is not None:
        yield GaugeMetricFamily("recommender_index_age_seconds", "Time since the index was built.", age)


def _info(name: str, description: str, **labels: str) -> Metric:
    """Return a gauge of 1 with the facts as labels, which both exposition formats can express."""
    family = GaugeMetricFamily(f"{name}_info", description, labels=list(labels))
    family.add_metric(list(labels.values()), 1)
    return family
