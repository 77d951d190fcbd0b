"""Records, filters on facts, pages of a list, films by id and at random."""

from typing import Any

import httpx
import pytest

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
SIMILAR = "/api/v1/movies/19/similar"


def recommend(client: httpx.Client, **body: Any) -> Any:  # noqa: ANN401
    response = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})
    assert response.status_code == 200, response.text
    return response.json()


def ids(answer: Any) -> list[int]:  # noqa: ANN401
    return [film["movie_id"] for film in answer.get("recommendations", answer.get("results"))]


def test_a_film_has_links_wherever_it_is_returned(client: httpx.Client) -> None:
    films = [
        client.get("/api/v1/movies/19").json(),
        client.get("/api/v1/movies?ids=19").json()["results"][0],
        next(film for film in recommend(client, top_k=1)["recommendations"]),
    ]
    for film in films:
        assert film["links"]["tmdb"] == f"https://www.themoviedb.org/{film['type']}/{film['movie_id']}"
        imdb = f"https://www.imdb.com/title/{film['imdb_id']}/" if film["imdb_id"] else None
        assert film["links"]["imdb"] == imdb
    assert films[0] == films[1]


def test_films_of_a_director(client: httpx.Client) -> None:
    director = client.get("/api/v1/movies/19").json()["directors"][0]
    answer = recommend(client, top_k=50, filters={"directors_any": [director.upper()]})
    assert answer["total"] == answer["count"] >= 1
    assert all(director in film["directors"] for film in answer["recommendations"])
    similar = client.get(SIMILAR, params={"directors_any": director, "top_k": 50}).json()
    assert set(ids(similar)) == set(ids(answer)) - {19}


@pytest.mark.parametrize("field", ["directors_any", "keywords_any"])
def test_a_name_that_no_film_has_gives_a_warning(client: httpx.Client, field: str) -> None:
    answer = recommend(client, filters={field: ["Nobody At All"]})
    assert (answer["count"], answer["total"]) == (0, 0)
    (warning,) = answer["warnings"]
    assert "Nobody At All" in warning


@pytest.mark.parametrize(
    "filters", [{"type": "film"}, {"min_vote_average": 11}, {"runtime_min": 0}, {"runtime_min": 90, "runtime_max": 80}]
)
def test_impossible_facts_are_refused(client: httpx.Client, filters: dict[str, object]) -> None:
    response = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, "filters": filters})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][:2] == ["body", "filters"]


def test_every_film_of_the_type_passes(client: httpx.Client) -> None:
    everything = recommend(client)["total"]
    assert (
        recommend(client, filters={"type": "movie"})["total"] + recommend(client, filters={"type": "tv"})["total"]
        == everything
    )


@pytest.mark.parametrize("diversity", [0.0, 0.5])
def test_pages_continue_each_other(client: httpx.Client, diversity: float) -> None:
    pages = [recommend(client, top_k=20, offset=offset, diversity=diversity) for offset in range(0, 100, 20)]
    found = [movie_id for page in pages for movie_id in ids(page)]
    assert len(set(found)) == len(found) == 100
    if not diversity:
        assert found[:50] == ids(recommend(client, top_k=50))
        scores = [film["similarity_score"] for page in pages for film in page["recommendations"]]
        assert scores == sorted(scores, reverse=True)


def test_pages_of_similar_films_go_past_what_the_build_stored(client: httpx.Client) -> None:
    pages = [client.get(SIMILAR, params={"top_k": 50, "offset": offset}).json() for offset in range(0, 500, 50)]
    found = [movie_id for page in pages for movie_id in ids(page)]
    assert len(set(found)) == len(found) == 500
    assert 19 not in found


def test_a_list_ends(client: httpx.Client) -> None:
    filters = {"genres_any": ["Western"], "year_max": 1960}
    total = recommend(client, filters=filters)["total"]
    last = recommend(client, filters=filters, offset=total - 1)
    assert (last["count"], last["total"]) == (1, total)
    assert recommend(client, filters=filters, offset=total)["recommendations"] == []


