"""Where a service's catalogue comes from: the files in models/ or a database."""

from collections.abc import Hashable
from typing import Protocol

from app.services.model_service import ModelService


class CatalogueSource(Protocol):
    """Loads the current version of a catalogue, and says when there is another."""

    @property
    def name(self) -> str:
        """The source in messages; without user or password."""

    def identity(self) -> Hashable | None:
        """Return a value that differs from one version to the next; None if it is unknown at the moment."""

    def load(self) -> ModelService:
        """Return a service over the current version.

        Raises CatalogueUnavailableError if a later attempt may succeed, else ModelFileError.
        """

    def close(self) -> None:
        """Release what the source holds. Idempotent."""
