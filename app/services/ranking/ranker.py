"""The ranking policy that all catalogues share: scores from raw scores, and the choice of an answer's films."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import Catalogue, Handles, Narrowing, Ranked, Search
from app.services.movie_record import read_record
from app.services.queries import Selection, Sort
from app.services.ranking.diversity import diverse
from app.services.ranking.ranking_query import RankingQuery
from app.services.ranking.scores import score
from app.services.ranking.weights import DIVERSITY_POOL

Scored = tuple[Handles, NDArray[np.float64], int]
"""The films of an answer, their scores from 0 to 1, and how many films pass the filter and the exclusions."""


class Ranker:
    """Ranks the films of one catalogue; safe to use from any thread."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def rank(self, query: RankingQuery, selection: Selection) -> Scored:
        """Return the films of an answer to a query."""
        ranked = self._catalogue.best(query, _narrowing(selection), _pool(selection))
        return self._choose(ranked, selection)

    def rank_each(self, queries: Sequence[tuple[RankingQuery, Selection]]) -> list[Scored]:
        """Return the result of `rank` for each query, with one search for all of them."""
        searches = [Search(query, _narrowing(selection), _pool(selection)) for query, selection in queries]
        ranked = self._catalogue.best_of_each(searches)
        return [self._choose(films, selection) for films, (_, selection) in zip(ranked, queries, strict=True)]

    def rank_neighbours(self, handle: int, selection: Selection) -> Scored | None:
        """Return the films of an answer from the stored neighbours of a film; None if there are too few of them."""
        stored = self._catalogue.neighbours(handle, _narrowing(selection))
        pool = _pool(selection)
        if stored is None or len(stored.handles) < pool:
            return None
        return self._choose(Ranked(stored.handles[:pool], stored.raw_scores[:pool]), selection)

    def sample(self, selection: Selection, seed: int) -> Handles:
        """Return films of a selection chosen at random."""
        return self._catalogue.sample(_narrowing(selection), selection.top_k, seed)

    def _choose(self, ranked: Ranked, selection: Selection) -> Scored:
        handles, scores = ranked.handles, score(ranked.raw_scores)
        total = self._catalogue.count(_narrowing(selection))
        if selection.min_score is not None:
            kept = scores >= selection.min_score
            handles, scores = handles[kept], scores[kept]
        if selection.diversity:
            taken = self._diverse_page(handles, scores, selection)
        else:
            taken = np.arange(len(handles))[selection.offset : selection.offset + selection.top_k]
        handles, scores = handles[taken], scores[taken]
        if selection.sort != "score":
            order = self._order(handles, selection.sort)
            handles, scores = handles[order], scores[order]
        return handles, scores, total

    def _order(self, handles: Handles, sort: Sort) -> list[int]:
        """Return the indices of films by year or by votes, highest first; unknown values last, ties in input order."""
        films = [read_record(record) for record in self._catalogue.records_json(handles)]
        facts = [film.year if sort == "year" else film.vote_count for film in films]
        keys = [-1 if fact is None else fact for fact in facts]
        return sorted(range(len(keys)), key=keys.__getitem__, reverse=True)

    def _diverse_page(self, handles: Handles, scores: NDArray[np.float64], selection: Selection) -> NDArray[np.int64]:
        """Return the indices of a page of diverse films, best first.

        Each page is chosen from the best films that are not on an earlier page, so that no film is on two pages.
        """
        vectors = self._catalogue.unit_vectors(handles)
        remaining = np.arange(len(handles))
        skipped = 0
        while True:
            pool = remaining[: DIVERSITY_POOL * selection.top_k]
            count = min(selection.top_k, selection.offset - skipped) if skipped < selection.offset else selection.top_k
            page = pool[diverse(vectors[pool], scores[pool], count, selection.diversity)]
            if skipped >= selection.offset or not len(page):
                return page
            remaining = np.setdiff1d(remaining, page)
            skipped += len(page)


def _narrowing(selection: Selection) -> Narrowing:
    return Narrowing(selection.movie_filter, selection.exclude_ids)


def _pool(selection: Selection) -> int:
    return selection.offset + selection.top_k * (DIVERSITY_POOL if selection.diversity else 1)
