"""Typed Python client of the HTTP API, with retries. It needs only httpx and no other package of this project.

from app.client import Recommender

with Recommender("http://localhost:8000") as recommender:
    answer = recommender.search("French comedies about trains", top_k=3, filters={"year_min": 1990})
    for film in answer["recommendations"]:
        print(film["similarity_score"], film["title"], film["year"])
"""

from app.client.recommender import Recommender, RecommenderError

__all__ = ["Recommender", "RecommenderError"]
