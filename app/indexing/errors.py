"""The exception of the indexing commands."""


class IndexingError(Exception):
    """Base class of the errors that an indexing command reports, each in one line with the problem and the remedy."""
