"""The interface of what a catalogue is loaded from: the files in models/, or a database."""

from collections.abc import Hashable
from typing import Protocol

from app.services.model_service import ModelService


class CatalogueSource(Protocol):
    """Loads the current version of a catalogue and detects new versions."""

    @property
    def name(self) -> str:
        """The name of the source in messages, without user and password."""

    def identity(self) -> Hashable | None:
        """Return a value that identifies the current version; None if it cannot be determined at the moment."""

    def load(self) -> ModelService:
        """Return a service for the current version.

        Raises CatalogueUnavailableError if a later attempt may succeed, else ModelFileError.
        """

    def close(self) -> None:
        """Release all resources. Idempotent."""
