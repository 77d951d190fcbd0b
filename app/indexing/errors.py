"""What can go wrong while files are made, told in words that a person can act on."""


class IndexingError(Exception):
    """Base of every error that an indexing command reports: one line naming the thing and the remedy."""
