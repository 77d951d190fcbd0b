"""A generator of a models/ folder with ten or thirty times the films of another, for measurements of large catalogues.

    python -m tests.scripts.make_large_models --models-dir models --output /tmp/m345 --factor 10

The first films are those of the folder as they are; the others are variants of them. A variant has the film's vector
with noise (their cosine is about 0.86), its text with one word in five exchanged for another, a new title and id, and a
year some years away. Words are drawn as they are distributed in all texts, and some are invented, so that the
vocabulary grows as it does in real texts: about with the 0.55th power of their length. The build is the real one: it
finds the vectors as those of an interrupted build. The same folder and factor give the same files.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.indexing.catalogue.movie import Movie
from app.indexing.index.build import build_index
from app.indexing.index.embeddings import PARTIAL_FILE, PartialFile, film_text, text_digest
from app.indexing.index.film_map import film_of
from app.indexing.model.model_folder import model_digest, model_facts
from app.indexing.progress import say, with_progress
from app.services.encoder.model_spec import ModelSpec
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.files.model_files import INDEX_FILE, MAP_FILE
from app.services.local.files.pickle_reader import read_movie_records
from app.services.vectors import unit

SEED = 1895
NOISE = 0.03
EXCHANGED = 0.2
"""Share of the words of a text that are replaced."""
INVENTED = 0.1
INVENTED_IN_TITLES = 0.5
"""Shares of the replacing words that are invented instead of drawn from other texts."""
TAIL = 0.15
"""Exponent of the distribution of the invented words; it decides how many of them are different."""
MAX_YEARS_APART = 10
FIRST_YEAR, LAST_YEAR = 1900, 2026
ID_STEP = 20_000_000

_WORD = re.compile(r"[^\W_]+")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwxyz", "aeiou"
_SYLLABLES = tuple(consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS)
_INVENTED_WORDS = len(_SYLLABLES) ** 3
_SCATTER = 617_321  # has no divisor in common with _INVENTED_WORDS


@dataclass(frozen=True, slots=True)
class Source:
    """The original films, and the words from which variants are made."""

    movies: list[Movie]
    vectors: NDArray[np.float32]
    words: list[str]
    title_words: list[str]

    @classmethod
    def read(cls, models_dir: Path) -> "Source":
        """Read the films of a models/ folder."""
        records = read_movie_records(models_dir / MAP_FILE)
        movies = [_movie(records[position]) for position in range(len(records))]
        with StoredVectors(models_dir / INDEX_FILE, ModelSpec().dimension) as stored:
            vectors = stored.chunk(0, len(stored)).copy()
        words = [word for movie in movies for word in _WORD.findall(movie.overview)]
        title_words = [word for movie in movies for word in _WORD.findall(movie.title)]
        return cls(movies, vectors, words, title_words)

    def films(self, factor: int) -> Iterator[tuple[Movie, NDArray[np.float32]]]:
        """Yield the films with their vectors, then as many variants of each as are needed."""
        yield from zip(self.movies, self.vectors, strict=True)
        for number in range(1, factor):
            chance = random.Random(SEED + number)
            noise = np.random.default_rng(SEED + number).standard_normal(self.vectors.shape, np.float32)
            vectors = unit(unit(self.vectors) + np.float32(NOISE) * noise)
            for movie, vector in zip(self.movies, vectors, strict=True):
                yield self._variant(movie, number, chance), vector

    def _variant(self, movie: Movie, number: int, chance: random.Random) -> Movie:
        years = chance.randint(-MAX_YEARS_APART, MAX_YEARS_APART)
        return replace(
            movie,
            movie_id=movie.movie_id + ID_STEP * number,
            title=self._title(movie.title, chance),
            overview=_exchanged(movie.overview, self.words, INVENTED, chance),
            year=None if movie.year is None else min(max(movie.year + years, FIRST_YEAR), LAST_YEAR),
            release_date=None,
            vote_count=None if movie.vote_count is None else int(movie.vote_count * chance.random()),
            original_title=None,
            imdb_id=None,
        )

    def _title(self, title: str, chance: random.Random) -> str:
        varied = _exchanged(title, self.title_words, INVENTED_IN_TITLES, chance)
        return varied if varied != title else f"{title} {_other_word(self.title_words, INVENTED_IN_TITLES, chance)}"


def _movie(record: dict[str, object]) -> Movie:
    """Return the film of an entry of movies_map.pkl."""
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    year = str(fields.pop("year"))
    return Movie(
        movie_id=fields.pop("tmdb_id"),  # type: ignore[arg-type]
        genres=fields.pop("genres_list"),  # type: ignore[arg-type]
        year=int(year) if year else None,
        **fields,  # type: ignore[arg-type]
    )


def _exchanged(text: str, words: list[str], invented: float, chance: random.Random) -> str:
    return _WORD.sub(
        lambda match: _other_word(words, invented, chance) if chance.random() < EXCHANGED else match[0], text
    )


def _other_word(words: list[str], invented: float, chance: random.Random) -> str:
    """Return one of the words, or one that is made up of three syllables."""
    if chance.random() >= invented:
        return chance.choice(words)
    number = int(chance.paretovariate(TAIL)) * _SCATTER % _INVENTED_WORDS
    first, rest = divmod(number, len(_SYLLABLES) ** 2)
    return "".join(_SYLLABLES[place] for place in (first, *divmod(rest, len(_SYLLABLES)))).capitalize()


def make(models_dir: Path, output: Path, factor: int) -> None:
    """Write the films' vectors as those of an interrupted build, then build."""
    source = Source.read(models_dir)
    output.mkdir(parents=True, exist_ok=True)
    digest = model_digest(model_facts(models_dir))
    movies = []
    films = with_progress(source.films(factor), total=factor * len(source.movies), label="Varying", unit="films")
    with PartialFile(output / PARTIAL_FILE, source.vectors.shape[1]).appending() as append:
        for movie, vector in films:
            movies.append(movie)
            append(text_digest(film_text(film_of(movie)), digest), vector)
    del source
    before = time.process_time()
    report = build_index(movies, output, fallback_model_dir=models_dir)
    cpu = time.process_time() - before
    say(f"{report.films:,} films in {output}: built in {report.seconds:,.0f} s, {cpu:,.0f} CPU-s, without encoding")


def main() -> None:
    """Make the folder with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models-dir", type=Path, default=Path("models"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--factor", type=int, default=10)
    args = parser.parse_args()
    make(args.models_dir, args.output, args.factor)


if __name__ == "__main__":
    main()
