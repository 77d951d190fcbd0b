"""Messages for unknown names, with the nearest known one. Imported only when a name is unknown."""

import re
from collections.abc import Iterable, Mapping

from pydantic.fields import FieldInfo
from rapidfuzz import fuzz, process

MIN_LIKENESS = 60
MAX_SUGGESTIONS = 3
_MAX_BEHIND_BEST = 20
"""Maximum difference in likeness from the best suggestion: "Horor" suggests "Horror" and not "Humor"."""

_SYNONYMS = {
    "top_k": "k n limit count size page_size per_page max_results num_results number results",
    "limit": "k n top_k count size page_size per_page max_results",
    "offset": "skip start from page",
    "synopsis": "text plot description overview summary query prompt input q",
    "query": "q text title search term name",
    "original_language": "language lang languages locale original_lang",
    "exclude_ids": "exclude excluded ignore ignore_ids exclude_movie_ids",
    "genres_none": "exclude_genres without_genres excluded_genres genres_exclude genres_not",
    "genres_any": "with_genres include_genres genre",
    "genre": "genre_names",
    "year_min": "year_from from_year after since year_gte start_year",
    "year_max": "year_to to_year before until year_lte end_year",
    "min_vote_count": "votes vote_count vote_count_gte",
    "min_score": "threshold score cutoff min_similarity",
    "liked": "likes liked_ids like movie_ids",
    "disliked": "dislikes disliked_ids dislike",
    "ids": "id movie_ids movie_id",
    "sort": "sort_by order order_by",
    "filters": "filter",
    "rating": "stars score vote value",
    "movie_id": "id tmdb_id film_id",
    "rated": "ratings",
}
"""Names that other services use for a field, by the name in this API."""


def unknown_field_message(given: str, fields: Mapping[str, FieldInfo]) -> str:
    """Return a message for an unknown field, with the nearest known field, here or inside `filters`."""
    given = printable(given)
    filters = _nested_names(fields["filters"]) if "filters" in fields else []
    nearest = None if _snake_case(given) in filters else nearest_name(given, fields)
    if nearest is not None:
        return f'Unknown field "{given}"; did you mean "{nearest}"?'
    nearest = nearest_name(given, filters)
    if nearest is not None:
        return f'Unknown field "{given}"; did you mean "{nearest}" inside "filters"?'
    return f'Unknown field "{given}"; known are: {", ".join(fields)}'


def _nested_names(field: FieldInfo) -> list[str]:
    """Return the names of the fields of an optional model."""
    models = getattr(field.annotation, "__args__", ())
    return [name for model in models for name in getattr(model, "model_fields", ())]


def unknown_parameter_message(given: str, known: Iterable[str]) -> str:
    """Return a message for an unknown query parameter, with the nearest known one."""
    names = list(known)
    given = printable(given)
    if not names:
        return f'Unknown query parameter "{given}": this call has none'
    nearest = nearest_name(given, names)
    if nearest is None:
        return f'Unknown query parameter "{given}"; known are: {", ".join(names)}'
    return f'Unknown query parameter "{given}"; did you mean "{nearest}"?'


def nearest_name(given: str, known: Iterable[str]) -> str | None:
    """Return the known field that was probably meant; None if no name is near."""
    names = list(known)
    plain = _snake_case(given)
    for name in names:
        if plain == name or plain in _SYNONYMS.get(name, "").split():
            return name
    return _nearest(plain.replace("_", " "), {name.replace("_", " "): name for name in names})


def nearest_values(given: str, known: Mapping[str, str]) -> list[str]:
    """Return the values with the most similar spellings, best first; the first few values if none is similar.

    A spelling that is much less similar than the best one is left out.
    """
    spellings = {spelling.casefold(): value for spelling, value in known.items()}
    near = process.extract(
        given.casefold(), list(spellings), scorer=_likeness, limit=MAX_SUGGESTIONS, score_cutoff=MIN_LIKENESS
    )
    values = [spellings[spelling] for spelling, likeness, _ in near if likeness >= near[0][1] - _MAX_BEHIND_BEST]
    values = values or list(spellings.values())
    return list(dict.fromkeys(values))[:MAX_SUGGESTIONS]


def _nearest(given: str, names: Mapping[str, str]) -> str | None:
    found = process.extractOne(given, list(names), scorer=_likeness, score_cutoff=MIN_LIKENESS)
    return None if found is None else names[found[0]]


def _likeness(given: str, known: str, **_: object) -> float:
    """Return the similarity of two names in any order of their words, from 0 to 100."""
    return max(fuzz.token_sort_ratio(given, known), fuzz.ratio(given.replace(" ", ""), known.replace(" ", "")))


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\s.-]+", "_", name.strip()).lower().strip("_")


def printable(name: str) -> str:
    """Return a name in a form that a message can quote: shortened, and without lone surrogates."""
    return name[:100].encode("utf-8", "replace").decode()
