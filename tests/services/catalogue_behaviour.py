"""The behaviour that every Catalogue must have, with any engine.

A test module of an engine subclasses CatalogueBehaviour and gives a fixture `catalogue` over the films of
small_catalogue.py. The expected values are computed here by brute force.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.services.catalogue import Catalogue, Narrowing, Person, Search
from app.services.errors import ServiceClosedError, UnknownMovieError
from app.services.queries import MovieFilter, Selection
from app.services.ranking.ranker import Ranker
from app.services.ranking.ranking_query import Anchors, RankingQuery, Target
from app.services.ranking.weights import CHANGE_WEIGHT, RUNTIME_SCALE, VOTE_AVERAGE_SCALE
from app.services.understanding.understood import NamedFilm
from app.services.vectors import Vector
from tests.services.film_filters import FILTERS, passes
from tests.services.small_catalogue import FILMS, FIRST_ID, GENRES, anywhere, film_records, film_vectors

NO_NARROWING = Narrowing()


def near(vector: Vector, **target: Any) -> RankingQuery:  # noqa: ANN401
    return RankingQuery((Target(vector, **target),))


def movie_ids(catalogue: Catalogue, handles: NDArray[np.int64]) -> list[int]:
    return [json.loads(record)["movie_id"] for record in catalogue.records_json(handles)]


def best_ids(
    catalogue: Catalogue, query: RankingQuery, count: int, movie_filter: MovieFilter | None = None, *exclude: int
) -> list[int]:
    return movie_ids(catalogue, catalogue.best(query, Narrowing(movie_filter, exclude), count).handles)


def genres_of(film: dict[str, Any]) -> set[str]:
    return set(film["genres_list"])


def losses_by_limits(film: dict[str, Any]) -> float:
    """The losses by a runtime of at most 75 minutes and a mean vote of at least 9."""
    minutes, average = film["runtime"], film["vote_average"]
    too_long = 0.6 if not minutes else 0.6 * (1 - math.exp(-max(minutes - 75, 0) / RUNTIME_SCALE))
    too_bad = 0.6 if not average else 0.6 * (1 - math.exp(-max(9 - average, 0) / VOTE_AVERAGE_SCALE))
    return too_long + too_bad


class CatalogueBehaviour:
    """Tests that take a fixture `catalogue`, closed by the fixture."""

    def test_several_searches_give_what_each_gives_alone(self, catalogue: Catalogue) -> None:
        vectors = film_vectors()
        drama = Narrowing(MovieFilter(genres_any=("Drama",)), (FIRST_ID,))
        searches = [
            Search(near(vectors[3]), NO_NARROWING, 5),
            Search(near(vectors[40], words="robot", genres=("Horror",), year=1990), drama, 3),
            Search(RankingQuery((Target(vectors[1]), Target(vectors[9])), (Target(vectors[5]),)), NO_NARROWING, 7),
        ]
        for chosen in (searches, searches[:2], searches[:1]):
            for search, ranked in zip(chosen, catalogue.best_of_each(chosen), strict=True):
                alone = catalogue.best(search.query, search.narrowing, search.count)
                assert movie_ids(catalogue, ranked.handles) == movie_ids(catalogue, alone.handles)
                np.testing.assert_allclose(ranked.raw_scores, alone.raw_scores, atol=1e-6)

    def test_says_how_many_films_it_has(self, catalogue: Catalogue) -> None:
        assert catalogue.info.films == FILMS

    def test_gives_records_in_the_order_of_the_handles(self, catalogue: Catalogue) -> None:
        asked = [FIRST_ID + 7, FIRST_ID + 3, FIRST_ID + 599]
        assert movie_ids(catalogue, catalogue.handles(asked)) == asked

    def test_names_every_unknown_film(self, catalogue: Catalogue) -> None:
        with pytest.raises(UnknownMovieError, match="1, 2"):
            catalogue.handles([1, FIRST_ID, 2])

    def test_gives_unit_vectors(self, catalogue: Catalogue) -> None:
        vectors = catalogue.unit_vectors(catalogue.handles([FIRST_ID + 5, FIRST_ID + 9]))
        np.testing.assert_allclose(vectors, film_vectors()[[5, 9]], atol=1e-5)

    def test_ranks_by_cosine_if_nothing_else_is_known(self, catalogue: Catalogue) -> None:
        cosines = film_vectors() @ anywhere()
        ranked = catalogue.best(near(anywhere()), NO_NARROWING, 10)
        assert movie_ids(catalogue, ranked.handles) == (FIRST_ID + np.argsort(-cosines)[:10]).tolist()
        np.testing.assert_allclose(ranked.raw_scores, np.sort(cosines)[::-1][:10], atol=1e-5)

    def test_raises_the_film_that_has_a_rare_word(self, catalogue: Catalogue) -> None:
        assert best_ids(catalogue, near(anywhere(), words="the story of x123"), 1) == [FIRST_ID + 123]

    def test_prefers_the_requested_genres(self, catalogue: Catalogue) -> None:
        horror = best_ids(catalogue, near(anywhere(), genres=("horror",)), 20)
        plain = best_ids(catalogue, near(anywhere()), 20)
        films = film_records()

        def having(ids: list[int]) -> int:
            return sum("Horror" in str(films[movie_id - FIRST_ID]["genres_list"]) for movie_id in ids)

        assert having(horror) > having(plain)

    def test_ignores_a_genre_that_no_film_has(self, catalogue: Catalogue) -> None:
        assert best_ids(catalogue, near(anywhere(), genres=("Telenovela",)), 10) == best_ids(
            catalogue, near(anywhere()), 10
        )

    def test_prefers_the_requested_year(self, catalogue: Catalogue) -> None:
        films = film_records()

        def distance(ids: list[int]) -> float:
            return float(np.mean([abs(int(str(films[movie_id - FIRST_ID]["year"] or 0)) - 1990) for movie_id in ids]))

        assert distance(best_ids(catalogue, near(anywhere(), year=1990), 10)) < distance(
            best_ids(catalogue, near(anywhere()), 10)
        )

    @pytest.mark.parametrize("movie_filter", FILTERS)
    def test_returns_all_films_that_pass_a_filter_and_no_other(
        self, catalogue: Catalogue, movie_filter: MovieFilter
    ) -> None:
        expected = {FIRST_ID + position for position, film in film_records().items() if passes(film, movie_filter)}
        query = near(anywhere(), words="x5", genres=("Drama",), year=1999)
        assert set(best_ids(catalogue, query, FILMS, movie_filter)) == expected

    def test_fills_the_answer_past_excluded_films(self, catalogue: Catalogue) -> None:
        first = best_ids(catalogue, near(anywhere()), 12)
        assert best_ids(catalogue, near(anywhere()), 9, None, *first[:3], 99_999_999) == first[3:12]

    def test_finds_films_near_each_of_several_targets(self, catalogue: Catalogue) -> None:
        query = RankingQuery((Target(film_vectors()[0]), Target(film_vectors()[1])))
        found = [movie_id - FIRST_ID for movie_id in best_ids(catalogue, query, 60)]
        assert np.bincount(np.array(found) % 20).tolist() == [30, 30]

    def test_a_target_of_more_weight_brings_more_films(self, catalogue: Catalogue) -> None:
        likes = (Target(film_vectors()[0]), Target(film_vectors()[1]))
        query = RankingQuery(likes, like_weights=(1.0, 0.1))
        found = [movie_id - FIRST_ID for movie_id in best_ids(catalogue, query, 30)]
        assert found and np.bincount(np.array(found) % 20, minlength=2)[0] > 20

    def test_lowers_films_near_dislikes(self, catalogue: Catalogue) -> None:
        likes = (Target(film_vectors()[0]), Target(film_vectors()[1]))
        dislikes = (Target(film_vectors()[21]), Target(film_vectors()[41]))

        def of_centre_1(query: RankingQuery) -> int:
            return sum((movie_id - FIRST_ID) % 20 == 1 for movie_id in best_ids(catalogue, query, 20))

        assert of_centre_1(RankingQuery(likes, dislikes)) < of_centre_1(RankingQuery(likes))

    @pytest.mark.parametrize(
        ("anchors", "has"),
        [
            (Anchors(genres=(("Horror", "Slasher"), ("Comedy",))), lambda film: set(GENRES[1::2]) <= genres_of(film)),
            (Anchors(excluded_genres=("Drama",)), lambda film: "Drama" not in genres_of(film)),
            (Anchors(first_year=1980, last_year=1989), lambda film: 1980 <= int(film["year"] or 0) <= 1989),
            (Anchors(first_year=2010), lambda film: int(film["year"] or 0) >= 2010),
            (Anchors(languages=("fr", "it")), lambda film: film["original_language"] == "fr"),
            (Anchors(excluded_languages=("fr",)), lambda film: film["original_language"] == "en"),
            (Anchors(runtime_max=75), lambda film: 0 < (film["runtime"] or 0) <= 75),
            (Anchors(runtime_min=150), lambda film: (film["runtime"] or 0) >= 150),
            (Anchors(min_vote_average=9.0), lambda film: (film["vote_average"] or 0) >= 9),
            (Anchors(people=("Actor 3 Jones",)), lambda film: film["cast"] == ["Actor 3 Jones"]),
        ],
    )
    def test_prefers_films_that_have_what_anchors_ask_for(
        self, catalogue: Catalogue, anchors: Anchors, has: Callable[[dict[str, Any]], bool]
    ) -> None:
        query = RankingQuery((Target(anywhere()),), anchors=anchors)
        found = best_ids(catalogue, query, 10)
        assert all(has(film_records()[movie_id - FIRST_ID]) for movie_id in found)

    def test_a_film_loses_by_its_distance_from_the_limits(self, catalogue: Catalogue) -> None:
        """Every engine gives the same scores."""
        anchors = Anchors(runtime_max=75, min_vote_average=9.0)
        ranked = catalogue.best(RankingQuery((Target(anywhere()),), anchors=anchors), NO_NARROWING, 10)
        for movie_id, raw_score in zip(movie_ids(catalogue, ranked.handles), ranked.raw_scores, strict=True):
            film = film_records()[movie_id - FIRST_ID]
            similarity = float(film_vectors()[movie_id - FIRST_ID] @ anywhere())
            assert raw_score == pytest.approx(similarity - losses_by_limits(film), abs=2e-3)

    def test_ignores_anchors_that_no_film_has(self, catalogue: Catalogue) -> None:
        anchors = Anchors(genres=(("Telenovela",),), excluded_genres=("Telenovela",), people=("Nobody",))
        query = RankingQuery((Target(anywhere()),), anchors=anchors)
        assert best_ids(catalogue, query, 10) == best_ids(catalogue, near(anywhere()), 10)

    def test_a_change_moves_films_like_an_example_towards_a_text(self, catalogue: Catalogue) -> None:
        example, other = film_vectors()[0], film_vectors()[1]
        changed = catalogue.best(RankingQuery((Target(example),), change=Target(other)), NO_NARROWING, 10)
        expected = np.argsort(-(film_vectors() @ (example + np.float32(CHANGE_WEIGHT) * other)))[:10]
        assert movie_ids(catalogue, changed.handles) == (FIRST_ID + expected).tolist()

    def test_finds_films_by_their_whole_titles(self, catalogue: Catalogue) -> None:
        assert catalogue.films_titled("film 7") == [NamedFilm(FIRST_ID + 7, "Film 7")]
        assert catalogue.films_titled("film") == []

    def test_finds_films_by_the_beginnings_of_their_titles(self, catalogue: Catalogue) -> None:
        assert {film.title.split()[0] for film in catalogue.films_beginning("film")} == {"Film"}

    def test_finds_people_and_their_films(self, catalogue: Catalogue) -> None:
        assert catalogue.find_people("actor 3", 5)[0] == Person("Actor 3 Jones", 86)
        assert catalogue.people_named("zoe angstrom") == ["Zoë Ångström"]
        assert len(catalogue.people_surnamed("jones")) == 7
        films = movie_ids(catalogue, catalogue.films_of("Actor 3 Jones"))
        assert films == [FIRST_ID + position for position in range(598, 0, -7)]

    def test_finds_people_with_typing_errors(self, catalogue: Catalogue) -> None:
        assert catalogue.people_nearly_named("zoe angstrem") == ["Zoë Ångström"]
        assert catalogue.people_nearly_named("angstrem") == ["Zoë Ångström"]
        assert catalogue.people_nearly_named("film") == []
        assert catalogue.people_nearly_named("jaw angstrem") == []

    def test_knows_the_year_of_the_newest_film(self, catalogue: Catalogue) -> None:
        assert catalogue.newest_year == 2019

    def test_targets_find_the_film_they_are_made_of(self, catalogue: Catalogue) -> None:
        (target,) = catalogue.targets(catalogue.handles([FIRST_ID + 77]))
        assert best_ids(catalogue, RankingQuery((target,)), 1) == [FIRST_ID + 77]

    def test_neighbours_are_what_a_search_for_the_target_finds(self, catalogue: Catalogue) -> None:
        (handle,) = catalogue.handles([FIRST_ID + 77])
        stored = catalogue.neighbours(int(handle), NO_NARROWING)
        if stored is None:
            pytest.skip("this catalogue stores no neighbours")
        query = RankingQuery(tuple(catalogue.targets(np.array([handle]))))
        found = catalogue.best(query, Narrowing(exclude=(FIRST_ID + 77,)), len(stored.handles))
        assert stored.handles.tolist() == found.handles.tolist()

    def test_finds_titles_as_typed(self, catalogue: Catalogue) -> None:
        assert movie_ids(catalogue, catalogue.find_titles("film 59", 3))[0] == FIRST_ID + 59

    def test_counts_genres_most_films_first(self, catalogue: Catalogue) -> None:
        counts = catalogue.genres()
        assert sorted(counts) == ["Action", "Comedy", "Drama", "Horror"]
        assert list(counts.values()) == sorted(counts.values(), reverse=True)

    def test_counts_languages_most_films_first(self, catalogue: Catalogue) -> None:
        counts = catalogue.languages()
        languages = [film["original_language"] for film in film_records().values()]
        assert counts == {code: languages.count(code) for code in set(languages) if code}
        assert list(counts.values()) == sorted(counts.values(), reverse=True)

    def test_diversity_gives_films_less_alike_in_the_order_of_their_scores(self, catalogue: Catalogue) -> None:
        alike = {}
        for diversity in (0.0, 0.5, 1.0):
            handles, scores, _ = Ranker(catalogue).rank(near(film_vectors()[0]), Selection(10, diversity=diversity))
            assert len(handles) == 10
            assert scores.tolist() == sorted(scores, reverse=True)
            chosen = catalogue.unit_vectors(handles)
            alike[diversity] = float((chosen @ chosen.T).mean())
        assert alike[0.0] > alike[0.5] >= alike[1.0]

    def test_min_score_drops_films_below_it(self, catalogue: Catalogue) -> None:
        ranker, query = Ranker(catalogue), near(film_vectors()[0])
        _, scores, _ = ranker.rank(query, Selection(50))
        handles, kept, _ = ranker.rank(query, Selection(50, min_score=float(scores[7])))
        assert len(handles) == len(kept) == 8

    def test_answers_nothing_once_closed(self, catalogue: Catalogue) -> None:
        catalogue.close()
        catalogue.close()
        with pytest.raises(ServiceClosedError):
            catalogue.best(near(anywhere()), NO_NARROWING, 1)
