"""Raw scores of the films of a published catalogue, by the formula of all engines over candidates from the database."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import Handles
from app.services.postgres.anchors import anchor_conditions
from app.services.postgres.candidates import Routes, handles_of_candidates, scored_candidates
from app.services.postgres.database import Database
from app.services.postgres.film_columns import DatabaseColumns, columns_of, fetch_columns, fetch_word_shares
from app.services.postgres.filters import Condition
from app.services.postgres.losses import losses_of
from app.services.postgres.vocabulary import Vocabulary
from app.services.ranking.prior import anchor_losses, prior
from app.services.ranking.ranking_query import Anchors, RankingQuery, Target
from app.services.ranking.scores import soft_maximum
from app.services.ranking.weights import CHANGE_WEIGHT, DISLIKED_WEIGHT
from app.services.vectors import Positions, products

Scores = NDArray[np.float64]
Scored = tuple[DatabaseColumns, Scores]


class DatabaseScorer:
    """Scores the films of a schema for a query."""

    def __init__(
        self, database: Database, schema: str, vocabulary: Vocabulary, films_of: Callable[[str], Handles]
    ) -> None:
        """`films_of` returns the films of a person."""
        self._database = database
        self._schema = schema
        self._vocabulary = vocabulary
        self._films_of = films_of
        self._known_genres = frozenset(name.casefold() for name in vocabulary.genres)

    def score(self, query: RankingQuery, condition: Condition, count: int | None) -> tuple[Handles, Scores]:
        """Return candidates that meet a condition, the `count` best among them, and their raw scores, in no order.

        If `count` is None, all films that meet the condition are scored.
        """
        if len(query.likes) == 1 and query.change is None and not query.dislikes:
            films, raw_scores = self._near_one(query.likes[0], query.anchors, condition, count)
        else:
            films, raw_scores = self._near_any(query, condition, count)
        losses = anchor_losses(query.anchors, films, self._positions_of_people(query.anchors, films))
        return films.handles, raw_scores if losses is None else raw_scores - losses

    def _near_one(self, like: Target, anchors: Anchors, condition: Condition, count: int | None) -> Scored:
        """Score films by one target in one statement; in a second one if the routes find fewer than `count` films."""
        routes = self._routes(like, anchors, condition)
        found = self._database.fetch(*scored_candidates(self._schema, routes, count))
        if count is not None and len(found) < count:
            found = self._database.fetch(*scored_candidates(self._schema, routes, None))
        *columns, cosines, word_sums = columns_of(found, 8)
        films = DatabaseColumns.of(columns, self._known_genres)
        terms = routes.sought.terms
        shares = None if terms is None else np.array(word_sums, np.float64) / terms.bound
        of_target = prior(like, None if shares is None else shares.astype(np.float32), films)
        nearness = np.nan_to_num(np.array(cosines, np.float64))
        return films, nearness if of_target is None else nearness + of_target

    def _near_any(self, query: RankingQuery, condition: Condition, count: int | None) -> Scored:
        """Score films by any number of targets in three statements, without the losses by anchors."""
        handles = self._candidates(query, condition, count)
        films, vectors = fetch_columns(self._database, self._schema, handles, self._known_genres)
        targets = [*query.likes, *([] if query.change is None else [query.change])]
        sought = list(map(self._vocabulary.sought, targets))
        shares = fetch_word_shares(self._database, self._schema, films.handles, sought)
        similarities = products(vectors, _stacked(targets))
        for column, (target, share) in enumerate(zip(targets, shares, strict=True)):
            of_target = prior(target, share, films)
            if of_target is not None:
                similarities[:, column] += of_target
        liked = similarities[:, : len(query.likes)]
        if query.change is not None:
            liked = liked + np.float32(CHANGE_WEIGHT) * similarities[:, -1:]
        raw_scores = (
            liked[:, 0].astype(np.float64) if len(query.likes) == 1 else soft_maximum(liked, query.like_weights)
        )
        if query.dislikes and len(films):
            disliked = soft_maximum(products(vectors, _stacked(query.dislikes)))
            raw_scores -= DISLIKED_WEIGHT * np.maximum(disliked, 0.0)
        return films, raw_scores

    def _candidates(self, query: RankingQuery, condition: Condition, count: int | None) -> Handles:
        """Return films near any of the likes, and those with the most words of all of them."""
        likes = [like if query.change is None else _changed(like, query.change) for like in query.likes]
        pooled = likes[0]
        if len(likes) > 1:
            pooled = replace(pooled, words="\n".join(like.words for like in likes), genres=(), year=None)
        routes = self._routes(pooled, query.anchors, condition)
        vectors = [like.vector for like in likes]
        found = self._database.fetch(*handles_of_candidates(self._schema, routes, vectors, count))
        if count is not None and len(found) < count:
            found = self._database.fetch(*handles_of_candidates(self._schema, routes, vectors, None))
        return np.array([handle for (handle,) in found], np.int64)

    def _routes(self, like: Target, anchors: Anchors, condition: Condition) -> Routes:
        people = self._films_of_people(anchors)
        asked = anchor_conditions(like, anchors, people)
        vocabulary = self._vocabulary
        return Routes(vocabulary.sought(like), condition, losses_of(like, anchors, people), asked, vocabulary.films)

    def _films_of_people(self, anchors: Anchors) -> list[Handles]:
        """Return the films of each person; people without films are ignored."""
        return [films for films in map(self._films_of, anchors.people) if len(films)]

    def _positions_of_people(self, anchors: Anchors, films: DatabaseColumns) -> list[Positions]:
        return [np.flatnonzero(np.isin(films.handles, of_person)) for of_person in self._films_of_people(anchors)]


def _stacked(targets: Sequence[Target]) -> NDArray[np.float32]:
    """Return the vectors of targets [n, dimension]."""
    return np.stack([target.vector for target in targets])


def _changed(like: Target, change: Target) -> Target:
    """Return a target in the direction of both targets, for finding candidates."""
    vector = like.vector + np.float32(CHANGE_WEIGHT) * change.vector
    return replace(like, vector=vector, words=f"{like.words} {change.words}")
