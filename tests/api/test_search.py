"""The search for any text, people, and what is read from requests."""

from typing import Any

import httpx
import pytest


def answer(client: httpx.Client, query: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
    response = client.get("/api/v1/search", params={"query": query, **parameters})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def titles(films: list[dict[str, Any]]) -> list[str]:
    return [film["title"] for film in films]


class TestSearch:
    @pytest.mark.parametrize("query", ["a", "2001", "dystopia", "horror", "....", "何か", "x" * 500])
    def test_anything_typed_has_an_answer(self, client: httpx.Client, query: str) -> None:
        found = answer(client, query)
        assert found["query"] == query
        assert found["count"] == len(found["recommendations"]) == 10

    @pytest.mark.parametrize("query", ["", "  ", "\u200b ", "\0", "<b></b>", "x" * 501])
    def test_nothing_and_too_much_are_refused(self, client: httpx.Client, query: str) -> None:
        assert client.get("/api/v1/search", params={"query": query}).status_code == 422

    def test_a_title_finds_the_film_by_title(self, client: httpx.Client) -> None:
        assert titles(answer(client, "blade runner")["titles"])[0] == "Blade Runner"
        assert "2001: A Space Odyssey" in titles(answer(client, "2001")["titles"])

    def test_a_name_finds_the_person_and_their_films(self, client: httpx.Client) -> None:
        found = answer(client, "hitchcock")
        assert [person["name"] for person in found["people"]] == ["Alfred Hitchcock"]
        assert all("Alfred Hitchcock" in film["directors"] for film in found["recommendations"])

    def test_a_genre_finds_films_of_the_genre(self, client: httpx.Client) -> None:
        assert all("Horror" in film["genres"] for film in answer(client, "horror")["recommendations"])

    def test_films_like_an_example_have_the_example_as_title(self, client: httpx.Client) -> None:
        found = answer(client, "movies like Alien")
        assert titles(found["titles"]) == ["Alien"]
        assert "Alien" not in titles(found["recommendations"])

    def test_words_of_a_request_are_no_title(self, client: httpx.Client) -> None:
        assert answer(client, "1980s comedies")["titles"] == []

    def test_filters_and_pages_are_those_of_other_lists(self, client: httpx.Client) -> None:
        first = answer(client, "western", top_k=5, year_min=1960)
        second = answer(client, "western", top_k=5, year_min=1960, offset=5)
        films = first["recommendations"] + second["recommendations"]
        assert len({film["movie_id"] for film in films}) == 10
        assert all(film["year"] >= 1960 for film in films)

    def test_answers_can_be_cached(self, client: httpx.Client) -> None:
        response = client.get("/api/v1/search", params={"query": "trains"})
        again = client.get(
            "/api/v1/search", params={"query": "trains"}, headers={"If-None-Match": response.headers["ETag"]}
        )
        assert "max-age" in response.headers["Cache-Control"]
        assert again.status_code == 304


class TestTitles:
    @pytest.mark.parametrize("query", ["two thieves in Paris", "a storm in a city", "une comédie sur un mariage"])
    def test_of_a_description_have_all_its_words(self, client: httpx.Client, query: str) -> None:
        assert client.get("/api/v1/search", params={"query": query}).json()["titles"] == []

    @pytest.mark.parametrize(
        ("query", "title"),
        [
            ("metropolis", "Metropolis"),
            ("metroplis", "Metropolis"),
            ("the cabinet of doctor caligary", "The Cabinet of Dr. Caligari"),
            ("metropolis 2", "Metropolis"),
        ],
    )
    def test_are_found_with_typing_errors_and_numbers(self, client: httpx.Client, query: str, title: str) -> None:
        titles = client.get("/api/v1/search", params={"query": query}).json()["titles"]
        assert title in [film["title"] for film in titles]

    def test_with_some_of_two_words_have_one_as_it_is(self, client: httpx.Client) -> None:
        some = client.get("/api/v1/search", params={"query": "metropolis lang"}).json()["titles"]
        assert {film["title"] for film in some} == {"Metropolis"}
        assert client.get("/api/v1/search", params={"query": "tam henks"}).json()["titles"] == []

    def test_that_have_all_words_are_not_followed_by_others(self, client: httpx.Client) -> None:
        titles = client.get("/api/v1/search", params={"query": "modern times"}).json()["titles"]
        assert {film["title"] for film in titles} == {"Modern Times"}


class TestPeople:
    def test_are_found_without_accents_and_with_typing_errors(self, client: httpx.Client) -> None:
        for typed in ("almodovar", "pedro almodóvar", "almodovr"):
            found = client.get("/api/v1/people", params={"query": typed}).json()
            assert found["results"][0]["name"] == "Pedro Almodóvar"

    def test_films_of_a_person_are_as_many_as_said(self, client: httpx.Client) -> None:
        (person,) = client.get("/api/v1/people", params={"query": "Akira Kurosawa", "limit": 1}).json()["results"]
        films = client.get(f"/api/v1/people/{person['name']}/movies").json()
        assert films["count"] == person["films"] > 5
        assert all("Akira Kurosawa" in film["directors"] for film in films["results"])

    def test_a_name_may_have_the_last_name_first(self, client: httpx.Client) -> None:
        turned = client.get("/api/v1/people/Kurosawa, Akira/movies").json()
        assert turned == client.get("/api/v1/people/Akira Kurosawa/movies").json()

    def test_nobody_has_no_films(self, client: httpx.Client) -> None:
        films = client.get("/api/v1/people/Nobody At All/movies").json()
        assert films["results"] == []
        assert films["warnings"] == ['No film in the catalogue is by or with "Nobody At All".']

    def test_a_name_may_contain_a_slash(self, client: httpx.Client) -> None:
        films = client.get("/api/v1/people/AC%2FDC/movies").json()
        assert films["warnings"] == ['No film in the catalogue is by or with "AC/DC".']

    def test_a_plus_sign_in_a_path_is_not_a_blank(self, client: httpx.Client) -> None:
        (warning,) = client.get("/api/v1/people/Akira+Kurosawa/movies").json()["warnings"]
        assert warning.startswith('No film in the catalogue is by or with "Akira+Kurosawa".')
        assert warning.endswith("write a blank as %20: + is a plus sign there.")


def recommend(client: httpx.Client, synopsis: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    response = client.post("/api/v1/recommend", json={"synopsis": synopsis, **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


class TestUnderstood:
    def test_an_answer_says_what_was_read(self, client: httpx.Client) -> None:
        found = recommend(client, "French comedies of the 1960s about trains")
        assert found["query"] == "trains"
        assert found["understood"] == {
            "kind": "request",
            "genres": ["Comedy"],
            "excluded_genres": [],
            "years": [1960, 1969],
            "languages": ["fr"],
            "people": [],
            "like": [],
            "unlike": [],
            "excluded_languages": [],
            "runtime_min": None,
            "runtime_max": None,
            "min_vote_average": None,
            "text": "trains",
        }

    def test_sent_back_corrected_it_counts(self, client: httpx.Client) -> None:
        understood = recommend(client, "French comedies of the 1960s")["understood"]
        corrected = understood | {"languages": [], "years": [1930, None]}
        again = recommend(client, "French comedies of the 1960s", understood=corrected)
        assert again["understood"] == corrected

    def test_films_and_languages_that_are_not_wanted_are_not_returned(self, client: httpx.Client) -> None:
        request = "thrillers about a murder"
        found = recommend(client, request, top_k=1)
        (best,) = found["recommendations"]
        understood = found["understood"] | {"unlike": [{"movie_id": best["movie_id"]}], "excluded_languages": ["en"]}
        others = recommend(client, request, understood=understood)["recommendations"]
        assert best["movie_id"] not in [film["movie_id"] for film in others]
        assert "en" not in [film["original_language"] for film in others]

    def test_limits_on_facts_that_no_film_has_are_not_compared(self, client: httpx.Client) -> None:
        """The starter catalogue has no runtimes and no votes."""
        limits = {"genres": ["Western"], "runtime_max": 90, "min_vote_average": 7.5}
        found = recommend(client, "a western of any length", understood=limits)
        plain = recommend(client, "a western of any length", understood={"genres": ["Western"]})
        assert found["warnings"] == [
            "No film in the catalogue has a known runtime: it is not compared.",
            "No film in the catalogue has a known mean vote: it is not compared.",
        ]
        assert found["understood"]["runtime_max"] == 90
        assert found["recommendations"] == plain["recommendations"]

    def test_nothing_is_read_if_the_caller_says_so(self, client: httpx.Client) -> None:
        found = recommend(client, "French comedies of the 1960s", interpret=False)
        assert found["query"] == "French comedies of the 1960s"
        assert found["understood"]["kind"] == "plot"

    def test_the_named_film_is_never_returned(self, client: httpx.Client) -> None:
        found = recommend(client, "something similar to Alien", top_k=50)
        (example,) = found["understood"]["like"]
        assert found["query"] is None
        assert example["title"] == "Alien"
        assert example["movie_id"] not in [film["movie_id"] for film in found["recommendations"]]

    def test_an_unknown_example_is_named(self, client: httpx.Client) -> None:
        body = {"synopsis": "films like that one", "understood": {"like": [{"movie_id": 999999999}]}}
        response = client.post("/api/v1/recommend", json=body)
        assert response.status_code == 404
        assert "999999999" in response.json()["detail"]

    def test_its_names_may_be_written_in_any_usual_way(self, client: httpx.Client) -> None:
        written = {
            "genres": ["sci-fi", "spy", "COMEDY"],
            "excluded_genres": ["romantic"],
            "languages": ["French", "fr"],
        }
        found = recommend(client, "films of any time", understood=written)
        assert found["understood"]["genres"] == ["Science Fiction", "Spy", "Comedy"]
        assert found["understood"]["excluded_genres"] == ["Romance"]
        assert found["understood"]["languages"] == ["fr"]
        assert found["warnings"] == []

    @pytest.mark.parametrize(
        ("understood", "place", "message"),
        [
            ({"genres": ["Comedy", "Horor"]}, ["genres", 1], 'Unknown genre "Horor"; did you mean "Horror"?'),
            ({"excluded_genres": ["xyz"]}, ["excluded_genres", 0], 'Unknown genre "xyz"; did you mean '),
            ({"languages": ["Frensh"]}, ["languages", 0], 'Unknown language "Frensh"; did you mean "fr (French)"'),
        ],
    )
    def test_an_unknown_name_in_it_is_refused(
        self, client: httpx.Client, understood: dict[str, Any], place: list[object], message: str
    ) -> None:
        body = {"synopsis": "films of any time", "understood": understood}
        for path, sent, start in (
            ("/api/v1/recommend", body, ["body"]),
            ("/api/v1/recommend/batch", {"requests": [body]}, ["body", "requests", 0]),
        ):
            (problem,) = client.post(path, json=sent).json()["detail"]
            assert problem["loc"] == [*start, "understood", *place]
            assert problem["msg"].startswith(message)

    def test_what_no_film_has_is_told(self, client: httpx.Client) -> None:
        understood = {"people": ["akira kurosawa", "Nobody At All"], "genres": ["News"], "languages": ["mt"]}
        assert recommend(client, "films of any time", understood=understood)["warnings"] == [
            'No film in the catalogue has the original language "mt".',
            'No film in the catalogue is by or with "Nobody At All".',
            'No film in the catalogue has the genre "News".',
        ]

    @pytest.mark.parametrize("kind", ["plot", "request", "memory"])
    def test_its_text_is_compared_whatever_its_kind(self, client: httpx.Client, kind: str) -> None:
        found = recommend(client, "films of any time", understood={"kind": kind, "text": "a train robbery"})
        assert found["query"] == "a train robbery"
        without = recommend(client, "films of any time", understood={"kind": kind})
        assert without["query"] == "films of any time"

    @pytest.mark.parametrize("years", [[1990, 1980], [1990], "1990", [1990, 2000, 2010]])
    def test_years_that_are_no_range_are_refused(self, client: httpx.Client, years: object) -> None:
        body = {"synopsis": "comedies of any time", "understood": {"years": years}}
        assert client.post("/api/v1/recommend", json=body).status_code == 422

    @pytest.mark.parametrize("limits", [{"runtime_min": 100, "runtime_max": 90}, {"min_vote_average": 11}])
    def test_limits_that_no_film_can_meet_are_refused(self, client: httpx.Client, limits: dict[str, int]) -> None:
        body = {"synopsis": "comedies of any time", "understood": limits}
        assert client.post("/api/v1/recommend", json=body).status_code == 422

    def test_a_cached_answer_says_the_same(self, client: httpx.Client) -> None:
        assert recommend(client, "1950s westerns")["understood"] == recommend(client, "1950s westerns")["understood"]

    def test_similar_films_and_taste_have_no_text_to_read(self, client: httpx.Client) -> None:
        assert client.get("/api/v1/movies/348/similar").json()["understood"] is None

    def test_a_batch_reads_each_request(self, client: httpx.Client) -> None:
        body = {"requests": [{"synopsis": "1950s westerns"}, {"synopsis": "1950s westerns", "interpret": False}]}
        read, plain = client.post("/api/v1/recommend/batch", json=body).json()["results"]
        assert (read["understood"]["genres"], plain["understood"]["genres"]) == (["Western"], [])
