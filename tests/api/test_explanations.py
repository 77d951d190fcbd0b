"""Explanations of films in an answer, and how close a match they are."""

from typing import Any

import httpx
import pytest

METROPOLIS = 19


def recommend(client: httpx.Client, synopsis: str, **body: Any) -> Any:  # noqa: ANN401
    response = client.post("/api/v1/recommend", json={"synopsis": synopsis, **body})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture(scope="module")
def metropolis(client: httpx.Client) -> Any:  # noqa: ANN401
    return client.get(f"/api/v1/movies/{METROPOLIS}").json()


def test_no_reason_is_given_unasked(client: httpx.Client, metropolis: Any) -> None:  # noqa: ANN401
    assert all("why" not in film for film in recommend(client, metropolis["overview"])["recommendations"])


def test_words_and_a_sentence_come_from_the_overview(client: httpx.Client, metropolis: Any) -> None:  # noqa: ANN401
    sentence = metropolis["overview"].split(". ")[0].rstrip(".")
    plain = recommend(client, sentence, interpret=False)
    answer = recommend(client, sentence, interpret=False, explain=True)
    films = [{**film} for film in answer["recommendations"]]
    for film in films:
        why = film.pop("why")
        assert all(word in film["overview"] for word in why["words"])
        assert why["sentence"] is None or why["sentence"] in film["overview"]
        assert bool(why["words"]) == (why["sentence"] is not None)
    assert films == plain["recommendations"]
    best = next(film for film in answer["recommendations"] if film["movie_id"] == METROPOLIS)
    assert len(best["why"]["words"]) > 3
    assert best["why"]["sentence"].startswith(sentence)


def test_genres_and_years_are_met_or_missed(client: httpx.Client) -> None:
    text = "A crew far from home finds something that should not be alive."
    answer = recommend(client, text, genre="sci-fi, Horror", year=1979, explain=True, top_k=50)
    for film in answer["recommendations"]:
        met = {genre for genre in ("Science Fiction", "Horror") if genre in film["genres"]}
        assert set(film["why"]["genres_met"]) == met
        assert set(film["why"]["genres_missed"]) == {"Science Fiction", "Horror"} - met
        assert film["why"]["year_met"] == (film["year"] == 1979)


def test_what_a_request_asks_for_is_explained(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"query": "1980s comedies about trains", "explain": "true"}).json()
    for film in answer["recommendations"]:
        assert ("Comedy" in film["genres"]) == ("Comedy" in film["why"]["genres_met"])
        assert film["why"]["year_met"] == (1980 <= film["year"] <= 1989)


def test_similar_films_and_a_taste_are_explained(client: httpx.Client, metropolis: Any) -> None:  # noqa: ANN401
    similar = client.get(f"/api/v1/movies/{METROPOLIS}/similar?explain=true").json()["recommendations"]
    taste = client.post("/api/v1/recommend/taste", json={"liked": [METROPOLIS], "explain": True}).json()
    for film in (*similar, *taste["recommendations"]):
        assert set(film["why"]["genres_met"]) == set(film["genres"]) & set(metropolis["genres"])
        assert film["why"]["year_met"] is None
    assert any(film["why"]["words"] for film in similar)


def test_a_film_in_its_own_words_is_a_close_match(real_client: httpx.Client, metropolis: Any) -> None:  # noqa: ANN401
    answer = recommend(real_client, metropolis["overview"], interpret=False)
    assert answer["has_close_match"] is True
    best = next(film for film in answer["recommendations"] if film["movie_id"] == METROPOLIS)
    assert best["match"] == "close"
    ranks = [["close", "related", "loose"].index(film["match"]) for film in answer["recommendations"]]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("text", ["xqzv blorf wump glib frank", "Preheat the oven and butter the tin before baking."])
def test_what_no_film_is_about_has_no_close_match(real_client: httpx.Client, text: str) -> None:
    answer = recommend(real_client, text)
    assert answer["has_close_match"] is False
    assert all(film["match"] != "close" for film in answer["recommendations"])
