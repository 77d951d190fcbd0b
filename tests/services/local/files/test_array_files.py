"""Files of arrays: those that are not of one build are refused when they are opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.services.errors import ModelFileError
from app.services.local.lexical_index import LexicalIndex
from app.services.local.map_fields import films_of_map
from app.services.local.movie_map import MovieMap
from app.services.local.title_index import TitleIndex

TITLES = [f"Film {n}" for n in range(4)]
RECORDS = {n: {"tmdb_id": n + 1, "title": title, "genres_list": ["Drama"]} for n, title in enumerate(TITLES)}
KINDS: dict[str, tuple[Callable[[Path], None], Callable[[Path], Any]]] = {
    "movies": (MovieMap.from_films(films_of_map(RECORDS)).save, MovieMap.open),
    "titles": (TitleIndex.from_titles(TITLES).save, TitleIndex.open),
    "lexical": (LexicalIndex.from_texts(["a lighthouse", "a whale", "a whale"]).save, LexicalIndex.open),
}


def shorter(array: NDArray[Any]) -> NDArray[Any]:
    return array[:-1]


def of_another_type(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float64)


def beyond_the_last(array: NDArray[Any]) -> NDArray[Any]:
    return np.full_like(array, 100)


def below_the_first(array: NDArray[Any]) -> NDArray[Any]:
    return np.full_like(array, -1)


def without_sense(array: NDArray[Any]) -> NDArray[Any]:
    return np.full_like(array, 0xFF)


def without_dimension(array: NDArray[Any]) -> NDArray[Any]:
    return np.array(7, array.dtype)


@pytest.mark.parametrize(
    ("kind", "field", "change"),
    [
        *(("movies", field, shorter) for field in ("id_order", "years", "vote_counts", "language_codes", "records")),
        *(("movies", field, shorter) for field in ("genre_offsets", "genre_positions", "record_offsets", "names")),
        *(("movies", field, beyond_the_last) for field in ("id_order", "genre_positions", "record_offsets")),
        ("movies", "id_order", below_the_first),
        ("movies", "names", without_sense),
        ("movies", "years", of_another_type),
        *(("titles", field, shorter) for field in ("letters", "posting_offsets", "films", "name_words", "squeezed")),
        *(("titles", field, beyond_the_last) for field in ("posting_offsets", "films", "name_offsets", "name_words")),
        ("titles", "words", without_sense),
        ("titles", "words", of_another_type),
        *(("lexical", field, shorter) for field in ("term_keys", "idf", "offsets", "positions", "weights")),
        *(("lexical", field, beyond_the_last) for field in ("offsets", "positions")),
        ("lexical", "film_count", shorter),
        ("lexical", "weights", of_another_type),
        *((kind, field, without_dimension) for kind, field in (("movies", "movie_ids"), ("titles", "letters"))),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    kind: str, field: str, change: Callable[[NDArray[Any]], NDArray[Any]], tmp_path: Path
) -> None:
    save, open_saved = KINDS[kind]
    save(tmp_path)
    path = tmp_path / f"{kind}_{field}.npy"
    np.save(path, change(np.load(path)))
    with pytest.raises(ModelFileError, match=rf"{kind}_.*; run: python -m app\.indexing build"):
        open_saved(tmp_path)


def test_what_is_in_use_does_not_change_with_its_file(tmp_path: Path) -> None:
    save, open_saved = KINDS["titles"]
    save(tmp_path)
    index = open_saved(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(b"")  # a mapped file that is cut ends the process at the next look
    assert index.search("film", 9, np.zeros(4, np.int32), np.zeros(4, np.int16)) == [0, 1, 2, 3]
