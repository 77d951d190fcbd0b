"""Six hundred made-up films, as vectors and as the records of a movies_map.pkl, for tests of ranking."""

import numpy as np
from numpy.typing import NDArray

FILMS = 600
DIMENSION = 384
GENRES = ("Action", "Comedy", "Drama", "Horror")
FIRST_ID = 1000


def film_vectors() -> NDArray[np.float32]:
    """Unit vectors [FILMS, DIMENSION] around twenty centres: film i belongs to centre i % 20."""
    random = np.random.default_rng(1)
    centres = random.standard_normal((20, DIMENSION))
    rows = centres[np.arange(FILMS) % 20] + random.standard_normal((FILMS, DIMENSION))
    units: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return units


def film_records() -> dict[int, dict[str, object]]:
    """The films by position. Every fiftieth has no year; the words of each overview include its number."""
    return {
        position: {
            "tmdb_id": FIRST_ID + position,
            "title": f"Film {position}",
            "year": str(1950 + position % 70) if position % 50 else "",
            "overview": f"Somebody named x{position} does something in town{position % 7}.",
            "genres_list": [GENRES[position % 4], GENRES[position // 4 % 4]],
            "original_language": "fr" if position % 3 == 0 else "en",
            "vote_count": position,
            "vote_average": None if position % 40 == 0 else position % 101 / 10,
            "runtime": None if position % 30 == 0 else 60 + position % 120,
            "type": "tv" if position % 10 == 7 else "movie",
            "directors": [f"Director {position % 90}", "Zoë Ångström"][: 1 + (position % 25 == 0)],
            "keywords": [f"keyword {position % 50}", "Robot"][: position % 3],
            "cast": [f"Actor {position % 7} Jones"],
        }
        for position in range(FILMS)
    }


def anywhere(seed: int = 2) -> NDArray[np.float32]:
    """A unit vector [DIMENSION] in a random direction."""
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))
