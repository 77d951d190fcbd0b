"""Conversion of a film into rows of the tables: its columns, and the postings of its words."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from pgvector import HalfVector

from app.services.local.lexical_index import film_words, saturated
from app.services.local.movie_map import MAX_RUNTIME
from app.services.movie_record import MovieRecord
from app.services.postgres.layout import UNKNOWN_VOTE_COUNT
from app.services.ranking.scores import UNKNOWN_YEAR
from app.services.terms import term_key, terms
from app.services.vectors import Vector

COLUMNS = (
    "handle, movie_id, year, vote_count, vote_average, runtime, is_tv, language, genres, directors, keywords, vector"
)
COLUMN_TYPES = (
    *("int4", "int8", "int2", "int4", "int4", "int2", "bool", "text", "text[]", "text[]", "text[]", "halfvec"),
)


def film_row(handle: int, film: MovieRecord, vector: Vector) -> tuple[Any, ...]:
    """Return a film's values in the order of COLUMNS."""
    return (
        handle,
        film.movie_id,
        film.year or UNKNOWN_YEAR,
        UNKNOWN_VOTE_COUNT if film.vote_count is None else film.vote_count,
        None if film.vote_average is None else round(1000 * film.vote_average),
        None if film.runtime is None else min(film.runtime, MAX_RUNTIME),
        film.type == "tv",
        None if film.original_language is None else film.original_language.casefold(),
        *(_folded(names) for names in (film.genres, film.directors, film.keywords)),
        HalfVector(vector),
    )


def _folded(names: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(name.casefold() for name in names))


@dataclass(frozen=True, slots=True)
class FilmTerms:
    """The terms of a film, as the database stores their keys, and their saturated frequencies."""

    keys: list[int]
    saturations: list[float]


def film_terms(film: MovieRecord, mean_length: float) -> FilmTerms:
    """Return a film's terms; `mean_length` is the mean number of words when the catalogue was built."""
    counts = Counter(map(term_key, terms(film_words(film.title, film.overview, film.keywords))))
    keys = np.fromiter(counts.keys(), np.uint64, len(counts)).view(np.int64)
    frequencies = np.fromiter(counts.values(), np.float64, len(counts))
    return FilmTerms(keys.tolist(), saturated(frequencies, float(counts.total()), mean_length).tolist())
