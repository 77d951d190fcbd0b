"""One film as an answer shows it, and its JSON text."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class MovieRecord:
    """One film as an answer shows it."""

    movie_id: int
    title: str
    overview: str | None
    year: int | None
    genres: tuple[str, ...]
    original_language: str | None
    vote_average: float | None
    vote_count: int | None
    poster_path: str | None


def write_record(film: MovieRecord) -> bytes:
    """Return a film as JSON in UTF-8."""
    return json.dumps(asdict(film), ensure_ascii=False, separators=(",", ":")).encode()


def read_record(text: bytes) -> MovieRecord:
    """Return the film that `write_record` wrote."""
    fields = json.loads(text)
    fields["genres"] = tuple(fields["genres"])
    return MovieRecord(**fields)
