"""Exceptions of the services. Their messages name the problem and the remedy.

ServiceError
├── ModelFileError             a file in models/, or a published catalogue, is missing, damaged or incompatible
├── CatalogueUnavailableError  the catalogue's database cannot be reached at the moment, or is too slow
├── UnknownMovieError          a movie id is not in the catalogue
└── ServiceClosedError         the service was called after it was closed
"""

from collections.abc import Sequence


class ServiceError(Exception):
    """Base class of the exceptions that the services raise."""


class ModelFileError(ServiceError):
    """A file in models/ cannot be used; the message names the file and the command that creates it."""


class CatalogueUnavailableError(ServiceError):
    """The catalogue cannot be reached, or takes too long to answer; a later attempt may succeed."""


class UnknownMovieError(ServiceError):
    """One or more movie ids are not in the catalogue."""

    def __init__(self, movie_ids: Sequence[int]) -> None:
        self.movie_ids = tuple(movie_ids)
        named = ", ".join(str(movie_id) for movie_id in self.movie_ids)
        super().__init__(f"Not in the catalogue: {named}")


class ServiceClosedError(ServiceError):
    """The service has been closed and answers no more queries."""
