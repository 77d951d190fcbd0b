"""The current catalogue of a database: its version, a check that this program can serve it, and its loading."""

import contextlib
import logging
from collections.abc import Callable

from app.services.catalogue import CatalogueInfo
from app.services.encoder.text_encoder import TextEncoder
from app.services.errors import CatalogueUnavailableError, ModelFileError
from app.services.model_service import ModelService
from app.services.postgres.catalogue import PostgresCatalogue
from app.services.postgres.database import Database, NotReadableError
from app.services.postgres.layout import PUBLISH_COMMAND, schema_of
from app.services.postgres.published import CURRENT, Published, require_own
from app.services.postgres.vocabulary import Vocabulary, load_vocabulary, refreshed

logger = logging.getLogger(__name__)


class PostgresSource:
    """A CatalogueSource over the current catalogue of a database; it follows changes of single films."""

    def __init__(self, database: Database, open_encoder: Callable[[], TextEncoder], query_cache_size: int) -> None:
        """`close` closes the database. `open_encoder` opens the model with which a loaded service encodes queries."""
        self.name = database.name
        self._database = database
        self._open_encoder = open_encoder
        self._query_cache_size = query_cache_size
        self._problem: str | None = None
        self._current: tuple[Published, PostgresCatalogue] | None = None

    def identity(self) -> int | None:
        """Return the version of the current catalogue; None if it is unknown at the moment.

        If single films of the loaded catalogue were changed, these changes are applied to it.
        """
        try:
            published = self._published()
            if self._current is not None and self._current[0].version == published.version:
                self._refresh(self._current[1], published)
        except (CatalogueUnavailableError, ModelFileError) as error:
            self._report(str(error))
            return None
        self._report(None)
        return published.version

    def _report(self, problem: str | None) -> None:
        """Log a problem when it begins, and log its end."""
        if problem is not None and self._problem is None:
            logger.warning("%s; trying again until it can be read", problem)
        elif problem is None and self._problem is not None:
            logger.info("%s can be read again", self.name)
        self._problem = problem

    def load(self) -> ModelService:
        """Return a service over the current catalogue.

        Raises CatalogueUnavailableError if the database cannot be reached, ModelFileError if it has no catalogue or one
        that this program cannot serve.
        """
        published = self._published()
        with contextlib.ExitStack() as opened:
            encoder = self._open_encoder()
            opened.callback(encoder.close)
            require_own(published, self.name, encoder.spec)
            schema = schema_of(published.version)
            vocabulary = load_vocabulary(self._database, schema)
            catalogue = PostgresCatalogue(self._database, schema, _info(published, vocabulary), vocabulary)
            service = ModelService(encoder, catalogue, self._query_cache_size)
            service.check_inference()
            opened.pop_all()
        self._current = (published, catalogue)
        return service

    def close(self) -> None:
        """Close the connections. Idempotent."""
        self._database.close()

    def _published(self) -> Published:
        remedy = f"run: {PUBLISH_COMMAND}"
        try:
            rows = self._database.fetch(CURRENT)
        except NotReadableError as error:
            raise ModelFileError(f"{error}: no catalogue is published there, or it may not be read; {remedy}") from None
        if not rows:
            raise ModelFileError(f"No catalogue is published in {self._database.name}; {remedy}")
        return Published(*rows[0])

    def _refresh(self, catalogue: PostgresCatalogue, published: Published) -> None:
        """Apply changes of single films.

        A replica may not have them yet, even if another host told the revision; then the next look applies them.
        """
        if published.revision > catalogue.vocabulary.revision:
            vocabulary = refreshed(self._database, schema_of(published.version), catalogue.vocabulary)
            catalogue.vocabulary, catalogue.info = vocabulary, _info(published, vocabulary)


def _info(published: Published, vocabulary: Vocabulary) -> CatalogueInfo:
    version = published.index_version
    if version is not None and vocabulary.revision:
        version = f"{version}-{vocabulary.revision}"
    return CatalogueInfo(vocabulary.films, "postgres", version, published.built_at)
