"""Writer of movies_map.pkl, the film map that projects of this kind exchange."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.indexing.catalogue.movie import Movie
from app.services.local.files.array_files import writing
from app.services.movie_record import MovieRecord


def film_of(movie: Movie) -> MovieRecord:
    """Return the record of a film that answers contain."""
    return MovieRecord(
        movie_id=movie.movie_id,
        title=movie.title,
        overview=movie.overview,
        year=movie.year,
        genres=movie.genres,
        original_language=movie.original_language,
        vote_average=None if movie.vote_average is None else round(movie.vote_average, 3),
        vote_count=movie.vote_count,
        poster_path=movie.poster_path,
        keywords=movie.keywords,
        directors=movie.directors,
        cast=movie.cast,
        original_title=movie.original_title,
        runtime=movie.runtime,
        imdb_id=movie.imdb_id,
        type="tv" if movie.type == "tv" else "movie",
        has_tmdb_id=movie.has_tmdb_id,
    )


def write_film_map(movies: Sequence[Movie], path: Path) -> None:
    """Write the films by position; equal films give equal bytes. Raises OSError."""
    strings: dict[str, str] = {}

    def shared(value: Any) -> Any:  # noqa: ANN401
        """Replace equal strings by one object: pickle writes an object once, so that bytes depend only on values."""
        if isinstance(value, str):
            return strings.setdefault(value, value)
        return [shared(item) for item in value] if isinstance(value, list) else value

    by_position = {
        position: {shared(name): shared(value) for name, value in _entry(movie).items()}
        for position, movie in enumerate(movies)
    }
    with writing(path):
        path.write_bytes(pickle.dumps(by_position, protocol=4))


def _entry(movie: Movie) -> dict[str, Any]:
    """Return a film's entry of the map: builtins only, and the year as text, as in the original project."""
    return {
        "tmdb_id": movie.movie_id,
        "title": movie.title,
        "year": str(movie.year) if movie.year else "",
        "overview": movie.overview,
        "genres_list": list(movie.genres),
        "poster_path": movie.poster_path,
        "original_language": movie.original_language,
        "vote_average": movie.vote_average,
        "vote_count": movie.vote_count,
        "popularity": movie.popularity,
        "release_date": movie.release_date,
        "keywords": list(movie.keywords),
        "directors": list(movie.directors),
        "cast": list(movie.cast),
        "original_title": movie.original_title,
        "runtime": movie.runtime,
        "imdb_id": movie.imdb_id,
        "type": movie.type,
        "has_tmdb_id": movie.has_tmdb_id,
    }
