"""TMDB Semantic Recommender: a film synopsis in, the most similar films out."""

import gc
import os

__version__ = "1.0.0"

# By default, numpy's OpenBLAS starts a thread per CPU, and each spins for 0.1 CPU-seconds when numpy is imported. The
# matrices here are too small to gain from threads, and one thread adds in the same order on every machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# ONNX Runtime sends usage data to its maker and keeps a device id under ~/.cache, unless this is set before its import.
# It is quiet in CI anyway, so tests/test_no_network.py runs without the variable CI.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# The imports create hundreds of thousands of long-lived objects. With the default threshold, garbage collection takes
# 4% of their CPU time.
gc.set_threshold(50_000)
