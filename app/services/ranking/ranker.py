"""The ranking policy that all catalogues share: raw scores become scores, and an answer's films are chosen."""

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import Catalogue, Handles, Narrowing, Ranked
from app.services.queries import Selection
from app.services.ranking.diversity import diverse
from app.services.ranking.ranking_query import RankingQuery
from app.services.ranking.scores import score
from app.services.ranking.weights import DIVERSITY_POOL

Scored = tuple[Handles, NDArray[np.float64]]
"""Films, best first, and their scores from 0 to 1."""


class Ranker:
    """Ranks the films of one catalogue; safe to call from several threads at once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def rank(self, query: RankingQuery, selection: Selection) -> Scored:
        """Return the films of an answer, best first, and their scores."""
        ranked = self._catalogue.best(query, _narrowing(selection), _pool(selection))
        return self._choose(ranked, selection)

    def rank_neighbours(self, handle: int, selection: Selection) -> Scored | None:
        """Return what `rank` gives for films similar to a film; None if the stored neighbours do not suffice."""
        stored = self._catalogue.neighbours(handle, _narrowing(selection))
        pool = _pool(selection)
        if stored is None or len(stored.handles) < pool:
            return None
        return self._choose(Ranked(stored.handles[:pool], stored.raw_scores[:pool]), selection)

    def _choose(self, ranked: Ranked, selection: Selection) -> Scored:
        handles, scores = ranked.handles, score(ranked.raw_scores)
        if selection.min_score is not None:
            kept = scores >= selection.min_score
            handles, scores = handles[kept], scores[kept]
        if selection.diversity and len(handles) > selection.top_k:
            vectors = self._catalogue.unit_vectors(handles)
            taken = diverse(vectors, scores, selection.top_k, selection.diversity)
            handles, scores = handles[taken], scores[taken]
        return handles[: selection.top_k], scores[: selection.top_k]


def _narrowing(selection: Selection) -> Narrowing:
    return Narrowing(selection.movie_filter, selection.exclude_ids)


def _pool(selection: Selection) -> int:
    return selection.top_k if not selection.diversity else DIVERSITY_POOL * selection.top_k
