"""Errors of the services. Their messages name what is wrong and what to do about it.

ServiceError
├── ModelFileError             a file in models/, or a published catalogue, is missing, damaged or of another kind
├── CatalogueUnavailableError  the database of the catalogue cannot be reached at the moment
├── UnknownMovieError          a movie id is not in the catalogue
└── ServiceClosedError         the service was asked for work after it was closed
"""

from collections.abc import Sequence


class ServiceError(Exception):
    """Base of the errors that the services raise."""


class ModelFileError(ServiceError):
    """A file in models/ cannot be used; the message names the file and the command that makes it."""


class CatalogueUnavailableError(ServiceError):
    """The catalogue cannot be reached at the moment, or takes too long to answer; a later attempt may succeed."""


class UnknownMovieError(ServiceError):
    """One or more movie ids are not in the catalogue."""

    def __init__(self, movie_ids: Sequence[int]) -> None:
        self.movie_ids = tuple(movie_ids)
        named = ", ".join(str(movie_id) for movie_id in self.movie_ids)
        super().__init__(f"Not in the catalogue: {named}")


class ServiceClosedError(ServiceError):
    """The service has been closed and answers no more queries."""
