"""TMDB Semantic Recommender: a film synopsis in, the most similar films out."""

import gc
import os

__version__ = "1.0.0"

# numpy's OpenBLAS would start a thread for each CPU, which spins for 0.1 CPU-seconds when numpy is imported. The
# products here are too small to be shared, and one thread adds in the same order on every machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Imports make hundreds of thousands of objects that stay: to look through them for garbage as often as usual takes 4%
# of their CPU time.
gc.set_threshold(50_000)
