"""The record of a film that answers contain, and its JSON form."""

import json
from dataclasses import dataclass, fields
from typing import Literal

MovieType = Literal["movie", "tv"]


@dataclass(frozen=True, slots=True)
class MovieRecord:
    """A film as it appears in an answer."""

    movie_id: int
    title: str
    overview: str | None
    year: int | None
    genres: tuple[str, ...]
    original_language: str | None
    vote_average: float | None
    vote_count: int | None
    poster_path: str | None
    original_title: str | None = None
    directors: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    """The leading actors, most important first."""
    keywords: tuple[str, ...] = ()
    runtime: int | None = None
    """Minutes."""
    type: MovieType = "movie"
    imdb_id: str | None = None
    """Such as "tt0111161"."""
    has_tmdb_id: bool = True
    """Whether `movie_id` is the film's id on The Movie Database; some catalogues number their films themselves."""

    @property
    def links(self) -> dict[str, str | None]:
        """The film's pages on other sites; None if unknown."""
        return {
            "tmdb": f"https://www.themoviedb.org/{self.type}/{self.movie_id}" if self.has_tmdb_id else None,
            "imdb": f"https://www.imdb.com/title/{self.imdb_id}/" if self.imdb_id else None,
        }


def write_record(film: MovieRecord) -> bytes:
    """Return a film as JSON in UTF-8, with its links in place of `has_tmdb_id`, which they imply."""
    values = {field.name: getattr(film, field.name) for field in fields(film)} | {"links": film.links}
    del values["has_tmdb_id"]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def read_record(text: bytes) -> MovieRecord:
    """Return the film that `write_record` wrote."""
    values = json.loads(text)
    links = values.pop("links", None)
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return MovieRecord(**values | lists, has_tmdb_id=links is None or links["tmdb"] is not None)
