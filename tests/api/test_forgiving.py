"""Variants of requests: they are read if their meaning is certain, otherwise refused with the nearest known name."""

from typing import Any

import httpx
import pytest

SYNOPSIS = "A lighthouse keeper finds a message in a bottle that was written by himself."
SIMILAR = "/api/v1/movies/19/similar"


def recommend(client: httpx.Client, **body: Any) -> httpx.Response:  # noqa: ANN401
    return client.post("/api/v1/recommend", json={"synopsis": SYNOPSIS, **body})


def test_null_means_omitted(client: httpx.Client) -> None:
    fields = ["top_k", "filters", "exclude_ids", "min_score", "diversity", "title", "genre", "year", "keywords"]
    filters = ["genres_any", "genres_none", "year_min", "year_max", "original_language", "min_vote_count"]
    expected = recommend(client).json()
    assert recommend(client, **dict.fromkeys(fields)).json() == expected
    assert recommend(client, filters=dict.fromkeys(filters)).json() == expected


def test_null_means_omitted_in_a_taste_and_a_batch(client: httpx.Client) -> None:
    taste = {"liked": [19], "disliked": None, "top_k": None, "filters": {"genres_any": None}}
    assert client.post("/api/v1/recommend/taste", json=taste).json()["count"] == 10
    batch = {"requests": [{"synopsis": SYNOPSIS, "top_k": None, "keywords": None}]}
    assert client.post("/api/v1/recommend/batch", json=batch).json()["results"] == [recommend(client).json()]


@pytest.mark.parametrize("body", [{"synopsis": None}, {}])
def test_a_required_field_is_required_even_as_null(client: httpx.Client, body: object) -> None:
    (problem,) = client.post("/api/v1/recommend", json=body).json()["detail"]
    assert problem["loc"] == ["body", "synopsis"]
    assert problem["msg"] == "Field required"


