"""Logging configuration: lines of text or of JSON."""

import json
import logging
import time
from collections.abc import Mapping

from app.core.config import Settings


class _JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, and the mapping passed as `extra={"fields": ...}`."""

    def format(self, record: logging.LogRecord) -> str:
        content: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, Mapping):
            content |= fields
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, ensure_ascii=False, default=str)


def configure_logging(settings: Settings) -> None:
    """Log this program and uvicorn to standard error, at the level and in the format of the settings.

    uvicorn's access log is turned off, because app.api.middleware.request_log logs each request in more detail.
    """
    handler = logging.StreamHandler()
    text_format = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_JsonFormatter() if settings.log_format == "json" else text_format)
    for name in ("app", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(logging.DEBUG if settings.debug else settings.log_level)
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").propagate = False
