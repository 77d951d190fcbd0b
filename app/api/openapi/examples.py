"""Examples of requests and responses in the OpenAPI document; every request can be sent unchanged."""

from typing import Any

_TEZUKA_METROPOLIS = {
    "movie_id": 9606,
    "title": "Metropolis",
    "overview": "Duke Red crowns his stacked city with the Ziggurat and has a throne built in it for Tima, an "
    "artificial girl in the image of his dead daughter.",
    "year": 2001,
    "genres": ["Animation", "Science Fiction", "Drama"],
    "original_language": "ja",
    "vote_average": 7.1,
    "vote_count": 574,
    "poster_path": "/41WtqvaObaYE3RuqgBfQFPV3aV1.jpg",
    "original_title": "メトロポリス",
    "directors": ["Rintaro"],
    "cast": [],
    "keywords": [],
    "runtime": 108,
    "type": "movie",
    "imdb_id": "tt0293416",
    "links": {"tmdb": "https://www.themoviedb.org/movie/9606", "imdb": "https://www.imdb.com/title/tt0293416/"},
}
_LANG_METROPOLIS = {
    "movie_id": 19,
    "title": "Metropolis",
    "overview": "Above, the sons of the masters run races in pleasure gardens; below, shifts of workers serve the "
    "machines that light the city.",
    "year": 1927,
    "genres": ["Science Fiction", "Drama"],
    "original_language": "de",
    "vote_average": None,
    "vote_count": None,
    "poster_path": None,
    "original_title": None,
    "directors": ["Fritz Lang"],
    "cast": [],
    "keywords": [],
    "runtime": None,
    "type": "movie",
    "imdb_id": None,
    "links": {"tmdb": "https://www.themoviedb.org/movie/19", "imdb": None},
}
_SYNOPSIS = "A robot double stirs up the workers of a city whose rulers live in towers above it."


def _understood(kind: str, text: str, **parts: Any) -> dict[str, Any]:  # noqa: ANN401
    nothing: dict[str, Any] = {
        "genres": [],
        "excluded_genres": [],
        "years": None,
        "languages": [],
        "people": [],
        "like": [],
        "unlike": [],
        "excluded_languages": [],
        "runtime_min": None,
        "runtime_max": None,
        "min_vote_average": None,
    }
    return {"kind": kind, **nothing, **parts, "text": text}


def _answer(query: str | None, *scored: tuple[dict[str, Any], float]) -> dict[str, Any]:
    films = [{**film, "similarity_score": score, "match": "close"} for film, score in scored]
    understood = None if query is None else _understood("plot", query)
    facts: dict[str, Any] = {
        "count": len(films),
        "total": 5296,
        "has_close_match": True,
        "truncated": False,
        "understood": understood,
        "warnings": [],
    }
    return {"query": query, "recommendations": films, **facts}


_RECOMMENDED = _answer(_SYNOPSIS, (_LANG_METROPOLIS, 0.7314), (_TEZUKA_METROPOLIS, 0.6627))
_ALIKE = _answer(None, (_LANG_METROPOLIS, 0.5127))

REQUEST_EXAMPLES: dict[str, dict[str, Any]] = {
    "recommend": {
        "synopsis": {"summary": "A synopsis alone", "value": {"synopsis": _SYNOPSIS}},
        "context": {
            "summary": "With more context about the film",
            "value": {
                "synopsis": _SYNOPSIS,
                "title": "The Machine City",
                "genre": "Science Fiction, Drama",
                "year": 1927,
                "keywords": ["robot", "class struggle"],
                "top_k": 5,
            },
        },
        "request": {
            "summary": "A request as people type it",
            "value": {"synopsis": "French comedies of the 1960s", "top_k": 5},
        },
        "corrected": {
            "summary": "The same, corrected: comedies in any language",
            "value": {
                "synopsis": "French comedies of the 1960s",
                "understood": {"kind": "request", "genres": ["Comedy"], "years": [1960, 1969], "text": ""},
                "top_k": 5,
            },
        },
        "filters": {
            "summary": "With filters, and more variety",
            "value": {
                "synopsis": _SYNOPSIS,
                "top_k": 5,
                "filters": {"genres_any": ["Science Fiction"], "genres_none": ["Animation"], "year_max": 1990},
                "exclude_ids": [19],
                "diversity": 0.3,
            },
        },
    },
    "recommendBatch": {
        "rows": {
            "summary": "Two rows of a page",
            "value": {
                "requests": [
                    {"synopsis": _SYNOPSIS, "top_k": 5},
                    {"synopsis": "Two strangers meet on a train and talk through the night.", "top_k": 5},
                ]
            },
        }
    },
    "recommendForTaste": {
        "likes": {"summary": "Likes alone", "value": {"liked": [9606], "top_k": 5}},
        "ratings": {
            "summary": "Ratings, as films were rated elsewhere",
            "value": {"rated": [{"movie_id": 9606, "rating": 4.5}, {"movie_id": 653, "rating": 1.5}], "top_k": 5},
        },
        "both": {
            "summary": "Likes, dislikes and filters",
            "value": {"liked": [9606], "disliked": [653], "top_k": 5, "filters": {"year_max": 1990}},
        },
    },
}

RESPONSE_EXAMPLES: dict[str, Any] = {
    "recommend": _RECOMMENDED,
    "recommendBatch": {"results": [_RECOMMENDED]},
    "recommendForTaste": _ALIKE,
    "getSimilarMovies": _ALIKE,
    "getMovie": _TEZUKA_METROPOLIS,
    "search": {
        **_answer(None, (_LANG_METROPOLIS, 0.4127)),
        "query": "silent science fiction about robots",
        "understood": _understood("request", "silent robots", genres=["Silent", "Science Fiction"], years=[None, 1931]),
        "titles": [],
        "people": [],
    },
    "findPeople": {"results": [{"name": "Akira Kurosawa", "films": 15}], "count": 1},
    "getMoviesOfPerson": {"results": [_LANG_METROPOLIS], "count": 1, "unknown_ids": [], "warnings": []},
    "findMovies": {
        "results": [_LANG_METROPOLIS, _TEZUKA_METROPOLIS],
        "count": 2,
        "unknown_ids": [],
        "warnings": [],
    },
    "getRandomMovies": {"results": [_TEZUKA_METROPOLIS], "count": 1, "unknown_ids": [], "warnings": []},
    "getGenres": {"results": [{"name": "Drama", "films": 14210}, {"name": "Comedy", "films": 9377}], "count": 2},
    "getLanguages": {
        "results": [
            {"code": "en", "name": "English", "films": 24116},
            {"code": "fr", "name": "French", "films": 2417},
        ],
        "count": 2,
    },
    "getInfo": {
        "version": "1.0.0",
        "model_id": "sentence-transformers/all-MiniLM-L6-v2",
        "dimension": 384,
        "reads_tokens": 256,
        "reads_best": "en",
        "films": 34517,
        "search_engine": "exact",
        "template_version": 1,
        "index_version": "0a1b2c3d4e5f",
        "built_at": "2026-11-24T04:01:48+00:00",
        "types": ["movie"],
        "age_days": 0,
        "warnings": ["The model reads English best; synopses in other languages match less well."],
    },
    "getStatus": {
        "message": "TMDB Semantic Recommender API",
        "version": "1.0.0",
        "status": "running",
        "docs": "/docs",
        "demo": "/demo",
        "films": 34517,
    },
    "getHealth": {"status": "healthy", "model_loaded": True},
    "getMetrics": 'recommender_requests_total{method="POST",route="/api/v1/recommend",status="200"} 2.0\n',
}
