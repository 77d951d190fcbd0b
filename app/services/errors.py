"""What can go wrong in the services, told in words that a person can act on.

ServiceError
├── ModelFileError        a file in models/ is missing, damaged or of another kind
├── UnknownMovieError     a movie id is not in the catalogue
└── ServiceClosedError    the service was asked for work after it was closed
"""

from collections.abc import Sequence


class ServiceError(Exception):
    """Base of every error that the services raise on purpose."""


class ModelFileError(ServiceError):
    """A file in models/ cannot be used; the message names the file and the command that makes it."""


class UnknownMovieError(ServiceError):
    """One or more movie ids are not in the catalogue."""

    def __init__(self, movie_ids: Sequence[int]) -> None:
        self.movie_ids = tuple(movie_ids)
        named = ", ".join(str(movie_id) for movie_id in self.movie_ids)
        super().__init__(f"Not in the catalogue: {named}")


class ServiceClosedError(ServiceError):
    """The service has been closed and answers no more queries."""
