"""Log lines of the service."""

import logging

from app.core.config import Settings


def configure_logging(settings: Settings) -> None:
    """Send the log lines of this program to standard error at the level that the settings ask for."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("app")
    root.handlers[:] = [handler]
    root.propagate = False
    root.setLevel(logging.DEBUG if settings.debug else settings.log_level)