@pytest.mark.parametrize(
    ("body", "place", "suggestion"),
    [
        ({"filters": {"genres": ["Horror"]}}, ["filters", "genres"], '"genres_any"'),
        ({"filters": {"genre": "Horror"}}, ["filters", "genre"], '"genres_any"'),
        ({"filters": {"genresNone": ["Horror"]}}, ["filters", "genresNone"], '"genres_none"'),
        ({"filters": {"yearMin": 1990}}, ["filters", "yearMin"], '"year_min"'),
        ({"filters": {"max_year": 1990}}, ["filters", "max_year"], '"year_max"'),
        ({"filters": {"language": "fr"}}, ["filters", "language"], '"original_language"'),
        ({"topK": 5}, ["topK"], '"top_k"'),
        ({"top-k": 5}, ["top-k"], '"top_k"'),
        ({"limit": 5}, ["limit"], '"top_k"'),
        ({"excludeIds": [19]}, ["excludeIds"], '"exclude_ids"'),
        ({"genres": ["Horror"]}, ["genres"], '"genre"'),
        ({"year_min": 1990}, ["year_min"], '"year_min" inside "filters"'),
        ({"genres_any": ["Horror"]}, ["genres_any"], '"genres_any" inside "filters"'),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_known_one(
    client: httpx.Client, body: dict[str, Any], place: list[str], suggestion: str
) -> None:
    response = recommend(client, **body)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["body", *place]
    assert problem["msg"] == f'Unknown field "{place[-1]}"; did you mean {suggestion}?'


def test_an_unknown_field_like_none_is_answered_with_all_that_there_are(client: httpx.Client) -> None:
    (problem,) = recommend(client, xyz=1).json()["detail"]
    assert problem["loc"] == ["body", "xyz"]
    assert "synopsis" in problem["msg"] and "top_k" in problem["msg"]


def test_unknown_fields_are_named_in_every_body(client: httpx.Client) -> None:
    taste = client.post("/api/v1/recommend/taste", json={"liked": [19], "dislike": [653]}).json()["detail"]
    assert [problem["msg"] for problem in taste] == ['Unknown field "dislike"; did you mean "disliked"?']
    batch = client.post("/api/v1/recommend/batch", json={"requests": [{"synopsis": SYNOPSIS, "topK": 1}], "top_k": 1})
    assert batch.json()["detail"][0]["loc"] == ["body", "top_k"]
    batch = client.post("/api/v1/recommend/batch", json={"requests": [{"synopsis": SYNOPSIS, "topK": 1}]})
    assert batch.json()["detail"][0]["loc"] == ["body", "requests", 0, "topK"]


@pytest.mark.parametrize(
    ("url", "name", "suggestion"),
    [
        (f"{SIMILAR}?genres=Horror", "genres", "genres_any"),
        (f"{SIMILAR}?yearMin=1990", "yearMin", "year_min"),
        (f"{SIMILAR}?topK=5", "topK", "top_k"),
        ("/api/v1/movies?query=metro&top_k=5", "top_k", "limit"),
        ("/api/v1/movies?q=metro", "q", "query"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest_known_one(
    client: httpx.Client, url: str, name: str, suggestion: str
) -> None:
    response = client.get(url)
    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["query", name]
    assert problem["msg"] == f'Unknown query parameter "{name}"; did you mean "{suggestion}"?'


@pytest.mark.parametrize("path", ["/api/v1/genres?limit=3", "/api/v1/movies/19?top_k=3", "/api/v1/info?x=1"])
def test_calls_without_parameters_refuse_every_one(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 422
    assert "this call has none" in response.json()["detail"][0]["msg"]


def test_a_field_of_the_body_in_the_query_string_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend?top_k=3", json={"synopsis": SYNOPSIS})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["query", "top_k"]


@pytest.mark.parametrize(
    "query",
    [
        "genres_any=Horror&genres_any=Thriller",
        "genres_any[]=Horror&genres_any[]=Thriller",
        "genres_any[0]=Horror&genres_any[1]=Thriller",
        "genres_any=Horror,Thriller",
        "genres_any=Horror, Thriller,",
        "genres_any%5B%5D=Horror%2CThriller&genres_any=",
    ],
)
def test_lists_are_read_in_every_usual_notation(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{SIMILAR}?top_k=50&{query}").json()
    assert answer == client.get(SIMILAR, params={"top_k": 50, "genres_any": ["Horror", "Thriller"]}).json()
    assert all({"Horror", "Thriller"} & set(film["genres"]) for film in answer["recommendations"])


def test_the_comma_before_jr_is_part_of_a_name(client: httpx.Client) -> None:
    names = ["Sammy Davis, Jr.", "Nobody, At All", "King, III"]
    expected = ['No film in the catalogue has the director "Sammy Davis, Jr.".']
    expected += [f'No film in the catalogue has the director "{name}".' for name in ("Nobody", "At All", "King, III")]

    assert recommend(client, filters={"directors_any": names}).json()["warnings"] == expected
    assert client.get(SIMILAR, params={"directors_any": names}).json()["warnings"] == expected
    assert client.get(SIMILAR, params={"directors_any": ", ".join(names)}).json()["warnings"] == expected


def test_ids_may_be_joined_by_commas(client: httpx.Client) -> None:
    answer = client.get(f"{SIMILAR}?exclude_ids=653,9606&top_k=50").json()
    assert not {653, 9606} & {film["movie_id"] for film in answer["recommendations"]}


def test_empty_parameters_are_omitted(client: httpx.Client) -> None:
    empty = "top_k=&genres_any=&genres_none=&year_min=&year_max=&original_language=&min_vote_count=&exclude_ids="
    assert client.get(f"{SIMILAR}?{empty}&min_score=&diversity=").json() == client.get(SIMILAR).json()
    assert client.get("/api/v1/movies?query=metro&limit=").status_code == 200
    assert client.get("/api/v1/movies?query=").json() == client.get("/api/v1/movies").json()
    assert client.get("/api/v1/movies?query=&ids=19").status_code == 200


def test_a_parameter_with_two_values_is_refused(client: httpx.Client) -> None:
    (problem,) = client.get(f"{SIMILAR}?top_k=5&top_k=7").json()["detail"]
    assert problem["loc"] == ["query", "top_k"]
    assert client.get(f"{SIMILAR}?top_k=5&top_k=5").json()["count"] == 5


def test_a_film_liked_and_disliked_is_named(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend/taste", json={"liked": [19, 653], "disliked": [653]})
    assert response.status_code == 422
    assert response.json()["detail"][0]["msg"] == "both liked and disliked: 653; keep each in one list"


GETS = ["/", "/health", "/docs", "/openapi.json", "/metrics", "/api/v1/info", "/api/v1/genres", "/api/v1/movies/19"]
MORE_GETS = [SIMILAR, "/api/v1/movies?query=metro", "/demo", "/favicon.svg"]


@pytest.mark.parametrize("path", [*GETS, *MORE_GETS])
def test_head_is_answered_wherever_get_is(client: httpx.Client, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


def test_head_of_what_can_only_be_posted_is_not_allowed(client: httpx.Client) -> None:
    assert client.head("/api/v1/recommend").status_code == 405
    assert client.head("/api/v1/movies/999999999").status_code == 404


@pytest.mark.parametrize("path", GETS[1:2] + GETS[4:])
def test_a_trailing_slash_is_answered(client: httpx.Client, path: str) -> None:
    headers = {"X-Forwarded-Proto": "https", "Host": "films.example"}
    response = client.get(f"{path}/", headers=headers, follow_redirects=False)
    assert response.status_code == 200
    assert "location" not in response.headers


def test_a_trailing_slash_of_a_post_is_answered(client: httpx.Client) -> None:
    response = client.post("/api/v1/recommend/", json={"synopsis": SYNOPSIS}, follow_redirects=False)
    assert response.json() == recommend(client).json()


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


WORD_PROCESSOR = (
    '<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--><p class="MsoNormal" style="margin:0">'
    '<span lang="EN-US" style="font:&quot;Calibri&quot;">A light\u00adhouse&nbsp;keeper finds a <b>message</b> in a '
    "bottle that was written by him&shy;self.<o:p></o:p></span></p>"
)


def test_markup_is_removed_before_anything_else(client: httpx.Client) -> None:
    assert recommend(client, synopsis=WORD_PROCESSOR).json() == recommend(client).json()
    context = {"title": "<i>The Keeper</i>", "keywords": ["<b>sea</b>"], "genre": ["<i>Drama</i>"]}
    answer = recommend(client, synopsis=WORD_PROCESSOR, **context).json()
    assert answer == recommend(client, title="The Keeper", keywords=["sea"], genre="Drama").json()


def test_the_length_of_a_synopsis_is_its_length_without_markup(client: httpx.Client) -> None:
    assert recommend(client, synopsis="<p></p>" * 2000 + SYNOPSIS).json() == recommend(client).json()
    (problem,) = recommend(client, synopsis="<p><b>Short</b></p>").json()["detail"]
    assert (problem["loc"], problem["type"]) == (["body", "synopsis"], "string_too_short")


def test_languages_come_with_their_numbers_of_films(client: httpx.Client) -> None:
    answer = client.get("/api/v1/languages").json()
    counts = [language["films"] for language in answer["results"]]
    assert counts == sorted(counts, reverse=True)
    assert {"code": "en", "name": "English"}.items() <= answer["results"][0].items()
    assert answer["count"] == len(answer["results"])
