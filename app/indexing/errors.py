"""Errors of the commands that make files. Their messages name what is wrong and what to do about it."""


class IndexingError(Exception):
    """Base of every error that an indexing command reports: one line naming the thing and the remedy."""
