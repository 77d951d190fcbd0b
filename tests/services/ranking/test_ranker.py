from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from annoy import AnnoyIndex as Trees
from numpy.typing import NDArray

from app.services.errors import ModelFileError, ServiceClosedError
from app.services.local.engines.annoy_file import StoredVectors
from app.services.local.engines.vector_index import AnnoyIndex, ExactIndex, VectorIndex
from app.services.local.lexical_index import LexicalIndex, film_words
from app.services.local.movie_map import MovieMap
from app.services.ranking.ranker import Choice, Ranker, Wanted, diverse, score

FILMS = 600
GENRES = ("Action", "Comedy", "Drama", "Horror")


def vectors() -> NDArray[np.float32]:
    random = np.random.default_rng(1)
    centres = random.standard_normal((20, 384))
    rows = centres[np.arange(FILMS) % 20] + random.standard_normal((FILMS, 384))
    units: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return units


def records() -> dict[int, dict[str, object]]:
    return {
        position: {
            "tmdb_id": 1000 + position,
            "title": f"Film {position}",
            "year": str(1950 + position % 70) if position % 50 else "",
            "overview": f"Somebody named x{position} does something in town{position % 7}.",
            "genres_list": [GENRES[position % 4], GENRES[position // 4 % 4]],
        }
        for position in range(FILMS)
    }


@pytest.fixture(scope="module")
def movies() -> MovieMap:
    return MovieMap.from_records(records())


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    return LexicalIndex.from_texts(film_words(str(film["title"]), str(film["overview"])) for film in records().values())


@pytest.fixture(scope="module", params=["exact", "annoy"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorIndex]:
    path = tmp_path_factory.mktemp("index") / "movies.ann"
    trees = Trees(384, "angular")
    for position, vector in enumerate(vectors()):
        trees.add_item(position, vector)
    trees.build(10, n_jobs=1)
    trees.save(str(path))
    stored = StoredVectors(path)
    made: VectorIndex = ExactIndex(stored) if request.param == "exact" else AnnoyIndex(path, stored)
    yield made
    made.close()


@pytest.fixture
def ranker(index: VectorIndex, movies: MovieMap, lexical: LexicalIndex) -> Ranker:
    return Ranker(index, movies, lexical)


def anywhere(seed: int = 2) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).standard_normal(384).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


class TestRank:
    def test_without_words_is_the_order_of_the_cosines(self, ranker: Ranker) -> None:
        positions, scores = ranker.rank(Wanted(anywhere()), Choice(10))
        cosines = vectors() @ anywhere()
        assert positions.tolist() == np.argsort(-cosines)[:10].tolist()
        np.testing.assert_allclose(scores, np.tanh(cosines[positions]), atol=1e-4)

    def test_brings_up_the_film_that_a_name_stands_in(self, ranker: Ranker) -> None:
        positions, _ = ranker.rank(Wanted(anywhere(), "the story of x123"), Choice(1))
        assert positions.tolist() == [123]

    def test_prefers_the_genres_asked_for_and_keeps_others(self, ranker: Ranker, movies: MovieMap) -> None:
        plain, _ = ranker.rank(Wanted(anywhere()), Choice(FILMS))
        horror, _ = ranker.rank(Wanted(anywhere(), genres=("horror",)), Choice(FILMS))
        has_genre = np.isin(np.arange(FILMS), movies.genre_positions("Horror"))
        assert has_genre[horror[:20]].sum() > has_genre[plain[:20]].sum()
        assert sorted(horror) == sorted(plain)

    def test_does_not_lower_films_that_have_all_that_is_asked_for(self, ranker: Ranker, movies: MovieMap) -> None:
        wanted = Wanted(vectors()[5], genres=("Comedy",))
        with_genre = dict(zip(*(part.tolist() for part in ranker.rank(wanted, Choice(50))), strict=True))
        without = dict(zip(*(part.tolist() for part in ranker.rank(Wanted(vectors()[5]), Choice(50))), strict=True))
        assert with_genre[5] == pytest.approx(without[5])

    def test_ignores_a_genre_that_no_film_has(self, ranker: Ranker) -> None:
        positions, scores = ranker.rank(Wanted(anywhere(), genres=("Telenovela",)), Choice(10))
        expected, expected_scores = ranker.rank(Wanted(anywhere()), Choice(10))
        assert positions.tolist() == expected.tolist()
        np.testing.assert_array_equal(scores, expected_scores)

    def test_prefers_the_year_and_keeps_others(self, ranker: Ranker, movies: MovieMap) -> None:
        plain, _ = ranker.rank(Wanted(anywhere()), Choice(10))
        near, _ = ranker.rank(Wanted(anywhere(), year=1990), Choice(10))
        assert (
            np.abs(movies.years[near].astype(int) - 1990).mean() < np.abs(movies.years[plain].astype(int) - 1990).mean()
        )
        assert len(set(movies.years[near].tolist())) >= 5

    def test_takes_only_what_is_allowed_and_as_many_as_there_are(self, ranker: Ranker) -> None:
        allowed = np.zeros(FILMS, np.bool_)
        allowed[[3, 77, 401]] = True
        wanted = Wanted(anywhere(), "x5", ("Drama",), 1999)
        positions, _ = ranker.rank(wanted, Choice(10, allowed=allowed))
        assert sorted(positions) == [3, 77, 401]

    def test_drops_films_below_the_least_score(self, ranker: Ranker) -> None:
        _, scores = ranker.rank(Wanted(vectors()[0]), Choice(50))
        least = float(scores[7])
        positions, kept = ranker.rank(Wanted(vectors()[0]), Choice(50, min_score=least))
        assert len(positions) == len(kept) == 8
        assert ranker.rank(Wanted(anywhere()), Choice(10, min_score=0.99))[0].tolist() == []

    def test_works_without_a_lexical_index(self, index: VectorIndex, movies: MovieMap) -> None:
        positions, _ = Ranker(index, movies, None).rank(Wanted(vectors()[9], "x5"), Choice(3))
        assert positions[0] == 9

    def test_refuses_a_lexical_index_of_another_catalogue(self, index: VectorIndex, movies: MovieMap) -> None:
        with pytest.raises(ModelFileError, match="2 films"):
            Ranker(index, movies, LexicalIndex.from_texts(["one", "two"]))


class TestDiversity:
    def test_gives_films_less_alike_in_the_order_of_their_scores(self, ranker: Ranker) -> None:
        wanted = Wanted(vectors()[0])
        alike = {}
        for diversity in (0.0, 0.5, 1.0):
            positions, scores = ranker.rank(wanted, Choice(10, diversity=diversity))
            assert len(positions) == 10
            assert positions[0] == 0
            assert scores.tolist() == sorted(scores, reverse=True)
            chosen = vectors()[positions]
            alike[diversity] = float((chosen @ chosen.T).mean())
        assert alike[0.0] > alike[0.5] >= alike[1.0]

    def test_chooses_by_maximal_marginal_relevance(self) -> None:
        twins = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
        scores = np.array([0.9, 0.89, 0.5, 0.1])
        assert diverse(twins, scores, 2, 0.5).tolist() == [0, 2]
        assert diverse(twins, scores, 3, 0.9).tolist() == [0, 2, 3]
        assert diverse(twins, scores, 2, 0.01).tolist() == [0, 1]


class TestTaste:
    def test_finds_films_near_each_of_those_liked(self, ranker: Ranker) -> None:
        allowed = np.ones(FILMS, np.bool_)
        allowed[[0, 1]] = False
        positions, _ = ranker.rank_by_taste(np.array([0, 1]), np.empty(0, np.int64), Choice(58, allowed=allowed))
        assert np.bincount(positions % 20).tolist() == [29, 29]

    def test_lowers_films_near_those_disliked(self, ranker: Ranker) -> None:
        liked, disliked = np.array([0, 1]), np.array([21, 41])
        before, _ = ranker.rank_by_taste(liked, np.empty(0, np.int64), Choice(20))
        after, scores = ranker.rank_by_taste(liked, disliked, Choice(20))
        assert (after % 20 == 1).sum() < (before % 20 == 1).sum()
        assert scores.tolist() == sorted(scores, reverse=True)


def test_the_score_keeps_the_order_and_stays_between_0_and_1() -> None:
    evidence = np.array([-0.5, 0.0, 0.2, 0.5, 1.0, 3.0])
    scores = score(evidence)
    assert scores[0] == scores[1] == 0
    assert (np.diff(scores[1:]) > 0).all()
    assert scores[-1] < 1
    assert scores[2] == pytest.approx(0.2, abs=0.01)


def test_index_files_are_not_held_open_by_what_was_ranked(tmp_path: Path) -> None:
    path = tmp_path / "movies.ann"
    trees = Trees(384, "angular")
    for position, vector in enumerate(vectors()[:50]):
        trees.add_item(position, vector)
    trees.build(2, n_jobs=1)
    trees.save(str(path))
    index = ExactIndex(StoredVectors(path))
    index.close()
    path.write_bytes(b"")
    with pytest.raises(ServiceClosedError):
        index.search(anywhere(), 1)
