"""A query that has been interpreted and encoded and is ready for searching."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from app.services.catalogue import Catalogue
from app.services.encoder.text_encoder import Encoding
from app.services.interpretation import embedded_text, interpret, ranking_query, without_unknown_facts
from app.services.queries import Query, Selection
from app.services.ranking.ranking_query import RankingQuery
from app.services.understanding.understood import Understood


@dataclass(frozen=True, slots=True)
class EmbeddedQuery:
    """A query with what it was understood as; `text` and `seconds` are None if there was nothing to encode."""

    text: str | None
    understood: Understood
    ranking_query: RankingQuery
    selection: Selection
    warnings: tuple[str, ...]
    truncated: bool
    seconds: float | None
    was_cached: bool

    @classmethod
    def make(cls, query: Query, catalogue: Catalogue, encode: Callable[[str], tuple[Encoding, bool]]) -> Self:
        """Interpret and encode a query; `encode` returns an encoding and whether it was cached."""
        started = time.perf_counter()
        understood = interpret(query, catalogue)
        text = embedded_text(query, understood)
        encoding, was_cached = (None, False) if text is None else encode(text)
        compared, warnings = without_unknown_facts(understood, catalogue)
        vector = None if encoding is None else encoding.vector
        return cls(
            text=text,
            understood=understood,
            ranking_query=ranking_query(query, compared, vector, catalogue),
            selection=query.selection.without([film.movie_id for film in (*understood.like, *understood.unlike)]),
            warnings=warnings,
            truncated=encoding is not None and encoding.truncated,
            seconds=None if text is None else time.perf_counter() - started,
            was_cached=was_cached,
        )
