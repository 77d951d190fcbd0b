"""The Annoy engine: approximate search in the trees of movies.ann."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.services.commands import BUILD_COMMAND
from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.engines.annoy_file import check_trees
from app.services.local.engines.highest import Mask, highest
from app.services.local.engines.vector_index import VectorIndex
from app.services.vectors import Positions, Vector, Vectors

DEFAULT_SEARCH_K = 20_000
"""Films that Annoy looks at if nothing was measured. Among 30,000 films with 50 trees, its recall@10 is about 0.92."""

# Annoy cannot add a prior to its cosines: at least this many of the nearest and of the highest prior are combined.
_MIN_OF_EACH = 100


class AnnoyIndex(VectorIndex):
    """Searches Annoy's trees, then compares the films found by their stored vectors.

    If fewer films pass a filter than the trees would look at, each of them is compared, and the search is exact.
    """

    def __init__(self, path: Path, vectors: Vectors, search_k: int = DEFAULT_SEARCH_K) -> None:
        """Load the trees of movies.ann. `vectors` are those of the same file; `close` closes them.

        `search_k` is the number of films that a search looks at (the build measures how many it takes). Raises
        ModelFileError if the file is damaged.
        """
        super().__init__(vectors)
        check_trees(path, vectors.dimension)
        from annoy import AnnoyIndex as Trees  # only if this engine is chosen

        self._search_k = search_k
        trees = Trees(vectors.dimension, "angular")
        try:
            trees.load(str(path))
        except OSError as error:
            raise ModelFileError(f"{path} cannot be read ({error}); make it again with: {BUILD_COMMAND}") from error
        self._trees: Trees | None = trees

    def candidates(
        self, query: Vector, count: int, prior: NDArray[np.float32] | None = None, allowed: Mask | None = None
    ) -> Positions:
        """Return the nearest films and those with the highest prior; see VectorIndex."""
        if prior is not None:
            count = max(count, _MIN_OF_EACH)
        nearby = self._nearby(query, count, self._search_k) if allowed is None else self._allowed(query, count, allowed)
        if prior is None:
            return nearby
        promising = highest(prior if allowed is None else np.where(allowed, prior, -np.inf), count, limit=2 * count)
        return np.union1d(nearby, promising)

    def close(self) -> None:
        """Release the trees and the vectors."""
        self._trees = None
        super().close()

    def _allowed(self, query: Vector, count: int, allowed: Mask) -> Positions:
        """Look at more nodes if fewer films are allowed, or at each allowed film if that is less work."""
        passing = np.flatnonzero(allowed)
        if len(passing) > max(self._search_k, 4 * count):
            share = len(passing) / len(self)
            nearby = self._nearby(query, int(2 * count / share), int(self._search_k / share))
            nearby = nearby[allowed[nearby]]
            if len(nearby) >= count:
                return nearby
        return passing

    def _nearby(self, query: Vector, count: int, search_k: int) -> Positions:
        trees = self._trees
        if trees is None:
            raise ServiceClosedError("The vector index is closed.")
        found = trees.get_nns_by_vector(query.tolist(), min(count, len(self)), max(search_k, count))
        return np.array(found, np.int64)
