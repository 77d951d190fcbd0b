"""TMDB Semantic Recommender: a film synopsis in, the most similar films out."""

__version__ = "1.0.0"