def test_a_total_counts_the_films_that_pass(client: httpx.Client) -> None:
    genres = {genre["name"]: genre["films"] for genre in client.get("/api/v1/genres").json()["results"]}
    assert recommend(client, filters={"genres_any": ["Western"]})["total"] == genres["Western"]
    films = client.get("/api/v1/info").json()["films"]
    assert recommend(client, exclude_ids=[19, 653, 999999999])["total"] == films - 2
    assert client.get(SIMILAR).json()["total"] == films - 1


@pytest.mark.parametrize(("sort", "fact"), [("year", "year"), ("votes", "vote_count")])
def test_sorting_changes_the_order_and_not_the_films(client: httpx.Client, sort: str, fact: str) -> None:
    best = recommend(client, top_k=50)
    answer = recommend(client, top_k=50, sort=sort)
    facts = [film[fact] if film[fact] is not None else -1 for film in answer["recommendations"]]
    assert facts == sorted(facts, reverse=True)
    assert set(ids(answer)) == set(ids(best))
    assert set(ids(client.get(SIMILAR, params={"sort": sort}).json())) == set(ids(client.get(SIMILAR).json()))


@pytest.mark.parametrize("body", [{"offset": -1}, {"offset": 501}, {"offset": "5"}, {"sort": "title"}])
def test_impossible_pages_are_refused(client: httpx.Client, body: dict[str, object]) -> None:
    response = client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", next(iter(body))]


@pytest.mark.parametrize("query", ["ids=653,19,9606", "ids=653&ids=19&ids=9606", "ids[]=653&ids[]=19&ids[]=9606"])
def test_films_by_id_come_in_the_order_of_the_ids(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/v1/movies?{query}").json()
    assert ids(answer) == [653, 19, 9606]
    assert (answer["count"], answer["unknown_ids"]) == (3, [])


def test_ids_that_are_unknown_are_named_beside_the_films(client: httpx.Client) -> None:
    answer = client.get("/api/v1/movies?ids=653,999999999,19,999999998").json()
    assert ids(answer) == [653, 19]
    assert answer["unknown_ids"] == [999999999, 999999998]


def test_a_hundred_ids_are_answered_and_more_refused(client: httpx.Client) -> None:
    assert client.get("/api/v1/movies", params={"ids": ",".join(["19"] * 100)}).json()["count"] == 100
    response = client.get("/api/v1/movies", params={"ids": ",".join(["19"] * 101)})
    assert response.json()["detail"][0]["loc"] == ["query", "ids"]


@pytest.mark.parametrize("query", ["", "?query=metro&ids=19"])
def test_a_list_is_by_title_or_by_id(client: httpx.Client, query: str) -> None:
    response = client.get(f"/api/v1/movies{query}")
    assert response.status_code == 422
    assert response.json()["detail"][0]["msg"] == "Send either query (a title as typed so far) or ids"


def test_random_films_pass_the_filters_and_change(client: httpx.Client) -> None:
    parameters: dict[str, str | int] = {"genres_any": "sci-fi", "year_max": 1990, "limit": 50, "exclude_ids": 19}
    films = client.get("/api/v1/movies/random", params=parameters).json()["results"]
    assert len({film["movie_id"] for film in films}) == len(films) > 0
    for film in films:
        assert "Science Fiction" in film["genres"]
        assert film["year"] <= 1990
        assert film["movie_id"] != 19
    lists = [client.get("/api/v1/movies/random") for _ in range(3)]
    assert len({tuple(ids(answer.json())) for answer in lists}) == 3
    assert lists[0].headers["cache-control"] == "no-store"


def test_random_films_of_nothing_are_none_with_a_warning(client: httpx.Client) -> None:
    answer = client.get("/api/v1/movies/random?genres_any=News").json()
    assert (answer["results"], answer["warnings"]) == ([], ['No film in the catalogue has the genre "News".'])


def test_a_limit_beside_ids_is_refused(client: httpx.Client) -> None:
    response = client.get("/api/v1/movies?ids=19,653&limit=1")
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["query", "limit"]
    assert "all films of ids are returned" in problem["msg"]
