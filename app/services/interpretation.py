"""Interpretation of a query: what its text asks for besides a plot, and the ranking query that this gives."""

from collections.abc import Sequence
from dataclasses import replace

from app.services.catalogue import Catalogue
from app.services.encoder.movie_text import context_text
from app.services.names.catalogue_names import names_of
from app.services.queries import MovieFilter, Query
from app.services.ranking.ranking_query import Anchors, RankingQuery, Target
from app.services.ranking.weights import (
    EXAMPLE_WEIGHTS,
    MEMORY_WEIGHTS,
    REQUEST_TEXT_WEIGHTS,
    REQUEST_WEIGHTS,
    SYNOPSIS_WEIGHTS,
    AnchorWeights,
)
from app.services.ranking.word_forms import with_word_forms
from app.services.understanding.genre_names import near_genres, same_genres
from app.services.understanding.reader import understand
from app.services.understanding.understood import Lookups, Understood
from app.services.vectors import Vector


def interpret(query: Query, catalogue: Catalogue) -> Understood:
    """Return what a query asks for: as the caller states it, otherwise as it is read from the text.

    A query with a title or keywords describes one film, so its text is a plot. Context and filters of the caller
    override what is read from the text.
    """
    if query.understood is not None:
        return query.understood
    if not query.interpret or query.title or query.keywords:
        return Understood("plot", query.synopsis)
    read = understand(query.synopsis, Lookups(catalogue, catalogue, catalogue.newest_year))
    return _without_given(read, query, query.selection.movie_filter or MovieFilter())


def embedded_text(query: Query, understood: Understood) -> str | None:
    """Return the text to embed: the query's text without what was understood, in the template if it has context.

    None if the query only names films as examples.
    """
    text = understood.text if understood.kind == "request" else understood.text or query.synopsis
    if not text and understood.like and not (query.genres or query.year):
        return None
    return context_text(
        text or " ".join([*understood.genres, *understood.people]) or query.synopsis,
        genres=query.genres,
        keywords=query.keywords,
        year=query.year,
        title=query.title,
    )


def ranking_query(query: Query, understood: Understood, vector: Vector | None, catalogue: Catalogue) -> RankingQuery:
    """Return the ranking query; `vector` is the vector of the embedded text, None if no text was embedded.

    Raises UnknownMovieError if `understood` names films that the catalogue does not have.
    """
    weights = REQUEST_TEXT_WEIGHTS if understood.kind == "request" else SYNOPSIS_WEIGHTS
    text = None if vector is None else Target(vector, _words(query, understood), query.genres, query.year, weights)
    examples = catalogue.targets(catalogue.handles([film.movie_id for film in understood.like]))
    anchors = _anchors(understood)
    if examples:
        changed = tuple(replace(film, genres=_changed_genres(film.genres, understood)) for film in examples)
        return RankingQuery(changed, change=text, anchors=anchors)
    return RankingQuery(() if text is None else (text,), anchors=anchors)


def without_unknown_facts(understood: Understood, catalogue: Catalogue) -> tuple[Understood, tuple[str, ...]]:
    """Return what is asked for without limits on facts that no film has, and a warning for each such fact.

    With such a limit, every film would lose the same.
    """
    if understood.runtime_min is understood.runtime_max is understood.min_vote_average is None:
        return understood, ()
    wanted = MovieFilter(
        runtime_min=understood.runtime_min,
        runtime_max=understood.runtime_max,
        min_vote_average=understood.min_vote_average,
    )
    missing = names_of(catalogue).missing_facts(wanted)
    if "runtime" in missing:
        understood = replace(understood, runtime_min=None, runtime_max=None)
    if "mean vote" in missing:
        understood = replace(understood, min_vote_average=None)
    return understood, tuple(f"No film in the catalogue has a known {fact}: it is not compared." for fact in missing)


def _changed_genres(genres: Sequence[str], understood: Understood) -> tuple[str, ...]:
    """Return the genres of an example film, with the requested genres and without the excluded ones."""
    excluded = {name for genre in understood.excluded_genres for name in same_genres(genre)}
    return tuple(genre for genre in dict.fromkeys((*genres, *understood.genres)) if genre not in excluded)


def _words(query: Query, understood: Understood) -> str:
    if understood.kind == "request":
        return " ".join([with_word_forms(understood.text), query.title or "", *query.keywords]).strip()
    return " ".join([understood.text or query.synopsis, query.title or "", *query.keywords])


def _anchors(understood: Understood) -> Anchors:
    years = understood.years
    return Anchors(
        genres=tuple(near_genres(genre) for genre in understood.genres),
        excluded_genres=tuple(name for genre in understood.excluded_genres for name in same_genres(genre)),
        first_year=years.first if years else None,
        last_year=years.last if years else None,
        languages=understood.languages,
        excluded_languages=understood.excluded_languages,
        people=understood.people,
        runtime_min=understood.runtime_min,
        runtime_max=understood.runtime_max,
        min_vote_average=understood.min_vote_average,
        weights=_anchor_weights(understood),
    )


def _anchor_weights(understood: Understood) -> AnchorWeights:
    if understood.kind == "memory":
        return MEMORY_WEIGHTS
    return EXAMPLE_WEIGHTS if understood.like else REQUEST_WEIGHTS


def _without_given(read: Understood, query: Query, movie_filter: MovieFilter) -> Understood:
    """Return what was read, except for what the context and filters of the caller override."""
    gives_years = query.year or movie_filter.year_min is not None or movie_filter.year_max is not None
    if movie_filter.runtime_min is not None or movie_filter.runtime_max is not None:
        read = replace(read, runtime_min=None, runtime_max=None)
    if movie_filter.min_vote_average is not None:
        read = replace(read, min_vote_average=None)
    return replace(
        read,
        genres=() if query.genres or movie_filter.genres_any else read.genres,
        excluded_genres=() if movie_filter.genres_none else read.excluded_genres,
        years=None if gives_years else read.years,
        languages=() if movie_filter.original_language else read.languages,
        excluded_languages=() if movie_filter.original_language else read.excluded_languages,
    )
