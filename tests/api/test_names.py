"""Names of genres and languages: read in every usual spelling, refused with the nearest ones if unknown."""

from typing import Any

import httpx
import pytest

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
SIMILAR = "/api/v1/movies/19/similar"


def recommend(client: httpx.Client, **body: Any) -> httpx.Response:  # noqa: ANN401
    return client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})


def genres_of(response: httpx.Response) -> list[set[str]]:
    assert response.status_code == 200, response.text
    return [set(film["genres"]) for film in response.json()["recommendations"]]


@pytest.mark.parametrize("written", ["sci-fi", "Science-Fiction", "SCIENCE FICTION", "scifi", "SF", "sci-fi movies"])
def test_a_genre_may_be_written_in_any_usual_way(client: httpx.Client, written: str) -> None:
    found = genres_of(recommend(client, top_k=20, filters={"genres_any": [written]}))
    assert len(found) == 20
    assert all("Science Fiction" in genres for genres in found)
    others = genres_of(recommend(client, filters={"genres_none": [written]}))
    assert not any("Science Fiction" in genres for genres in others)
    similar = client.get(SIMILAR, params={"genres_any": written})
    assert all("Science Fiction" in genres for genres in genres_of(similar))


def test_a_romcom_is_a_romance_and_a_comedy(client: httpx.Client) -> None:
    found = genres_of(recommend(client, filters={"genres_any": ["romcom"]}))
    assert found
    assert all({"Romance", "Comedy"} <= genres for genres in found)


def test_genres_of_a_body_may_be_joined_by_commas(client: httpx.Client) -> None:
    expected = recommend(client, filters={"genres_any": ["Horror", "Western"]}).json()
    assert recommend(client, filters={"genres_any": ["Horror,Western"]}).json() == expected
    assert recommend(client, filters={"genres_any": "Horror, Western"}).json() == expected


@pytest.mark.parametrize("written", ["fr", "FR", "fr-CA", "fr_FR", "French", "français", "fra"])
def test_a_language_may_be_written_in_any_usual_way(client: httpx.Client, written: str) -> None:
    expected = recommend(client, filters={"original_language": "fr"}).json()
    assert {film["original_language"] for film in expected["recommendations"]} == {"fr"}
    assert recommend(client, filters={"original_language": written}).json() == expected
    similar = client.get(SIMILAR, params={"original_language": written}).json()
    assert {film["original_language"] for film in similar["recommendations"]} == {"fr"}


def test_a_blank_text_is_omitted(client: httpx.Client) -> None:
    assert recommend(client, title=" ", genre="", filters={"original_language": ""}).json() == recommend(client).json()


@pytest.mark.parametrize(
    ("filters", "place", "kind", "suggestion"),
    [
        ({"genres_any": ["Drama", "Horor"]}, ["genres_any", 1], "genre", "Horror"),
        ({"genres_none": ["Westerm"]}, ["genres_none", 0], "genre", "Western"),
        ({"original_language": "Frensh"}, ["original_language"], "language", "fr (French)"),
        ({"original_language": "qq"}, ["original_language"], "language", ""),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_ones(
    client: httpx.Client, filters: dict[str, Any], place: list[object], kind: str, suggestion: str
) -> None:
    response = recommend(client, filters=filters)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["body", "filters", *place]
    assert problem["msg"].startswith(f"Unknown {kind} ")
    assert f'"{suggestion}' in problem["msg"]


@pytest.mark.parametrize(
    ("genres_any", "genres_none"),
    [(["Horror"], ["Horror"]), (["scary"], ["horror"]), (["romcom"], ["Comedy"]), (["Drama", "War"], ["War", "Drama"])],
)
def test_genres_that_are_wanted_and_excluded_are_refused(
    client: httpx.Client, genres_any: list[str], genres_none: list[str]
) -> None:
    filters = {"genres_any": genres_any, "genres_none": genres_none}
    (problem,) = recommend(client, filters=filters).json()["detail"]
    assert problem["loc"] == ["body", "filters"]
    assert "no film can meet both" in problem["msg"]
    (problem,) = client.get(SIMILAR, params=filters).json()["detail"]
    assert problem["loc"] == ["query"]


def test_excluding_a_part_of_what_is_wanted_is_no_contradiction(client: httpx.Client) -> None:
    filters = {"genres_any": ["Horror", "Comedy"], "genres_none": ["Horror"]}
    films = recommend(client, filters=filters).json()["recommendations"]
    assert films
    assert all("Comedy" in film["genres"] and "Horror" not in film["genres"] for film in films)


def test_an_unknown_name_is_refused_in_every_call(client: httpx.Client) -> None:
    taste = client.post("/api/v1/recommend/taste", json={"liked": [19], "filters": {"genres_any": ["Horor"]}})
    assert taste.json()["detail"][0]["loc"] == ["body", "filters", "genres_any", 0]
    requests = [{"synopsis": SYNOPSIS}, {"synopsis": SYNOPSIS, "filters": {"genres_any": ["Horor"]}}]
    batch = client.post("/api/v1/recommend/batch", json={"requests": requests})
    assert batch.json()["detail"][0]["loc"] == ["body", "requests", 1, "filters", "genres_any", 0]
    similar = client.get(SIMILAR, params={"genres_any": "Horor"})
    assert similar.json()["detail"][0]["loc"] == ["query", "genres_any", 0]


@pytest.mark.parametrize(
    ("filters", "warning"),
    [
        ({"genres_any": ["News"]}, 'No film in the catalogue has the genre "News".'),
        ({"min_vote_count": 1}, "No film in the catalogue has a known vote count."),
        ({"min_vote_average": 5}, "No film in the catalogue has a known mean vote."),
        ({"type": "tv"}, 'No film in the catalogue has the type "tv".'),
        ({"original_language": "Maltese"}, 'No film in the catalogue has the original language "Maltese".'),
    ],
)
def test_what_no_film_has_gives_an_empty_answer_with_a_warning(
    client: httpx.Client, filters: dict[str, Any], warning: str
) -> None:
    answer = recommend(client, filters=filters).json()
    assert (answer["recommendations"], answer["count"], answer["warnings"]) == ([], 0, [warning])


def test_a_genre_of_no_film_beside_others_is_only_a_warning(client: httpx.Client) -> None:
    answer = recommend(client, filters={"genres_any": ["News", "Horror"]}).json()
    assert answer["count"] == 10
    assert answer["warnings"] == ['No film in the catalogue has the genre "News".']
    assert recommend(client).json()["warnings"] == []


def test_genres_of_the_context_are_spelled_as_the_catalogue_spells_them(client: httpx.Client) -> None:
    answer = recommend(client, genre="sci-fi, Slashery").json()
    assert answer["query"].startswith("Genre: Science Fiction, Slashery. ")
    assert answer["warnings"] == ['No film in the catalogue has the genre "Slashery": it is used as text only.']


def test_languages_come_with_their_numbers_of_films(client: httpx.Client) -> None:
    answer = client.get("/api/v1/languages").json()
    counts = [language["films"] for language in answer["results"]]
    assert counts == sorted(counts, reverse=True)
    assert {"code": "en", "name": "English"}.items() <= answer["results"][0].items()
    assert answer["count"] == len(answer["results"])
