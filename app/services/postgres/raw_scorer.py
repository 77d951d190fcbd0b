"""Raw scores of the films of a published catalogue: candidates from the database, the formula of all engines."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.services.catalogue import Handles
from app.services.postgres.anchors import anchor_conditions
from app.services.postgres.candidates import (
    MIN_CANDIDATES_OF_EACH_ROUTE,
    Candidates,
    candidates_of,
    candidates_statement,
)
from app.services.postgres.database import Database
from app.services.postgres.filters import Condition
from app.services.postgres.vocabulary import Vocabulary
from app.services.ranking.prior import anchor_losses, prior
from app.services.ranking.ranking_query import Anchors, RankingQuery, Target
from app.services.ranking.scores import soft_maximum
from app.services.ranking.weights import CHANGE_WEIGHT, DISLIKED_WEIGHT
from app.services.vectors import Positions

Scored = tuple[Handles, NDArray[np.float64]]


class DatabaseScorer:
    """Scores the films of one schema for one query."""

    def __init__(
        self, database: Database, schema: str, vocabulary: Vocabulary, films_of: Callable[[str], Handles]
    ) -> None:
        """`films_of` returns the films of a person."""
        self._database = database
        self._schema = schema
        self._vocabulary = vocabulary
        self._films_of = films_of
        self._known_genres = frozenset(name.casefold() for name in vocabulary.genres)

    def score(self, query: RankingQuery, condition: Condition, count: int) -> Scored:
        """Return candidates that meet a condition, the `count` best among them, and their raw scores, in no order."""
        nearby = [self._candidates(like, query, condition, count) for like in query.likes]
        if len(nearby) == 1 and query.change is None and not query.dislikes:
            films, raw_scores = nearby[0], self._target_scores(query.likes[0], nearby[0])
        else:
            handles = np.unique(np.concatenate([films.handles for films in nearby]))
            films, raw_scores = self._score_all(query, handles)
        losses = anchor_losses(query.anchors, films, self._positions_of_people(query.anchors, films))
        return films.handles, raw_scores if losses is None else raw_scores - losses

    def _score_all(self, query: RankingQuery, handles: Handles) -> tuple[Candidates, NDArray[np.float64]]:
        """Return the columns of films and their raw scores without the losses by anchors, which all likes share."""
        columns = [self._columns(like, handles) for like in query.likes]
        similarities = np.stack(
            [self._target_scores(like, films) for like, films in zip(query.likes, columns, strict=True)], axis=1
        )
        if query.change is not None:
            changed = self._target_scores(query.change, self._columns(query.change, handles))
            similarities += CHANGE_WEIGHT * changed[:, None]
        raw_scores = similarities[:, 0]
        if len(columns) > 1:
            raw_scores = soft_maximum(similarities.astype(np.float32), query.like_weights)
        if query.dislikes:
            disliked = [self._columns(dislike, handles).cosines for dislike in query.dislikes]
            loss = soft_maximum(np.stack(disliked, axis=1).astype(np.float32))
            raw_scores -= DISLIKED_WEIGHT * np.maximum(loss, 0.0)
        return columns[0], raw_scores

    def _candidates(self, like: Target, query: RankingQuery, condition: Condition, count: int) -> Candidates:
        """Return candidates for a target; if the routes find fewer than `count`, all films that meet the condition."""
        target = like if query.change is None else _changed(like, query.change)
        sought = self._vocabulary.sought(target)
        anchors = anchor_conditions(like, query.anchors, self._films_of)
        of_each = max(MIN_CANDIDATES_OF_EACH_ROUTE, 2 * count)
        found = self._database.fetch(*candidates_statement(self._schema, sought, condition, anchors, of_each))
        if len(found) < count:
            found = self._database.fetch(*candidates_statement(self._schema, sought, condition, (), None))
        return candidates_of(found, self._known_genres)

    def _columns(self, target: Target, handles: Handles) -> Candidates:
        """Return the columns of these films for a target."""
        condition = Condition()
        condition.require("f.handle = ANY(%(handles)s)", handles=handles.tolist())
        statement = candidates_statement(self._schema, self._vocabulary.sought(target), condition, (), None)
        return candidates_of(self._database.fetch(*statement), self._known_genres)

    def _target_scores(self, target: Target, films: Candidates) -> NDArray[np.float64]:
        terms = self._vocabulary.sought(target).terms
        shares = None if terms is None else (films.word_sums / terms.bound).astype(np.float32)
        of_target = prior(target, shares, films)
        return films.cosines if of_target is None else films.cosines + of_target

    def _positions_of_people(self, anchors: Anchors, films: Candidates) -> list[Positions]:
        """Return which candidates are by or with each person; people without films are not asked for."""
        of_people = [self._films_of(name) for name in anchors.people]
        return [np.flatnonzero(np.isin(films.handles, of_person)) for of_person in of_people if len(of_person)]


def _changed(like: Target, change: Target) -> Target:
    """Return a target in the direction of both, for finding candidates."""
    vector = like.vector + np.float32(CHANGE_WEIGHT) * change.vector
    return replace(like, vector=vector, words=f"{like.words} {change.words}")
