"""The films of an index by position and by id, as arrays that can be filtered.

A build writes the arrays to `models/serving/`, so that a start need not unpickle and hold 30,000 dictionaries.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.services.local.files.array_files import (
    FileReader,
    are_offsets,
    are_positions,
    open_arrays,
    require_one_build,
    save_arrays,
)
from app.services.local.name_postings import NamePostings
from app.services.movie_record import MovieRecord, read_record, write_record
from app.services.ranking.scores import UNKNOWN_YEAR

UNKNOWN_VOTE_COUNT = -1
UNKNOWN_VOTE_AVERAGE = -1
UNKNOWN_RUNTIME = 0
MAX_RUNTIME = 2**15 - 1
_MAX_ID = 2**63 - 1
_DIRECTORS, _KEYWORDS = "movies_directors", "movies_keywords"


@dataclass(frozen=True, slots=True)
class MovieArrays:
    """The fields of N films as arrays with an entry for each film, so that films can be filtered."""

    movie_ids: NDArray[np.int64]  # [N]
    id_order: NDArray[np.int32]  # [N] positions in ascending order of movie_ids
    years: NDArray[np.int16]  # [N], UNKNOWN_YEAR if unknown
    vote_counts: NDArray[np.int32]  # [N], UNKNOWN_VOTE_COUNT if unknown
    vote_averages: NDArray[np.int32]  # [N] thousandths, UNKNOWN_VOTE_AVERAGE if not known
    runtimes: NDArray[np.int16]  # [N] minutes, UNKNOWN_RUNTIME if not known
    is_tv: NDArray[np.bool_]  # [N]
    language_codes: NDArray[np.int16]  # [N] index into the languages, -1 if unknown
    genre_offsets: NDArray[np.int32]  # [genres + 1] genre g's films are genre_positions[offsets[g]:offsets[g + 1]]
    genre_positions: NDArray[np.int32]
    names: NDArray[np.uint8]  # JSON text: {"genres": [...], "languages": [...]}
    record_offsets: NDArray[np.int64]  # [N + 1] film i's JSON text is records[offsets[i]:offsets[i + 1]]
    records: NDArray[np.uint8]


class MovieMap:
    """The films of one index, by position and by id."""

    def __init__(
        self, arrays: MovieArrays, directors: NamePostings, keywords: NamePostings, records: FileReader | None = None
    ) -> None:
        """Take the arrays, and the file to read the records from if they need not be in memory."""
        names = json.loads(arrays.names.tobytes())
        self.genre_names: tuple[str, ...] = tuple(names["genres"])
        self.language_names: tuple[str, ...] = tuple(names["languages"])
        self.movie_ids = arrays.movie_ids
        self.years = arrays.years
        self.vote_counts = arrays.vote_counts
        self.vote_averages = arrays.vote_averages
        self.runtimes = arrays.runtimes
        self.is_tv = arrays.is_tv
        self.language_codes = arrays.language_codes
        self.directors = directors
        self.keywords = keywords
        self._sorted_ids = self.movie_ids[arrays.id_order]
        self._arrays = arrays
        self._records = records
        self.genre_counts = np.bincount(arrays.genre_positions, minlength=len(self)).astype(np.uint8)
        self._genre_index = {name.casefold(): index for index, name in enumerate(self.genre_names)}

    def __len__(self) -> int:
        return len(self.movie_ids)

    def record(self, position: int) -> MovieRecord:
        """Return the film at an index position (0 to N - 1)."""
        return read_record(self.record_json(position))

    def record_json(self, position: int) -> bytes:
        """Return the film at an index position as it is stored: a JSON object with the fields of MovieRecord."""
        start, end = self._arrays.record_offsets[position : position + 2].tolist()
        if self._records is not None:
            return self._records.read(start, end - start)
        text: bytes = self._arrays.records[start:end].tobytes()
        return text

    def close(self) -> None:
        """Close the files. Idempotent."""
        self.directors.close()
        self.keywords.close()
        if self._records is not None:
            self._records.close()

    def position(self, movie_id: int) -> int | None:
        """Return the index position of a film, or None if the catalogue does not have it."""
        if not 0 <= movie_id <= _MAX_ID:
            return None
        place = int(self._sorted_ids.searchsorted(movie_id))
        if place == len(self._sorted_ids) or self._sorted_ids[place] != movie_id:
            return None
        return int(self._arrays.id_order[place])

    def has_genre(self, name: str) -> bool:
        """Return whether any film has a genre, ignoring case."""
        return name.casefold() in self._genre_index

    def genre_positions(self, name: str) -> NDArray[np.int32]:
        """Return the positions of the films of a genre, ignoring case; empty if no film has it."""
        index = self._genre_index.get(name.casefold())
        if index is None:
            return np.empty(0, np.int32)
        offsets = self._arrays.genre_offsets
        return self._arrays.genre_positions[offsets[index] : offsets[index + 1]]

    def films_per_genre(self) -> list[tuple[str, int]]:
        """Return the genres and how many films each has."""
        return [(name, len(self.genre_positions(name))) for name in self.genre_names]

    def films_per_language(self) -> list[tuple[str, int]]:
        """Return the languages and how many films each has."""
        codes = self.language_codes
        counts = np.bincount(codes[codes >= 0], minlength=len(self.language_names)).tolist()
        return list(zip(self.language_names, counts, strict=True))

    def language_code(self, name: str) -> int | None:
        """Return the number of a language in `language_codes`, or None if no film is in it."""
        wanted = name.casefold()
        return next((code for code, known in enumerate(self.language_names) if known.casefold() == wanted), None)

    def in_languages(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return for each film whether its original language is one of these."""
        known = [code for name in codes if (code := self.language_code(name)) is not None]
        return np.isin(self.language_codes, known)

    def save(self, directory: Path) -> None:
        """Write the arrays as one .npy file each into an existing directory."""
        save_arrays(self._arrays, directory, "movies")
        self.directors.save(directory, _DIRECTORS)
        self.keywords.save(directory, _KEYWORDS)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read the arrays that `save` wrote; records are read from their file when needed.

        Raises ModelFileError if a file is missing or is not such an array.
        """
        arrays = open_arrays(MovieArrays, directory, "movies", mapped=("records",))
        require_one_build(_fit_together(arrays), directory, "movies")
        path = directory / "movies_records.npy"
        films = len(arrays.movie_ids)
        return cls(
            arrays,
            NamePostings.open(directory, _DIRECTORS, films),
            NamePostings.open(directory, _KEYWORDS, films),
            FileReader(path, path.stat().st_size - arrays.records.nbytes),
        )

    @classmethod
    def from_films(cls, films: Sequence[MovieRecord]) -> Self:
        """Make the arrays from films in the order of their positions."""
        return cls(
            _arrays_of(films),
            NamePostings.from_names([film.directors for film in films]),
            NamePostings.from_names([film.keywords for film in films]),
        )


def _arrays_of(films: Sequence[MovieRecord]) -> MovieArrays:
    genre_names = sorted({genre for film in films for genre in film.genres})
    languages = sorted({film.original_language for film in films if film.original_language})
    codes = {name: code for code, name in enumerate(languages)}
    films_of: dict[str, list[int]] = {name: [] for name in genre_names}
    for position, film in enumerate(films):
        for genre in film.genres:
            films_of[genre].append(position)
    texts = [write_record(film) for film in films]
    movie_ids = np.array([film.movie_id for film in films], np.int64)
    genre_lists = [films_of[name] for name in genre_names]
    return MovieArrays(
        movie_ids=movie_ids,
        id_order=np.argsort(movie_ids, kind="stable").astype(np.int32),
        years=np.array([film.year or UNKNOWN_YEAR for film in films], np.int16),
        vote_counts=np.array([_or(film.vote_count, UNKNOWN_VOTE_COUNT) for film in films], np.int32),
        vote_averages=np.array([_thousandths(film.vote_average) for film in films], np.int32),
        runtimes=np.array([min(film.runtime or UNKNOWN_RUNTIME, MAX_RUNTIME) for film in films], np.int16),
        is_tv=np.array([film.type == "tv" for film in films], np.bool_),
        language_codes=np.array([codes.get(film.original_language or "", -1) for film in films], np.int16),
        genre_offsets=np.cumsum([0, *map(len, genre_lists)]).astype(np.int32),
        genre_positions=np.array([position for films_of_one in genre_lists for position in films_of_one], np.int32),
        names=np.frombuffer(json.dumps({"genres": genre_names, "languages": languages}).encode(), np.uint8),
        record_offsets=np.cumsum([0, *map(len, texts)]).astype(np.int64),
        records=np.frombuffer(b"".join(texts), np.uint8),
    )


def _or(number: int | None, unknown: int) -> int:
    return unknown if number is None else number


def _thousandths(vote_average: float | None) -> int:
    return UNKNOWN_VOTE_AVERAGE if vote_average is None else round(1000 * vote_average)


def _fit_together(arrays: MovieArrays) -> bool:
    films = (len(arrays.movie_ids),)
    of_each_film = (
        *(arrays.movie_ids, arrays.id_order, arrays.years, arrays.vote_counts, arrays.vote_averages),
        *(arrays.runtimes, arrays.is_tv, arrays.language_codes),
    )
    try:
        names = json.loads(arrays.names.tobytes())
        genres, languages = list(names["genres"]), list(names["languages"])
    except (ValueError, KeyError, TypeError):
        return False
    return (
        all(isinstance(name, str) for name in genres + languages)
        and all(array.shape == films for array in of_each_film)
        and are_positions(arrays.id_order, *films)
        and are_positions(arrays.genre_positions, *films)
        and are_offsets(arrays.genre_offsets, len(genres), len(arrays.genre_positions))
        and arrays.records.ndim == 1
        and are_offsets(arrays.record_offsets, *films, len(arrays.records))
    )
